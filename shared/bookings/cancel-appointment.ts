/** Shell: a person cancels an appointment; doing so again is fine, whatever version the client knows. */
import type { Stamp } from '../decision/next-appointment.ts';
import { cancelBooking } from './cancel-booking.ts';
import {
  type ChangeDeps,
  type Changed,
  changeAppointment,
  type Decided,
  type Found,
  refusalOf,
  type Target,
} from './change-appointment.ts';

export const cancelAppointment = (deps: ChangeDeps, target: Target, stamp: Stamp): Promise<Changed> =>
  changeAppointment(deps, target, (found) => decide(found, target, stamp), stamp);

const decide = (found: Found, target: Target, stamp: Stamp): Decided => {
  const { before, destination } = found;
  const next = cancelBooking(before, destination, stamp);
  if (next === undefined) return { kind: 'done', appointment: before };
  return refusalOf(found, target) ?? { kind: 'next', next };
};
