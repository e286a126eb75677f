/** One step towards telling Google of an appointment: what both have is read, and what differs is written, here or there. */

import { decide } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.ts';
import type { Stamp } from '../decision/next-appointment.ts';
import { type Context, isOurs, readTheirs } from '../decision/sides.ts';
import { agreed, kept, recreated } from '../decision/sync-state.ts';
import type { Appointment, Pending } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { CalendarEvent, EventChange } from '../domain/calendar-event.ts';
import { eventMarkOf } from '../domain/derived-ids.ts';
import type { CalendarId, EventId } from '../domain/ids.ts';
import type { EventCopy } from '../google/event-body.ts';
import { findElsewhere, followed } from '../pull/gather.ts';
import type { CalendarRegistry } from '../store/calendars.ts';
import { type CarryOutDeps, carryOut } from '../sync/carry-out.ts';
import { type OverlapDeps, raiseOverlaps } from '../sync/overlapping.ts';
import type { EventsOf } from './events-of.ts';
import { noteTold } from './note-told.ts';
import {
  changedContent,
  newContent,
  planned,
  relinked,
  type Said,
  saidByPlan,
  saidNow,
  sending,
  written,
} from './push-plan.ts';

export type StepDeps = CarryOutDeps & OverlapDeps & { calendars: Pick<CalendarRegistry, 'listOf'>; events: EventsOf };

/** `calendar`: whose group of the queue we are in; what is pending for it is pushed, wherever it lay before. */
export type PushPlace = { calendar: Calendar; context: Context; stamp: Stamp };

export type Due = Appointment & { sync: Pending };

/** Resolves to whether Google was told something. */
export const step = async (deps: StepDeps, place: PushPlace, appointment: Due): Promise<boolean> => {
  const { link, base, status, sync } = appointment;
  if (link === undefined) {
    if (status === 'cancelled')
      return keep(deps, appointment, { ...agreed(kept(appointment)), sync: { state: 'local' } });
    return plan(deps, place, appointment);
  }
  if (link.observed === undefined) {
    if (status === 'cancelled') return reconcile(deps, place, appointment);
    return base === undefined ? plan(deps, place, appointment) : insert(deps, place, appointment);
  }
  const isElsewhere = link.calendarKey !== sync.target.calendarKey && status === 'confirmed';
  return isElsewhere ? move(deps, place, appointment) : reconcile(deps, place, appointment);
};

/** What was lost in a race is met by the next round, which reads anew. */
const keep = async (deps: StepDeps, before: Appointment, next: Appointment, told = false): Promise<boolean> => {
  await deps.appointments.save(next, { before });
  return told;
};

const plan = (deps: StepDeps, { calendar, context }: PushPlace, appointment: Due): Promise<boolean> => {
  const said = saidNow(appointment, context.settings);
  return keep(deps, appointment, planned(appointment, appointment.sync, calendar.connectGeneration, said));
};

const insert = async (deps: StepDeps, place: PushPlace, appointment: Due): Promise<boolean> => {
  const { ownerMark, settings } = place.context;
  const mark = eventMarkOf(ownerMark, appointment.id);
  const said = saidByPlan(appointment, settings);
  const content = newContent(appointment, said, settings);
  const result = await deps.events.insert({ ...refOf(appointment), mark, content });
  if (result.kind === 'duplicate') return reconcile(deps, place, appointment);
  return settle(deps, appointment, { said, event: result.event });
};

/** What is not where it was, a person may have moved. What was never seen must bear our mark to be ours [R3]. */
const reconcile = async (deps: StepDeps, place: PushPlace, appointment: Due): Promise<boolean> => {
  const reading = await deps.events.read(refOf(appointment));
  const elsewhere = reading.change.kind === 'deleted' && (await findElsewhere(searchOf(deps, place), appointment));
  if (elsewhere) {
    const { calendar, event } = elsewhere;
    return keep(deps, appointment, relinked(followed(appointment, calendar), calendar, event));
  }
  return isStrangers(reading.change, appointment, place.context)
    ? keep(deps, appointment, recreated(appointment, stampOf(appointment))) // The id is taken, for ever.
    : settleDifference(deps, place, appointment, reading);
};

const isStrangers = (change: EventChange, appointment: Appointment, { ownerMark }: Context): boolean =>
  change.kind === 'event' && appointment.link?.observed === undefined && !isOurs(change.event, appointment, ownerMark);

/** Bookkeeping, which leaves the public version's stamp as it is. */
const stampOf = ({ updatedAt, provenance }: Appointment) => ({ updatedAt, provenance });

const searchOf = ({ calendars, events }: StepDeps, { calendar }: PushPlace) => ({
  listCalendars: () => calendars.listOf(calendar.userId),
  getEvent: async (eventId: EventId, calendarId: CalendarId) => (await events.read({ eventId, calendarId })).change,
});

type Reading = { change: EventChange; copy?: EventCopy | undefined };

const settleDifference = async (
  deps: StepDeps,
  place: PushPlace,
  appointment: Due,
  { change, copy }: Reading,
): Promise<boolean> => {
  const decision = decide(appointment, change, place.context);
  const isOursToTell = decision.kind === 'push' ? decision.settled === undefined : isQuiet(decision);
  if (!isOursToTell) return decideFirst(deps, place, appointment, decision);
  if (change.kind !== 'event' || copy === undefined) return keep(deps, appointment, agreed(kept(appointment)));
  return appointment.status === 'cancelled'
    ? remove(deps, appointment, change.event.etag)
    : update(deps, place, appointment, { change, copy });
};

const isQuiet = ({ kind }: Decision): boolean => kind === 'nothing' || kind === 'note';

/** Google has changed too: what comes of that is written here first, and looked at again in the next round. */
const decideFirst = async (
  deps: StepDeps,
  place: PushPlace,
  appointment: Due,
  decision: Decision,
): Promise<boolean> => {
  const home = homeOf(place.calendar, appointment);
  const done = await carryOut(deps, { calendar: home, stamp: place.stamp }, decision);
  if (done.kind === 'saved') {
    await raiseOverlaps(deps, home, place.stamp, [{ now: done.appointment, before: appointment }]);
  }
  return false;
};

const update = async (
  deps: StepDeps,
  place: PushPlace,
  appointment: Due,
  { change, copy }: { change: Extract<EventChange, { kind: 'event' }>; copy: EventCopy },
): Promise<boolean> => {
  const theirs = readTheirs(appointment, change, place.context);
  if (!('translated' in theirs)) throw new Error('An event that cannot be read is never overwritten');
  const content = changedContent(appointment, theirs.translated.fields, place.context.settings);
  const said = saidNow(appointment, place.context.settings);
  if (content === undefined) return settle(deps, appointment, { said, event: change.event }, false);
  const noted = sending(appointment, said, { event: change.event, theirs: theirs.translated.fields });
  if ((await deps.appointments.save(noted, { before: appointment })) === 'conflict') return false;
  const result = await deps.events.update({ ...refOf(appointment), copy, content });
  return result.kind === 'written' && settle(deps, { ...noted, sync: appointment.sync }, { said, event: result.event });
};

const remove = async (deps: StepDeps, appointment: Due, etag: string): Promise<boolean> => {
  if ((await deps.events.delete({ ...refOf(appointment), etag })) === 'stale') return false;
  const { version } = appointment; // What a person has decided meanwhile is looked at anew.
  return noteTold(deps, appointment, (latest) => (latest.version === version ? agreed(kept(latest)) : kept(latest)));
};

const move = async (deps: StepDeps, place: PushPlace, appointment: Due): Promise<boolean> => {
  const { calendarKey: key, calendarId } = appointment.sync.target;
  const result = await deps.events.move({ ...refOf(appointment), destination: calendarId });
  if (result.kind === 'gone') return reconcile(deps, place, appointment); // It may be there already.
  return keep(deps, appointment, relinked(appointment, { key, calendarId }, result.event), true);
};

const settle = (
  deps: StepDeps,
  sent: Due,
  { said, event }: { said: Said; event: CalendarEvent },
  told = true,
): Promise<boolean> => noteTold(deps, sent, (latest) => written(latest, said, event), told);

const refOf = ({ link }: Appointment) => {
  if (link === undefined) throw new Error('No event has been planned');
  return { calendarId: link.calendarId, eventId: link.eventId };
};

/** Where the event lies now, which is not where it is to go when it has yet to move. */
const homeOf = (calendar: Calendar, { link }: Appointment): Calendar =>
  link === undefined ? calendar : { ...calendar, key: link.calendarKey, calendarId: link.calendarId };
