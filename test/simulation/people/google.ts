/** What people do in Google: they make, change, move, delete and restore events and series, and things happen to its tokens. */
import { hour, minute } from '../../../shared/domain/instant.ts';
import { deleteEvent, moveEvent, patchEvent, restoreEvent } from '../../google/events.ts';
import type { EventBody } from '../../google/state.ts';
import { unreadableMark } from '../google.ts';
import { saidThere } from '../ledger.ts';
import type { Operation, OperationKind } from '../operations.ts';
import { lastOwnLines, linesOf } from '../own-lines.ts';
import { count } from '../tasks.ts';
import { type Acts, type Hand, single } from './hand.ts';
import type { InGoogle } from './in-google.ts';

type Kind =
  | Extract<OperationKind, `google ${string}`>
  | 'insert'
  | 'expire tokens'
  | 'expire access'
  | 'drop channel'
  | 'rotate keys';

/** What becomes of our own lines, where a person adds these words. */
const ways = {
  kept: (own) => own,
  'written into': (own, words) => own.map((line, nth) => (nth === own.length - 1 ? `${line}, ${words}` : line)),
  'written below': (own, words) => [...own, words],
  deleted: () => [],
} satisfies Record<string, (own: string[], words: string) => string[]>;

type How = keyof typeof ways;

const hows: readonly How[] = ['kept', 'kept', 'kept', 'written into', 'written below', 'deleted'];

export const actsThere = (hand: Hand, { patch, remove, insert, instancesOf }: InGoogle): Acts<Kind> => {
  const { sim, system, ledger, accounts, entities, touch, ours, theirs, chosen, text, startOf, inGoogle, lengthened } =
    hand;
  const { kernel, random } = sim;
  const { google } = system;
  const { world } = google;
  const { accountOf, calendarsOf } = accounts;
  const { entityOfEvent, liveEvents } = entities;
  const homeOf = ({ user, pick }: Operation): string => {
    const from = calendarsOf(user);
    return from[Math.floor(pick * 7.3 * from.length) % from.length] ?? accountOf(user);
  };

  /** Below the notes, whoever edits them keeps our lines, writes into them or below, or takes them away. */
  const described = (notes: string[], own: string[], operation: Operation): string => {
    const how = hows[Math.floor(random.at('lines', operation.nth) * hows.length)] ?? 'kept';
    count(sim, `our own lines in Google: ${how}`);
    const below = ways[how](own, text('below', operation));
    return [...notes, ...(notes.length > 0 && below.length > 0 ? [''] : []), ...below].join('<br>');
  };

  return {
    insert: (operation) =>
      void insert({ summary: text('title', operation), ...inGoogle(startOf(operation.nth)) }, homeOf(operation)),
    'google title': (operation) => patch({ summary: text('title', operation) }, theirs(operation)),
    'google place': (operation) => patch({ location: text('place', operation) }, theirs(operation)),
    'google notes': (operation) => {
      const at = theirs(operation);
      const own = lastOwnLines(at?.event.description);
      const notes = `${text('notes', operation)}<br>more&nbsp;text`;
      patch({ description: own.length === 0 ? notes : described([notes], own, operation) }, at);
    },
    'google lines': (operation) => {
      const at = theirs(operation, ({ description }) => lastOwnLines(description).length > 0);
      const own = lastOwnLines(at?.event.description);
      const notes = linesOf(at?.event.description).slice(0, -own.length);
      patch({ description: described(notes, own, operation) }, at);
    },
    'google times': (operation) => patch(inGoogle(startOf(operation.nth)), theirs(operation)),
    'google longer': (operation) => {
      const at = theirs(operation);
      const { dateTime: start, timeZone } = at?.event.start ?? {};
      if (start !== undefined) patch({ end: { dateTime: lengthened(start, operation), timeZone } }, at);
    },
    'google zone': (operation) => {
      const at = theirs(operation);
      const elsewhere = { timeZone: 'Asia/Kolkata' };
      if (at !== undefined)
        patch({ start: { ...at.event.start, ...elsewhere }, end: { ...at.event.end, ...elsewhere } }, at);
    },
    'google delete': (operation) => {
      const at = theirs(operation);
      if (at !== undefined) remove(at);
    },
    /** All of it at once. */
    'google clear': (operation) => {
      for (const event of liveEvents(accountOf(operation.user)).filter(single))
        remove({ calendarId: accountOf(operation.user), event });
    },
    'google restore': (operation) => {
      const isInTheBin = ({ status, recurringEventId, recurrence }: EventBody): boolean =>
        status === 'cancelled' && recurringEventId === undefined && recurrence === undefined;
      /** Its bin is that of the calendar where it was last. */
      const isMovedAway = (id: string, seq: number): boolean =>
        Object.values(world.state.calendars).some(({ events }) => (events[id]?.seq ?? 0) > seq);
      const gone = calendarsOf(operation.user).flatMap((calendarId) =>
        Object.values(world.state.calendars[calendarId]?.events ?? {})
          .filter(({ body, seq }) => isInTheBin(body) && !isMovedAway(body.id, seq))
          .map(({ body }) => ({ calendarId, event: body })),
      );
      const madeAnew = gone.filter(({ event }) => entities.isMadeAnew(event.id));
      const at = chosen(madeAnew.length > 0 ? madeAnew : gone, ({ event }) => entityOfEvent(event), operation);
      const calendar = at && world.state.calendars[at.calendarId];
      if (at === undefined || calendar === undefined) return;
      if (calendarsOf(operation.user).some((id) => liveEvents(id).some((one) => one.id === at.event.id))) return; // Moved.
      entities.noteRestored(at.event);
      const entity = entityOfEvent(at.event);
      const body = restoreEvent(world, calendar, at.event.id);
      touch(entity);
      const isContested = [...system.store.appointments.values()].some(
        (one) => one.status === 'cancelled' && one.sync.state === 'pending' && entities.entityOf(one) === entity,
      );
      ledger.restored('google', entity, kernel.now(), isContested);
      google.note(`person restores ${entity}`);
      ledger.edited('google', entity, saidThere(body), saidThere(body), kernel.now());
      google.tell();
    },
    'google burst': (operation) => {
      for (let nth = 0; nth < 4; nth++) {
        kernel.after(nth * 60, () => patch({ summary: `${text('title', operation)}.${nth}` }, theirs(operation)));
      }
    },
    'google overlap': (operation) => {
      const under = ours({ ...operation, hot: false });
      if (under === undefined) return;
      const startMs = Date.parse(under.startsAt) + (operation.nth + 1) * minute;
      insert({ summary: text('title', operation), ...inGoogle(startMs) }, accountOf(operation.user));
    },
    'google series': (operation) => {
      const recurrence = ['RRULE:FREQ=DAILY;COUNT=3'];
      const startMs = startOf(operation.nth) + 10 * 24 * hour + hour;
      insert({ summary: text('title', operation), ...inGoogle(startMs), recurrence }, homeOf(operation));
    },
    'google series title': (operation) => {
      const at = theirs(operation, (event) => !single(event));
      const calendar = at && world.state.calendars[at.calendarId];
      const masterId = at?.event.recurringEventId;
      if (at === undefined || calendar === undefined || masterId === undefined) return;
      const before = new Map(instancesOf(at.calendarId, masterId).map((one) => [one.id, saidThere(one)]));
      patchEvent(world, calendar, masterId, { summary: text('title', operation) });
      for (const one of instancesOf(at.calendarId, masterId)) {
        ledger.edited('google', entityOfEvent(one), before.get(one.id), saidThere(one), kernel.now());
      }
      google.note(`person renames the series ${masterId}`);
      google.tell();
    },
    'google series delete': (operation) => {
      const at = theirs(operation, (event) => !single(event));
      const calendar = at && world.state.calendars[at.calendarId];
      const masterId = at?.event.recurringEventId;
      if (at === undefined || calendar === undefined || masterId === undefined) return;
      for (const one of instancesOf(at.calendarId, masterId)) {
        ledger.deleted('google', entityOfEvent(one), { over: saidThere(one), place: at.calendarId }, kernel.now());
      }
      deleteEvent(world, calendar, masterId);
      google.note(`person deletes the series ${masterId}`);
      google.tell();
    },
    'google move': (operation) => {
      const at = theirs(operation, single);
      const [first, second] = calendarsOf(operation.user);
      const to = at?.calendarId === first ? second : first;
      if (at === undefined || to === undefined) return;
      const [from, destination] = [world.state.calendars[at.calendarId], world.state.calendars[to]];
      if (from === undefined || destination === undefined || from === destination) return;
      touch(entityOfEvent(at.event));
      moveEvent(world, from, destination, at.event.id);
      entities.noteMoved(at.event.id, kernel.now());
      const entity = entityOfEvent(at.event);
      if (entity.startsWith('event:')) {
        ledger.movedForeign(entity);
        ledger.restored('google', entity, kernel.now()); // Whoever has cancelled it where it was has not where it is.
      }
      google.note(`person moves ${entityOfEvent(at.event)} to ${to}`);
      google.tell();
    },
    'google unreadable': (operation) =>
      void insert(
        { summary: `${unreadableMark}-${operation.nth}`, ...inGoogle(startOf(operation.nth)) },
        homeOf(operation),
      ),
    'google readable': (operation) => {
      const at = theirs(operation, ({ summary }) => String(summary).startsWith(unreadableMark));
      if (at !== undefined) patch({ summary: text('title', operation) }, at);
    },
    'expire tokens': ({ user }) => {
      for (const calendarId of calendarsOf(user)) google.control.expireSyncTokens({ calendar: calendarId });
    },
    'expire access': ({ user }) => {
      for (const grant of Object.values(world.state.accessTokens)) {
        if (grant.email === accountOf(user)) grant.expiresAt = kernel.now();
      }
    },
    'drop channel': ({ user }) => {
      for (const channel of Object.values(world.state.channels)) {
        if (channel.email === accountOf(user)) google.dropChannel(channel);
      }
    },
    'rotate keys': () => system.rotateKeys(),
  };
};
