/** Raises what a change from outside has double-booked, and counts what the breaker asks for. */

import type { Stamp } from '../decision/next-appointment.ts';
import { bookingsInTheWay, doOverlap } from '../decision/overlaps.ts';
import { overlapItem } from '../decision/review-items.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import { day, type Instant, plusMs } from '../domain/instant.ts';
import type { AgendaReader, AppointmentStore, ConflictStore, Day, DayReader } from './ports.ts';
import { windowAt } from './window.ts';

export type OverlapDeps = { appointments: AppointmentStore & AgendaReader & DayReader; conflicts: ConflictStore };

/** An appointment as it is now, and as it was before this change. */
export type Changed = { now: Appointment; before: Appointment | undefined };

const recentMs = 1 * day;
const mostOverlapped = 20;

/**
 * After the changes are stored: whoever books meanwhile sees them or is seen. A run that was cut short before this finds
 * nothing left to change when it is repeated, so what was changed lately is looked at again; an item is raised only once.
 */
export const raiseOverlaps = async (
  deps: OverlapDeps,
  { key }: Calendar,
  stamp: Stamp,
  all: Changed[],
): Promise<void> => {
  const recently = plusMs(stamp.now, -recentMs);
  const changed = all.filter(({ now, before }) => now.updatedAt > recently && hasComeOn(now, before, stamp.now));
  if (changed.length === 0) return;
  const days = await loadDaysOf(deps, changed);
  for (const { now, before } of changed) {
    for (const other of await findOverlapped(deps, now, days)) {
      await deps.conflicts.save(overlapItem({ changed: now, before, other }, key, stamp)); // There already: raised before.
    }
  }
};

/**
 * Has Google put it where it is? What a person has double-booked here was meant to be, and stays so under a new title.
 * Where nothing was left to change, who last changed it must do for an answer.
 */
const hasComeOn = (now: Appointment, before: Appointment | undefined, at: Instant): boolean => {
  if (now.provenance.actor !== 'google' || now.status === 'cancelled' || now.endsAt <= at) return false;
  const isChanged = before?.revision !== now.revision;
  return !(isChanged && before?.status === 'confirmed' && isSameSpan(before, now));
};

const isSameSpan = (a: Appointment, b: Appointment): boolean => a.startsAt === b.startsAt && a.endsAt === b.endsAt;

const loadDaysOf = ({ appointments }: OverlapDeps, changed: Changed[]): Promise<Day[]> => {
  const [first] = changed;
  if (first === undefined) return Promise.resolve([]);
  const from = changed.reduce((least, { now }) => (now.startsAt < least ? now.startsAt : least), first.now.startsAt);
  const to = changed.reduce((most, { now }) => (now.endsAt > most ? now.endsAt : most), first.now.endsAt);
  return appointments.loadDays(first.now.userId, from, to);
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
  let count = 0;
  let after: string | undefined;
  for (let read = 1; read <= readsAtMost; read++) {
    const span = { from: now, to: windowAt(now).to, includeCancelled: false };
    const page = await appointments.list({
      userId,
      ...span,
      limit: bookingsPerRead,
      ...(after !== undefined && { after }),
    });
    count += page.items.filter(({ kind, startsAt }) => kind === 'booking' && startsAt > now).length;
    after = page.after;
    if (after === undefined) break;
  }
  return count;
};
