/** Shell: a person decides about one appointment: what is asked is checked, and written unless it double-books. */
import { loadDestination } from '../bookings/load-destination.ts';
import { outgoing } from '../bookings/outgoing.ts';
import { overwritesHiddenText } from '../bookings/read-only.ts';
import type { AskedDecision, DecideDeps, Decided } from './asked-decision.ts';
import { findInTheWay } from './in-the-way.ts';
import { mergedValues } from './merged-values.ts';
import { type PersonsDecision, type PersonsStamp, resolved } from './resolve.ts';
import { type Dispute, isAsSeen, isReadOnly } from './review.ts';

export const decideOne = async (
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
  const around = await loadDestination(deps, stamp.userId);
  const isForbidden = isReadOnly(before, around.calendars) || overwritesHiddenText(before, outcome.appointment.fields);
  if (decision.choice !== 'google' && isForbidden) return { kind: 'refused', because: 'read_only' };

  const next = outgoing(outcome.appointment, around, stamp.now);
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
