/** An appointment that waits for a person in the review queue has been changed here: the review item follows. */

import { sameSide } from '../decision/compare.ts';
import { hasNow, isInDispute } from '../decision/dispute.ts';
import { settled } from '../decision/settle.ts';
import { sideOf } from '../decision/sides.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Conflict } from '../domain/conflict.ts';
import type { Instant } from '../domain/instant.ts';

/** Once both sides say the same there is nothing left to decide. */
export const underReview = (
  { before, changed }: { before: Appointment; changed: Appointment },
  open: Conflict,
  now: Instant,
): { appointment: Appointment; conflict: Conflict } => {
  const ours = sideOf(changed);
  const conflict: Conflict = { ...open, ours, revision: open.revision + 1, updatedAt: now };
  const isNew = !sameSide(ours, sideOf(before)); // An undo may leave both sides equal, and undecided.
  if (isNew && isInDispute(changed) && sameSide(ours, changed.sync.theirs)) {
    return { appointment: settled(changed, hasNow(changed.sync)), conflict: { ...conflict, status: 'agreed' } };
  }
  const kind = ours === 'gone' ? 'deleted_in_bookedbarber' : open.kind;
  return { appointment: changed, conflict: { ...conflict, kind } };
};
