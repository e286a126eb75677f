/** A page of changes → whose they are: the appointment of each event, and the calendar that the event now lies in. */

import { isOurs } from '../decision/sides.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import { type CalendarEvent, type EventChange, eventIdOf } from '../domain/calendar-event.ts';
import { appointmentIdOf, blockIdOf } from '../domain/derived-ids.ts';
import type { AppointmentId, CalendarId, EventId } from '../domain/ids.ts';
import type { AppointmentStore } from '../sync/ports.ts';

export type GatherDeps = {
  appointments: Pick<AppointmentStore, 'loadMany'>;
  /** A deletion when Google does not know the event (any more). */
  getEvent(eventId: EventId, calendarId: CalendarId): Promise<EventChange>;
  /** The calendars of this user that are synced. */
  listCalendars(): Promise<Calendar[]>;
};

/** One event and what we know of it. `id`: the appointment's, be it there or not. */
export type Found = { id: AppointmentId; change: EventChange; known: Appointment | undefined; calendar: Calendar };

type Where = { calendar: Calendar; ownerMark: string };

export const gather = async (deps: GatherDeps, where: Where, changes: EventChange[]): Promise<Found[]> => {
  const latest = [...new Map(changes.map((change) => [eventIdOf(change), change])).values()];
  const ids = latest.flatMap((change) => candidatesOf(where.calendar, change));
  const loaded = await deps.appointments.loadMany(where.calendar.userId, [...new Set(ids)]);
  const byId = new Map(loaded.map((appointment) => [appointment.id, appointment]));
  const found: Found[] = [];
  for (const change of latest) {
    const match = matchOf(where, change, byId);
    if (match === undefined) found.push({ ...asForeign(where, change, byId), change });
    else found.push(...(await follow(deps, where.calendar, { id: match.id, known: match, change })));
  }
  return found;
};

/** An event of ours names its appointment in its id; a foreign one is a block's. */
const candidatesOf = ({ key }: Calendar, change: EventChange): AppointmentId[] => {
  const eventId = eventIdOf(change);
  const ours = appointmentIdOf(eventId);
  const block = blockIdOf(key, eventId);
  return ours === undefined ? [block] : [ours, block];
};

type ById = ReadonlyMap<AppointmentId, Appointment>;

/** The appointment that the event has been made for. An id is not proof enough for an event that was never seen [R3]. */
const matchOf = ({ ownerMark }: Where, change: EventChange, byId: ById): Appointment | undefined => {
  const eventId = eventIdOf(change);
  const id = appointmentIdOf(eventId);
  const appointment = id && byId.get(id);
  if (appointment?.link?.eventId !== eventId) return undefined;
  const isStranger = change.kind === 'event' && !isOurs(change.event, appointment, ownerMark);
  return appointment.link.observed === undefined && isStranger ? undefined : appointment;
};

/** A block that was deleted in Google and made anew by us has another event by now; its old one decides nothing of it. */
const asForeign = ({ calendar }: Where, change: EventChange, byId: ById) => {
  const eventId = eventIdOf(change);
  const id = blockIdOf(calendar.key, eventId);
  const block = byId.get(id);
  return { id, calendar, known: block?.link?.eventId === eventId ? block : undefined };
};

type Match = { id: AppointmentId; known: Appointment; change: EventChange };

/**
 * A person may move an event between calendars: it keeps its id, leaves a tombstone in the one and turns up in the other,
 * in any order. So a booking's deletion counts only when no other calendar of the user has the event.
 */
const follow = async (deps: GatherDeps, calendar: Calendar, match: Match): Promise<Found[]> => {
  const { known, change } = match;
  const home = known.link?.calendarKey;
  if (home === calendar.key) {
    if (change.kind !== 'deleted' || isOver(known)) return [{ ...match, calendar }];
    const elsewhere = await findElsewhere(deps, known);
    if (elsewhere === undefined) return [{ ...match, calendar }];
    const { event } = elsewhere;
    return [arrived({ ...match, change: { kind: 'event', event } }, elsewhere.calendar)];
  }
  if (change.kind !== 'event' || known.link === undefined) return []; // Its calendar speaks for it.
  const atHome = await deps.getEvent(known.link.eventId, known.link.calendarId);
  return atHome.kind === 'deleted' ? [arrived(match, calendar)] : [];
};

const arrived = (match: Match, calendar: Calendar): Found => ({
  ...match,
  known: followed(match.known, calendar),
  calendar,
});

/** Cancelled, and Google need not be told of it any more. */
const isOver = ({ status, sync }: Appointment): boolean => status === 'cancelled' && sync.state !== 'pending';

/** The event of an appointment in another of the user's calendars than the one where it was. */
export const findElsewhere = async (
  deps: Pick<GatherDeps, 'getEvent' | 'listCalendars'>,
  { link }: Appointment,
): Promise<{ calendar: Calendar; event: CalendarEvent } | undefined> => {
  if (link === undefined) return undefined;
  for (const calendar of await deps.listCalendars()) {
    if (calendar.key === link.calendarKey || !calendar.enabled) continue;
    const change = await deps.getEvent(link.eventId, calendar.calendarId);
    if (change.kind === 'event') return { calendar, event: change.event };
  }
  return undefined;
};

/** What it is still to be told goes to where a person has moved it, unless we were about to move it ourselves. */
export const followed = (appointment: Appointment, { key, calendarId }: Calendar): Appointment => {
  const { sync, link } = appointment;
  if (sync.state !== 'pending' || sync.target.calendarKey !== link?.calendarKey) return appointment;
  return { ...appointment, sync: { ...sync, target: { calendarKey: key, calendarId } } };
};
