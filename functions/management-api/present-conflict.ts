/** Review items as clients of the API see them: in brief, or with all that a person needs to decide. */

import type * as z from 'zod/mini';
import { previewOf } from '../../shared/conflicts/preview.ts';
import { asOffered, type Review, seenOf } from '../../shared/conflicts/review.ts';
import { ageOf, severityOf } from '../../shared/conflicts/severity.ts';
import { disputedIn } from '../../shared/conflicts/sides.ts';
import type { SideState } from '../../shared/domain/appointment.ts';
import type { Conflict } from '../../shared/domain/conflict.ts';
import type { Instant } from '../../shared/domain/instant.ts';
import { presentClash, presentFields } from './present-appointment.ts';
import type { conflictInBrief, conflict as schema } from './schemas/conflicts.ts';

type Shown = z.infer<typeof schema>;
type InBrief = z.infer<typeof conflictInBrief>;

export const presentConflictInBrief = (review: Review, now: Instant): InBrief => {
  const { ours, theirs } = review.conflict;
  return { ...common(review, now), ours: inBrief(ours), theirs: inBrief(theirs) };
};

export const presentConflict = (review: Review, now: Instant): Shown => {
  const { kind, base, ours, theirs, other, status } = review.conflict;
  return {
    ...common(review, now),
    ours: inFull(ours),
    theirs: inFull(theirs),
    ...(kind === 'fields' && { disputed: disputedIn(review.appointment, review.conflict) }),
    ...(base !== undefined && { base: presentFields(base) }),
    ...(other && { other: { appointmentId: other.appointmentId, ...presentFields(other.fields) } }),
    ...presentHeld(review),
    ...(status === 'open' && { outcomes: presentOutcomes(review), seen: seenOf(review) }),
  };
};

const common = ({ conflict, suggestion }: Review, now: Instant) => {
  const { id, kind, status, openedAt, updatedAt, appointmentId } = conflict;
  return {
    id,
    kind,
    status,
    severity: severityOf(conflict, now),
    ageSeconds: ageOf(conflict, now),
    openedAt,
    updatedAt,
    appointmentId,
    ...(suggestion && { suggestion }),
    ...presentResolution(conflict),
  };
};

const presentResolution = ({ resolution }: Conflict) =>
  resolution && { resolution: { choice: resolution.choice, at: resolution.at } };

const presentHeld = ({ conflict, held }: Review) =>
  held && { held: { total: conflict.held?.length ?? 0, items: held.map(presentClash) } };

const presentOutcomes = (review: Review): NonNullable<Shown['outcomes']> => {
  const { google, bookedbarber } = previewOf(review.appointment, asOffered(review)).outcomes;
  const shown = (outcome: NonNullable<typeof google>) => ({
    appointment: inFull(outcome.appointment),
    event: inFull(outcome.event),
  });
  return {
    ...(google && { google: shown(google) }),
    ...(bookedbarber && !review.readOnly && { bookedbarber: shown(bookedbarber) }),
  };
};

const inFull = (side: SideState) => (side === 'gone' ? side : presentFields(side));

const inBrief = (side: SideState): InBrief['ours'] => {
  if (side === 'gone') return side;
  const { title, start, end } = presentFields(side);
  return { title, start, end };
};
