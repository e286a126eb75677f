/** A person has looked at a mass change: what that makes of each appointment that was held for it [R9]. */

import { pendingNow } from '../decision/settle.ts';
import { moved } from '../decision/sync-state.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Choice, Conflict } from '../domain/conflict.ts';
import type { PersonsStamp } from './resolve.ts';

/** `google` releases the change: it is read again and applied without asking. `bookedbarber` discards it: our side wins. */
export type HeldChoice = Exclude<Choice, 'merged'>;

/** Undefined when this item does not hold it (any more): there is nothing to write. */
export const decidedHeld = (
  appointment: Appointment,
  { id }: Pick<Conflict, 'id'>,
  choice: HeldChoice,
  { now, chainId }: PersonsStamp,
): Appointment | undefined => {
  const { sync } = appointment;
  if (sync.state !== 'held' || sync.conflictId !== id) return undefined;
  const reason = choice === 'google' ? 'release' : 'discard';
  return {
    ...moved(appointment, { updatedAt: now, provenance: { actor: 'user', reason, chainId } }),
    sync: { ...pendingNow(appointment, now), prefer: choice },
  };
};
