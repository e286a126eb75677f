/** An appointment that waits for a person in the review queue has been changed here: the review item follows. */

import { settled } from '../conflicts/settle.ts';
import { fingerprintOf } from '../decision/compare.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Conflict, SideState } from '../domain/conflict.ts';
import type { Instant } from '../domain/instant.ts';

/** Once both sides say the same there is nothing left to decide. */
export const underReview = (
  { before, changed }: { before: Appointment; changed: Appointment },
  open: Conflict,
  now: Instant,
): { appointment: Appointment; conflict: Conflict } => {
  const ours = sideOf(changed);
  const conflict: Conflict = { ...open, ours, revision: open.revision + 1, updatedAt: now };
  const isNew = fingerprintOf(ours) !== fingerprintOf(sideOf(before)); // An undo may leave both sides equal, and undecided.
  if (isNew && isInGoogle(changed, ours)) {
    return { appointment: settled(changed, ours), conflict: { ...conflict, status: 'agreed' } };
  }
  const kind = ours === 'gone' ? 'deleted_in_bookedbarber' : open.kind;
  return { appointment: changed, conflict: { ...conflict, kind } };
};

const sideOf = ({ status, fields }: Appointment): SideState => (status === 'cancelled' ? 'gone' : fields);

/** What Google has is named by the appointment: after an undo it need not be the side in question. */
const isInGoogle = ({ sync }: Appointment, side: SideState): boolean =>
  sync.state === 'conflict' && sync.theirs === fingerprintOf(side);
