/** Reads what both sides have and writes the difference, here or in Google. The pull makes the same decision (decide.ts). */

import { carryOut } from '../appointments/carry-out.ts';
import { raiseOverlaps } from '../appointments/overlapping.ts';
import { isHarmful } from '../decision/blast-radius.ts';
import { decide } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.ts';
import { type Context, isOurs } from '../decision/sides.ts';
import { agreed, followed, kept, seenIn, withNextId } from '../decision/sync-state.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import { type EventChange, whoseIs } from '../domain/calendar-event.ts';
import { appointmentIdOf } from '../domain/derived-ids.ts';
import { RetryLater } from '../domain/errors.ts';
import type { EventReading } from '../google/calendar-api.ts';
import { findElsewhere, type GetEvent } from '../pull/elsewhere.ts';
import { remove, update } from './change-event.ts';
import { keep } from './note-told.ts';
import { type Due, inTime, type PushPlace, refOf, type StepDeps, type Stepped } from './push-place.ts';
import { parked, relinked } from './push-plan.ts';

/** What was never seen must bear our mark to be ours [R3], also when it has been deleted since. */
export const reconcile = async (deps: StepDeps, place: PushPlace, appointment: Due): Promise<Stepped> => {
  const { answer: reading, isLate } = await inTime(place, () => deps.events.read(refOf(appointment)));
  if (isLate && appointment.link?.observed === undefined) return 'late'; // Whoever comes next reads it anew.
  if (isStrangers(reading.change, appointment, place.context)) {
    return keep(deps, appointment, withNextId(kept(appointment)), 'noted'); // The id is taken, for ever.
  }
  const isMissing = reading.change.kind === 'deleted';
  const next = isMissing ? await lookFor(deps, place, appointment) : undefined;
  return next === undefined
    ? settleDifference(deps, place, appointment, reading)
    : keep(deps, appointment, next, 'noted');
};

/**
 * An event that is not where it was may have been moved by a person, or its whole calendar is gone: neither means a cancellation.
 * Undefined when it has been deleted.
 */
const lookFor = async (deps: StepDeps, place: PushPlace, appointment: Due): Promise<Appointment | undefined> => {
  const getEvent: GetEvent = async (eventId, calendarId) => (await deps.events.read({ eventId, calendarId })).change;
  const calendars = await deps.calendars.listOf(appointment.userId);
  const found = isEventOfOurs(appointment) ? await findElsewhere(getEvent, calendars, appointment) : undefined;
  if (found !== undefined) {
    const { calendar, event } = found;
    return followed(relinked(seenIn(appointment, calendar, place.stamp), calendar, event), appointment);
  }
  return appointment.status === 'confirmed' && !isHomeSynced(appointment, calendars)
    ? withNextId(kept(appointment))
    : undefined;
};

/** A foreign event gets another appointment in another calendar. */
const isEventOfOurs = ({ id, link }: Appointment): boolean =>
  link !== undefined && appointmentIdOf(link.eventId) === id;

/** Is the calendar in which we know its event to lie still there for us? */
export const isHomeSynced = ({ link }: Appointment, calendars: Calendar[]): boolean =>
  calendars.some(({ key, enabled }) => enabled && key === link?.calendarKey);

const isStrangers = (change: EventChange, appointment: Appointment, { ownerMark }: Context): boolean => {
  const whose = whoseIs(change);
  return whose !== undefined && appointment.link?.observed === undefined && !isOurs(whose, appointment, ownerMark);
};

const settleDifference = async (
  deps: StepDeps,
  place: PushPlace,
  appointment: Due,
  { change, copy }: EventReading,
): Promise<Stepped> => {
  const decision = decide(appointment, change, place.context);
  if (decision.kind === 'stale')
    throw new RetryLater('Google has shown an older version of an event than it had before');
  const isOursToTell = decision.kind === 'push' ? decision.settled === undefined : isQuiet(decision);
  if (!isOursToTell) return decideFirst(deps, place, appointment, decision);
  if (change.kind !== 'event' || copy === undefined)
    return keep(deps, appointment, givenUp(appointment, change), 'noted');
  return appointment.status === 'cancelled'
    ? remove(deps, appointment, change.event)
    : update(deps, place, appointment, { event: change.event, copy });
};

/**
 * Of an event that Google does not know, an insert that is on its way yet would bring back what has been cancelled: what it says stays
 * known, and is no edit of Google's.
 */
const givenUp = (appointment: Due, change: EventChange): Appointment => {
  const { base, link } = appointment;
  const mayCome = link?.observed === undefined && whoseIs(change) === undefined;
  return { ...agreed(kept(appointment)), ...(mayCome && base && { base }) };
};

const isQuiet = ({ kind }: Decision): boolean => kind === 'nothing' || kind === 'note';

/**
 * Google has changed too: what comes of that is written here first, and looked at again in the next round. One by one,
 * nobody would see how many bookings are cancelled or moved: those are left to the listing, which counts [R9]. But of an
 * event that nobody here has ever seen, a listing may have nothing to say: the deletion of one whose insert went unanswered.
 */
const decideFirst = async (
  deps: StepDeps,
  place: PushPlace,
  appointment: Due,
  decision: Decision,
): Promise<Stepped> => {
  const { calendar, stamp, context } = place;
  if (isHarmful(decision, stamp.now) && appointment.link?.observed !== undefined) {
    return keep(deps, appointment, parked(appointment, appointment.sync, 'left_to_listing', stamp.now), 'left');
  }
  const home = homeOf(calendar, appointment);
  const done = await carryOut(deps, { calendar: home, stamp, shared: context.settings.shared }, decision);
  if (done.kind === 'saved') {
    await raiseOverlaps(deps, { ...place, calendar: home }, [{ now: done.appointment, before: appointment }]);
  }
  return 'noted';
};

/** Where the event lies now, which is not where it is to go when it has yet to move. */
const homeOf = (calendar: Calendar, { link }: Appointment): Calendar =>
  link === undefined ? calendar : { ...calendar, key: link.calendarKey, calendarId: link.calendarId };
