/** Has a change from outside double-booked the barber? It is applied all the same: Google shows it already. */
import type { Appointment } from '../domain/appointment.ts';
import type { AppointmentId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Day } from '../ports.ts';

type Spanned = { startsAt: Instant; endsAt: Instant };

export const doOverlap = (a: Spanned, b: Spanned): boolean => a.startsAt < b.endsAt && b.startsAt < a.endsAt;

/** The bookings of these days that it meets, each once: one that lasts overnight is in several days. */
export const bookingsInTheWay = (next: Pick<Appointment, 'id'> & Spanned, days: Day[]): AppointmentId[] => {
  const bookings = days.flatMap((day) => Object.entries(day.bookings) as [AppointmentId, Spanned][]);
  const met = bookings.filter(([id, booking]) => id !== next.id && doOverlap(next, booking));
  return [...new Set(met.map(([id]) => id))];
};
