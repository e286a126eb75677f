/** Raises what a change from outside has double-booked, and counts what the breaker asks for. */
import type { Stamp } from '../decision/next-appointment.ts';
import { bookingsInTheWay, doOverlap } from '../decision/overlaps.ts';
import { agreedItem, type Changed, type Overlap, overlapIdOf, overlapItem } from '../decision/review-items.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Instant } from '../domain/instant.ts';
import type { AgendaReader, AppointmentStore, ConflictStore, Day, DayReader } from '../ports.ts';
import { windowAt } from '../schedule/window.ts';
import { pagesOf } from './agenda-pages.ts';

export type OverlapDeps = { appointments: AppointmentStore & AgendaReader & DayReader; conflicts: ConflictStore };

/** The calendar that the changes came from. */
export type OverlapPlace = { calendar: Calendar; stamp: Stamp };

const mostOverlapped = 20;

/** Runs after the changes are stored: whoever books meanwhile either sees them or is seen here. */
export const raiseOverlaps = async (deps: OverlapDeps, place: OverlapPlace, all: Changed[]): Promise<void> => {
  const left = all.filter(hasLeft).map(({ now }) => now);
  if (left.length > 0) await closeOverlaps(deps, left, place.stamp);
  const come = all.filter((change) => hasComeOn(change, place));
  if (come.length === 0) return;
  const days = await loadDaysOf(deps, come, place.stamp.now);
  for (const change of come) {
    for (const other of await findOverlapped(deps, change.now, days)) await raise(deps, place, { ...change, other });
  }
};

const openAtMost = 500;

/** Closes the overlaps in review that these appointments, having moved, no longer cause. */
export const closeOverlaps = async (
  { appointments, conflicts }: Pick<OverlapDeps, 'conflicts'> & { appointments: Pick<AppointmentStore, 'loadMany'> },
  moved: Appointment[],
  stamp: Stamp,
): Promise<void> => {
  const [first] = moved;
  if (first === undefined) return;
  const byId = new Map(moved.map((appointment) => [appointment.id, appointment]));
  const { items } = await conflicts.list({ userId: first.userId, status: 'open', limit: openAtMost });
  for (const item of items) {
    const pair = [item.appointmentId, item.other?.appointmentId ?? item.appointmentId];
    if (item.kind !== 'overlap' || !pair.some((id) => byId.has(id))) continue;
    const known = await appointments.loadMany(
      first.userId,
      pair.filter((id) => !byId.has(id)),
    );
    const [a, b] = pair.map((id) => byId.get(id) ?? known.find((appointment) => appointment.id === id));
    if (a === undefined || b === undefined || isApart(a, b)) await conflicts.save(agreedItem(item, stamp));
  }
};

const raise = async (
  { conflicts }: OverlapDeps,
  { calendar, stamp }: OverlapPlace,
  overlap: Overlap,
): Promise<void> => {
  const stored = await conflicts.load(overlap.now.userId, overlapIdOf(overlap.now, overlap.other));
  const item = overlapItem(overlap, calendar.key, stamp, stored);
  if (item !== undefined) await conflicts.save(item); // A lost race was lost to the same news.
};

/**
 * Has Google put it where it is? What a person has double-booked here was meant to be, and stays so under a new title. A
 * run that was cut short before this finds nothing left to change when it is repeated: what has been written since the last
 * complete listing is then looked at again.
 */
const hasComeOn = ({ now, before }: Changed, { calendar, stamp }: OverlapPlace): boolean => {
  if (now.provenance.actor !== 'google' || now.status === 'cancelled' || now.endsAt <= stamp.now) return false;
  if (before?.revision === now.revision) return now.updatedAt > (calendar.coveredBefore ?? '');
  return before?.status !== 'confirmed' || !isSameSpan(before, now);
};

const isApart = (a: Appointment, b: Appointment): boolean =>
  a.status === 'cancelled' || b.status === 'cancelled' || !doOverlap(a, b);

/** It no longer takes the time that it took. */
export const hasLeft = ({ now, before }: Changed): boolean =>
  before?.status === 'confirmed' && (now.status === 'cancelled' || !isSameSpan(before, now));

const isSameSpan = (a: Appointment, b: Appointment): boolean => a.startsAt === b.startsAt && a.endsAt === b.endsAt;

/** Only as far as bookings matter: an event may last until the year 9999. */
const loadDaysOf = ({ appointments }: OverlapDeps, changed: Changed[], now: Instant): Promise<Day[]> => {
  const spans = changed.map((change) => change.now);
  const [first] = spans;
  const { to } = windowAt(now);
  const from = spans.map(({ startsAt }) => (startsAt > now ? startsAt : now)).toSorted()[0];
  const until = spans
    .map(({ endsAt }) => (endsAt < to ? endsAt : to))
    .toSorted()
    .at(-1);
  if (first === undefined || from === undefined || until === undefined || from >= until) return Promise.resolve([]);
  return appointments.loadDays(first.userId, from, until);
};

/** A block may lie upon other blocks, as in any calendar; a booking must have its time to itself. */
const findOverlapped = async ({ appointments }: OverlapDeps, changed: Appointment, days: Day[]) => {
  const { userId, startsAt, endsAt } = changed;
  const met = bookingsInTheWay(changed, days).slice(0, mostOverlapped);
  const bookings = met.length === 0 ? [] : await appointments.loadMany(userId, met);
  if (changed.kind === 'block') return bookings;
  const request = { userId, from: startsAt, to: endsAt, limit: mostOverlapped, includeCancelled: false };
  const { items } = await appointments.list(request);
  return [...bookings, ...items.filter((item) => item.kind === 'block' && doOverlap(item, changed))];
};

const bookingsPerRead = 500;
const readsAtMost = 20;

/** Confirmed bookings that are yet to begin, as far as the window reaches. */
export const countFutureBookings = async (
  { appointments }: Pick<OverlapDeps, 'appointments'>,
  { userId }: Calendar,
  now: Instant,
): Promise<number> => {
  const span = { from: now, to: windowAt(now).to };
  const request = { userId, ...span, limit: bookingsPerRead, includeCancelled: false };
  let count = 0;
  for await (const { items } of pagesOf(appointments, request, readsAtMost)) {
    count += items.filter(({ kind, startsAt }) => kind === 'booking' && startsAt > now).length;
  }
  return count;
};
