/** Shell: what already takes a barber's time. Bookings are read consistently, by their days; blocks from the agenda. */

import { pagesOf } from '../appointments/agenda-pages.ts';
import { bookingsInTheWay } from '../decision/overlaps.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { AppointmentId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { AgendaReader, AppointmentStore, Day, DayReader } from '../ports.ts';

export type TimeReader = Pick<AppointmentStore, 'loadMany'> & AgendaReader & DayReader;

/** `self` may stand in its own way. */
export type Wanted = { userId: UserId; startsAt: Instant; endsAt: Instant; self: AppointmentId };

/** To be written with `days`, so that of two requests for the same time only one is. */
export type Taken = { days: Day[]; clashing: Appointment[] };

const shownAtMost = 10;

export const findTaken = async (appointments: TimeReader, wanted: Wanted): Promise<Taken> => {
  const days = await appointments.loadDays(wanted.userId, wanted.startsAt, wanted.endsAt);
  const booked = bookingsInTheWay({ ...wanted, id: wanted.self }, days).slice(0, shownAtMost);
  const [bookings, blocks] = await Promise.all([
    booked.length === 0 ? [] : appointments.loadMany(wanted.userId, booked),
    blocksAt(appointments, wanted),
  ]);
  const clashing = [...bookings, ...blocks].toSorted((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
  return { days, clashing: clashing.slice(0, shownAtMost) };
};

const itemsPerPage = 200;
const pagesAtMost = 20;

/** Those on the first page that has any are enough to refuse. */
const blocksAt = async (agenda: AgendaReader, { userId, startsAt, endsAt, self }: Wanted): Promise<Appointment[]> => {
  const request = { userId, from: startsAt, to: endsAt, limit: itemsPerPage, includeCancelled: false };
  for await (const page of pagesOf(agenda, request, pagesAtMost)) {
    const blocks = page.items.filter(({ kind, id }) => kind === 'block' && id !== self);
    if (blocks.length > 0 || page.after === undefined) return blocks;
  }
  throw new Error(`More than ${pagesAtMost * itemsPerPage} bookings at once`);
};
