/** Shell: would a decision double-book the barber? What the review item itself names, the person has seen. */
import { findTaken, type TimeReader } from '../bookings/taken-time.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Day } from '../ports.ts';
import type { Dispute } from './review.ts';

/** `days`: to be written with it, so that nobody books the time meanwhile. */
export type InTheWay = { kind: 'free'; days: Day[] } | { kind: 'clash'; clashing: Appointment[] };

export const findInTheWay = async (
  appointments: TimeReader,
  { appointment: before, conflict }: Dispute,
  next: Appointment,
): Promise<InTheWay> => {
  if (!takesNewTime(before, next)) return { kind: 'free', days: [] };
  const { days, clashing } = await findTaken(appointments, { ...next, self: next.id });
  const unnamed = clashing.filter(({ id }) => id !== conflict.other?.appointmentId);
  return unnamed.length > 0 ? { kind: 'clash', clashing: unnamed } : { kind: 'free', days };
};

const takesNewTime = (before: Appointment, next: Appointment): boolean =>
  next.status === 'confirmed' &&
  (before.status !== 'confirmed' || before.startsAt !== next.startsAt || before.endsAt !== next.endsAt);
