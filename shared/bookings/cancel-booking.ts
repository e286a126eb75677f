/** A person cancels an appointment: the record stays, the event goes. */

import type { Stamp } from '../decision/next-appointment.ts';
import { moved } from '../decision/sync-state.ts';
import type { Appointment } from '../domain/appointment.ts';
import { byUser } from './by-user.ts';
import type { Destination } from './destination.ts';
import { toBeTold } from './to-be-told.ts';

/** Undefined when it is cancelled already. */
export const cancelBooking = (before: Appointment, destination: Destination, stamp: Stamp): Appointment | undefined => {
  if (before.status === 'cancelled') return undefined;
  const cancelled: Appointment = { ...moved(before, byUser('cancel', stamp)), status: 'cancelled' };
  if (before.link === undefined) return { ...cancelled, sync: { state: 'local' } }; // Google has never heard of it.
  const edits = { ...before.edits, status: stamp.now };
  return toBeTold({ ...cancelled, edits }, before, destination, stamp.now);
};
