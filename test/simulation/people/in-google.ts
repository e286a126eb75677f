/** What people do to single events in Google, as Google does it, and the ledger hears of each. */
import { hour, instantAt } from '../../../shared/domain/instant.ts';
import { deleteEvent, patchEvent } from '../../google/events.ts';
import type { EventBody } from '../../google/state.ts';
import { saidThere } from '../ledger.ts';
import type { Operation } from '../operations.ts';
import { count } from '../tasks.ts';
import { type Hand, type Place, single } from './hand.ts';

export type InGoogle = ReturnType<typeof inGoogleOf>;

export const inGoogleOf = ({ sim, system, ledger, accounts, entities, touch, startOf, inGoogle }: Hand) => {
  const { kernel, random } = sim;
  const { google } = system;
  const { world } = google;
  const { accountOf } = accounts;
  const { entityOfEvent, liveEvents } = entities;

  const patch = (change: Record<string, unknown>, at: Place | undefined): void => {
    if (at === undefined) return;
    const { calendarId, event } = at;
    const calendar = world.state.calendars[calendarId];
    if (calendar === undefined) return;
    const entity = entityOfEvent(event);
    touch(entity);
    google.remember(calendarId, event.id);
    const before = saidThere(event);
    const after = patchEvent(world, calendar, event.id, change);
    ledger.edited('google', entity, before, saidThere(after), kernel.now());
    if (change.description !== undefined) ledger.lines.changed(entity, event.id, after.description);
    google.note(`person changes ${entity} ${JSON.stringify(change)}`);
    google.tell();
  };

  const remove = ({ calendarId, event }: Place): void => {
    const calendar = world.state.calendars[calendarId];
    if (calendar === undefined) return;
    const entity = entityOfEvent(event);
    touch(entity);
    google.remember(calendarId, event.id);
    ledger.deleted('google', entity, { over: saidThere(event), place: calendarId }, kernel.now());
    deleteEvent(world, calendar, event.id);
    google.note(`person deletes ${entity} in ${calendarId}`);
    google.tell();
  };

  const insert = (event: Record<string, unknown>, calendarId: string): EventBody => {
    const body = google.insert(calendarId, event);
    google.note(`person makes ${entityOfEvent(body)} ${JSON.stringify(event)}`);
    touch(entityOfEvent(body));
    if (body.recurrence === undefined) {
      ledger.edited('google', entityOfEvent(body), undefined, saidThere(body), kernel.now());
      return body;
    }
    for (const one of instancesOf(calendarId, body.id)) {
      ledger.edited('google', entityOfEvent(one), undefined, saidThere(one), kernel.now());
    }
    return body;
  };

  const instancesOf = (calendarId: string, masterId: string): EventBody[] =>
    liveEvents(calendarId).filter(({ recurringEventId }) => recurringEventId === masterId);

  /** Another program has an event under the very id that a booking's next event will have; it may not keep it for long. */
  const squat = (eventId: string, operation: Operation): void => {
    const calendarId = accountOf(operation.user);
    if (google.find(calendarId, eventId) !== undefined) return;
    count(sim, 'an id taken by a stranger');
    const body = google.insert(calendarId, {
      id: eventId,
      summary: `stranger-${operation.nth}`,
      ...inGoogle(startOf(operation.nth) + hour),
    });
    ledger.edited('google', entityOfEvent(body), undefined, saidThere(body), kernel.now());
    if (random.next('stranger leaves') < 0.5) return;
    kernel.after(random.between('stranger leaves', 1, 2_000), () => {
      const event = liveEvents(calendarId).find(({ id }) => id === eventId);
      if (event !== undefined) remove({ calendarId, event });
    });
  };

  /** As whoever has mistaken the hour does it. */
  const shiftAll = (user: number): void => {
    const calendarId = accountOf(user);
    for (const event of liveEvents(calendarId).filter(single)) {
      const later = ({ dateTime = '', timeZone }: EventBody['start']) => ({
        dateTime: instantAt(Date.parse(dateTime) + hour),
        timeZone,
      });
      patch({ start: later(event.start), end: later(event.end) }, { calendarId, event });
    }
  };

  return { patch, remove, insert, instancesOf, squat, shiftAll };
};
