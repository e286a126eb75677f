/** Shell: a suggestion for an open review item: what either outcome would meet is looked up, the rest is suggest.ts. */
import { findTaken, type TimeReader } from '../bookings/taken-time.ts';
import { momentsOf } from '../decision/moments.ts';
import type { Appointment, SideState } from '../domain/appointment.ts';
import type { Evidence, Suggestion } from './evidence.ts';
import type { Dispute } from './review.ts';
import { outcomesOf } from './sides.ts';
import { suggest } from './suggest.ts';

export const advise = async (
  appointments: TimeReader,
  { conflict, appointment }: Dispute,
  known: Pick<Evidence, 'history' | 'now'>,
): Promise<Suggestion> => {
  const outcomes = outcomesOf(appointment, conflict);
  const isClash = (side: SideState): Promise<boolean> | boolean =>
    conflict.kind !== 'mass_change' && isDoubleBooked(appointments, appointment, side);
  const [google, bookedbarber] = await Promise.all([isClash(outcomes.google), isClash(outcomes.bookedbarber)]);
  return suggest({ conflict, appointment, ...known, clash: { google, bookedbarber } });
};

/** A block may lie upon other blocks, as in any calendar; a booking must have its time to itself. */
const isDoubleBooked = async (
  appointments: TimeReader,
  { id, userId, kind }: Appointment,
  side: SideState,
): Promise<boolean> => {
  if (side === 'gone') return false;
  const { clashing } = await findTaken(appointments, { userId, self: id, ...momentsOf(side) });
  return clashing.some((other) => kind === 'booking' || other.kind === 'booking');
};
