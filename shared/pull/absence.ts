/**
 * After a generation's last page: what is linked to the calendar, lies in its window and was not listed may be gone. May:
 * a listing that was short or empty would delete in bulk, so Google is asked for each one by itself [R8].
 */
import pMap from 'p-map';
import type { Appointment } from '../domain/appointment.ts';
import type { AppointmentId } from '../domain/ids.ts';
import { eventFingerprintOf, type Fingerprint } from '../domain/seen.ts';
import type { AppointmentLister } from '../ports.ts';
import { type ApplyDeps, applyChanges } from './apply.ts';
import type { Place } from './place.ts';
import { addTallies, type Tally } from './tally.ts';

export type AbsenceDeps = ApplyDeps & { appointments: AppointmentLister };

/** A generation that has been listed to its end, and behind which appointment it is still to be compared. */
export type Listed = { seen: ReadonlySet<Fingerprint>; after?: AppointmentId };

/** `after`: where time ran out. */
export type Swept = { tally: Tally; after?: AppointmentId };

const appointmentsPerRead = 500;
const asksAtOnce = 8;
/** Asked for and applied together; it takes some seconds, and a run that is cut off loses no more than that. */
const asksTogether = 64;

/** Read from the table itself: the cursor is about to cover the deletion of what an index may not show yet [R5]. */
export const sweepAbsent = async (
  deps: AbsenceDeps,
  place: Place,
  { seen, after: from }: Listed,
  hasTime: () => boolean,
): Promise<Swept> => {
  let tally: Tally = {};
  let after = from;
  do {
    const read = { limit: appointmentsPerRead, ...(after !== undefined && { after }) };
    const page = await deps.appointments.listOf(place.calendar.userId, read);
    const absent = page.items.filter((appointment) => isCandidate(appointment, place, seen));
    for (let start = 0; start < absent.length; start += asksTogether) {
      const together = absent.slice(start, start + asksTogether);
      tally = addTallies(tally, (await confirm(deps, place, together)).tally);
      after = together.at(-1)?.id;
      if (!hasTime()) return { tally, ...(after !== undefined && { after }) };
    }
    after = page.after;
    if (after !== undefined && !hasTime()) return { tally, after };
  } while (after !== undefined);
  return { tally };
};

/** Asks Google for the event of each of these, and applies what it says. */
export const confirm = async (deps: ApplyDeps, place: Place, appointments: Appointment[]) => {
  const { calendarId } = place.calendar;
  const eventIds = appointments.flatMap(({ link }) => (link === undefined ? [] : [link.eventId]));
  const changes = await pMap(eventIds, (eventId) => deps.getEvent(eventId, calendarId), { concurrency: asksAtOnce });
  return applyChanges(deps, place, changes);
};

/**
 * Includes one that came, or moved into the window, after its page was read: Google will say that it is there. One that is
 * cancelled here matters only where a review item or the quarantine waits for its event. One whose event was only planned
 * was never there.
 */
const isCandidate = (
  { status, startsAt, endsAt, link, sync }: Appointment,
  { calendar, context: { window } }: Place,
  seen: ReadonlySet<Fingerprint>,
): boolean =>
  (status === 'confirmed' || sync.state === 'conflict' || sync.state === 'quarantined') &&
  startsAt < window.to &&
  endsAt > window.from &&
  link?.calendarKey === calendar.key &&
  link.observed !== undefined &&
  !seen.has(eventFingerprintOf(link.eventId));
