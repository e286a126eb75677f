/** A page of changes → whose they are: the appointment of each event, and the calendar that the event now lies in. */
import pMap from 'p-map';
import { metAgain } from '../decision/former-events.ts';
import { isOurs } from '../decision/sides.ts';
import type { Appointment, EventLink } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import { type CalendarEvent, type EventChange, eventIdOf, whoseIs } from '../domain/calendar-event.ts';
import { appointmentIdOf, blockIdBeside, blockIdOf } from '../domain/derived-ids.ts';
import { RetryLater } from '../domain/errors.ts';
import type { AppointmentId, EventId } from '../domain/ids.ts';
import type { AppointmentStore } from '../ports.ts';
import { findElsewhere, type GetEvent, getIfReadable } from './elsewhere.ts';

export type GatherDeps = {
  appointments: Pick<AppointmentStore, 'loadMany'>;
  getEvent: GetEvent;
  /** The calendars of this user that are synced. */
  listCalendars(): Promise<Calendar[]>;
};

/** One event and what we know of it. `id`: its appointment's, whether or not that exists. */
export type Found = { id: AppointmentId; change: EventChange; known: Appointment | undefined; calendar: Calendar };

type Where = { calendar: Calendar; ownerMark: string };

/** As this calendar tells it: Google is not asked. */
export const gather = async (
  { appointments }: Pick<GatherDeps, 'appointments'>,
  where: Where,
  changes: EventChange[],
): Promise<Found[]> => {
  const latest = [...new Map(changes.map((change) => [eventIdOf(change), change])).values()];
  const byId = await loadCandidates(appointments, where.calendar, latest);
  return latest.map((change) => {
    const match = matchOf(where, change, byId);
    if (match === undefined) return { ...asForeign(where, change, byId), change };
    return { id: match.id, known: match, change, calendar: where.calendar };
  });
};

type ById = ReadonlyMap<AppointmentId, Appointment>;

/** How many re-creations of one foreign event's block are followed before we stop looking. */
const blocksPerEvent = 4;

/** One read, and more only for blocks that were re-created. */
const loadCandidates = async (
  appointments: Pick<AppointmentStore, 'loadMany'>,
  calendar: Calendar,
  changes: EventChange[],
): Promise<ById> => {
  const byId = new Map<AppointmentId, Appointment>();
  const asked = new Set<AppointmentId>();
  let ids = changes.flatMap((change) => candidatesOf(calendar, change));
  for (let round = 1; round <= blocksPerEvent; round++) {
    for (const id of ids) asked.add(id);
    for (const one of await appointments.loadMany(calendar.userId, [...new Set(ids)])) byId.set(one.id, one);
    ids = changes.map((change) => blockOf(calendar, eventIdOf(change), byId)).filter((id) => !asked.has(id));
    if (ids.length === 0) break;
  }
  return byId;
};

/** An event of ours names its appointment in its id; a foreign one is a block's. */
const candidatesOf = ({ key }: Calendar, change: EventChange): AppointmentId[] => {
  const eventId = eventIdOf(change);
  const ours = appointmentIdOf(eventId);
  const block = blockIdOf(key, eventId);
  return ours === undefined ? [block] : [ours, block];
};

/** A block that was deleted in Google and re-created by us has a new event: if the old one comes back, it gets another block. */
const blockOf = ({ key }: Calendar, eventId: EventId, byId: ById): AppointmentId => {
  let id = blockIdOf(key, eventId);
  while (hasAnotherEvent(byId.get(id), eventId)) id = blockIdBeside(id, eventId);
  return id;
};

export const hasAnotherEvent = (appointment: Appointment | undefined, eventId: EventId): boolean =>
  appointment?.link !== undefined && appointment.link.eventId !== eventId;

/** The appointment that the event has been made for. An id is not proof enough for an event that was never seen here [R3]. */
const matchOf = ({ calendar, ownerMark }: Where, change: EventChange, byId: ById): Appointment | undefined => {
  const eventId = eventIdOf(change);
  const id = appointmentIdOf(eventId);
  const stored = id && byId.get(id);
  const appointment = stored && asMetIn(calendar, stored, change);
  if (appointment?.link?.eventId !== eventId) return undefined;
  const whose = whoseIs(change);
  const isSeen = appointment.link.observed !== undefined;
  const isKnownHere = isSeen || (whose === undefined && isPlausible(change, appointment));
  if (isKnownHere && isOfAccount(calendar, appointment.link)) return appointment;
  return whose !== undefined && isOurs(whose, appointment, ownerMark) ? appointment : undefined;
};

/** What cannot be read is there. Of a deletion a listing does not say whose it was: the push that is still to come asks (push/reconcile.ts). */
const isPlausible = (change: EventChange, { sync }: Appointment): boolean =>
  change.kind === 'unreadable' || sync.state !== 'pending';

/** In another account an event may well have the same id. */
const isOfAccount = ({ key, connectGeneration }: Calendar, link: EventLink): boolean =>
  link.calendarKey === key || link.connectGeneration === connectGeneration;

/** As it stands with this event, which may date from before another account took over. */
export const asMetIn = (calendar: Calendar, appointment: Appointment, change: EventChange): Appointment =>
  change.kind === 'event' ? metAgain(appointment, calendar, change.event.id) : appointment;

const asForeign = ({ calendar }: Where, change: EventChange, byId: ById) => {
  const eventId = eventIdOf(change);
  const id = blockOf(calendar, eventId, byId);
  const block = byId.get(id);
  return { id, calendar, known: block?.link?.eventId === eventId ? block : undefined };
};

const asksAtOnce = 8;

/**
 * A person may move an event between calendars: it keeps its id, leaves a tombstone in the one and turns up in the other,
 * in any order. So a booking's deletion counts only when no other calendar of the user has the event.
 */
export const follow = async (deps: GatherDeps, found: Found[]): Promise<Found[]> => {
  const calendars = found.some(mayBeElsewhere) ? await deps.listCalendars() : [];
  const followed = await pMap(found, (one) => followOne(deps, calendars, one), { concurrency: asksAtOnce });
  return followed.filter((one) => one !== undefined);
};

const followOne = async (deps: GatherDeps, calendars: Calendar[], found: Found): Promise<Found | undefined> => {
  const { known, change, calendar } = found;
  if (known !== undefined && mayBeElsewhere(found)) {
    const elsewhere = await findElsewhere(deps.getEvent, calendars, known);
    if (elsewhere === undefined) return found;
    if (isOlder(elsewhere.event, known))
      throw new RetryLater('Google has shown an older version of an event than it had before');
    return { ...found, change: { kind: 'event', event: elsewhere.event }, calendar: elsewhere.calendar };
  }
  if (known?.link === undefined || known.link.calendarKey === calendar.key) return found;
  if (change.kind !== 'event') return undefined; // Its calendar speaks for it.
  const atHome = await getIfReadable(deps.getEvent, known.link.eventId, known.link.calendarId);
  return atHome.kind === 'deleted' ? found : undefined;
};

/** A replica that lags behind does not say where it is now. */
const isOlder = ({ updated }: CalendarEvent, { link }: Appointment): boolean =>
  link?.observed !== undefined && updated < link.observed.updated;

/** A deletion of one of our events where we know it to lie. Foreign ones get another appointment in another calendar. */
export const mayBeElsewhere = ({ known, change, calendar }: Found): boolean =>
  change.kind === 'deleted' &&
  known?.link?.calendarKey === calendar.key &&
  appointmentIdOf(known.link.eventId) === known.id &&
  !isAtRest(known);

/** It is held back, or cancelled, and neither is Google to be told of that nor a person to say whether it should be. */
const isAtRest = ({ status, sync }: Appointment): boolean =>
  sync.state === 'held' || (status === 'cancelled' && sync.state !== 'pending' && sync.state !== 'conflict');
