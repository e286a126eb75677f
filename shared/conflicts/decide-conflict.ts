/** Shell: a person decides a review item: fetch, decide, write; again when something else wrote meanwhile. */
import { untilWritten } from '../bookings/until-written.ts';
import type { Choice } from '../domain/conflict.ts';
import type { ConflictId } from '../domain/ids.ts';
import type { AppointmentStore, ConflictStore } from '../sync/ports.ts';
import { decideHeldOnes } from './decide-held.ts';
import { findInTheWay, type InTheWay } from './in-the-way.ts';
import { loadDispute, type ReviewDeps } from './load-review.ts';
import { type GivenValues, mergedValues } from './merged-values.ts';
import { type PersonsDecision, type PersonsStamp, resolved } from './resolve.ts';
import { type Dispute, isAsSeen, isReadOnly, type Seen } from './review.ts';

export type DecideDeps = ReviewDeps & {
  appointments: AppointmentStore;
  conflicts: ConflictStore;
};

/** `values` with the choice `merged`. */
export type AskedDecision = { choice: Choice; values?: GivenValues | undefined; seen: Seen; allowOverlap: boolean };

/**
 * - `closed`: it has been decided otherwise, or both sides have come to agree.
 * - `stale`: what the person saw is not how things are.
 * - `foreign_block`, `read_only`, `not_mergeable`: this choice is not to be had.
 */
export type Decided =
  | { kind: 'done' }
  | { kind: 'absent' }
  | {
      kind: 'refused';
      because: 'closed' | 'stale' | 'foreign_block' | 'read_only' | 'not_mergeable';
    }
  | { kind: 'wrong'; errors: { field: string; message: string }[] }
  | Extract<InTheWay, { kind: 'clash' }>;

export const decideConflict = (
  deps: DecideDeps,
  id: ConflictId,
  asked: AskedDecision,
  stamp: PersonsStamp,
): Promise<Decided> =>
  untilWritten<Decided>(async () => {
    const dispute = await loadDispute(deps, stamp.userId, id);
    if (dispute === undefined) return { kind: 'absent' };
    const decideAsked = dispute.conflict.kind === 'mass_change' ? decideHeldOnes : decideOne;
    return decideAsked(deps, dispute, asked, stamp);
  });

const decideOne = async (
  deps: DecideDeps,
  dispute: Dispute,
  asked: AskedDecision,
  stamp: PersonsStamp,
): Promise<Decided | 'conflict'> => {
  const { appointment: before, conflict } = dispute;
  const decision = readDecision(dispute, asked);
  if ('kind' in decision) return decision;
  if (conflict.status === 'open' && !isAsSeen(dispute, asked.seen)) return { kind: 'refused', because: 'stale' };

  const outcome = resolved(before, conflict, decision, stamp);
  if (outcome.kind === 'repeated') return { kind: 'done' };
  if (outcome.kind === 'refused') return outcome;
  if (decision.choice !== 'google' && isReadOnly(before, await deps.calendars.listOf(stamp.userId))) {
    return { kind: 'refused', because: 'read_only' };
  }

  const { appointment: next } = outcome;
  const found = await findInTheWay(deps.appointments, dispute, next);
  if (found.kind === 'clash' && !asked.allowOverlap) return found;
  const days = found.kind === 'free' && !asked.allowOverlap ? found.days : [];
  const written = await deps.appointments.save(next, { before, conflict: outcome.conflict, days });
  return written === 'conflict' ? written : { kind: 'done' };
};

const readDecision = (
  dispute: Dispute,
  { choice, values }: AskedDecision,
): PersonsDecision | Extract<Decided, { kind: 'wrong' }> => {
  if (choice !== 'merged') return { choice };
  if (values === undefined) return { kind: 'wrong', errors: [{ field: 'values', message: 'Required' }] };
  const merged = mergedValues(dispute, values);
  return merged.kind === 'wrong' ? merged : { choice, values: merged.values };
};
