/** An appointment that waits for a person in the review queue has been changed here: the review item follows. */

import { fingerprintOf } from '../decision/compare.ts';
import { agreed } from '../decision/sync-state.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Conflict, SideState } from '../domain/conflict.ts';
import type { Instant } from '../domain/instant.ts';

/** Once both sides say the same there is nothing left to decide. */
export const underReview = (
  changed: Appointment,
  open: Conflict,
  now: Instant,
): { appointment: Appointment; conflict: Conflict } => {
  const ours: SideState = changed.status === 'cancelled' ? 'gone' : changed.fields;
  const conflict: Conflict = { ...open, ours, revision: open.revision + 1, updatedAt: now };
  if (fingerprintOf(ours) === fingerprintOf(open.theirs)) {
    return { appointment: agreed(changed), conflict: { ...conflict, status: 'agreed' } };
  }
  const kind = ours === 'gone' ? 'deleted_in_bookedbarber' : open.kind;
  return { appointment: changed, conflict: { ...conflict, kind } };
};
