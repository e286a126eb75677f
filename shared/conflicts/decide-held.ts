/**
 * Shell: a person releases or discards a mass change [R9]: one appointment after the other, the review item last. Whoever
 * is cut off in between repeats the decision; what is decided already is passed over.
 */
import pMap from 'p-map';
import { loadDestination } from '../bookings/load-destination.ts';
import { outgoing, type Surroundings } from '../bookings/outgoing.ts';
import type { Conflict } from '../domain/conflict.ts';
import type { AppointmentId } from '../domain/ids.ts';
import { untilWritten } from '../store/until-written.ts';
import type { AskedDecision, DecideDeps, Decided } from './asked-decision.ts';
import { decidedHeld, type HeldChoice } from './held.ts';
import { closed, type PersonsStamp } from './resolve.ts';
import { type Dispute, isAsSeen } from './review.ts';

const writesAtOnce = 8;

export const decideHeldOnes = async (
  deps: DecideDeps,
  dispute: Dispute,
  { choice, seen }: AskedDecision,
  stamp: PersonsStamp,
): Promise<Decided | 'conflict'> => {
  const { conflict, appointment } = dispute;
  if (choice === 'merged') return { kind: 'refused', because: 'not_mergeable' };
  if (conflict.status !== 'open') {
    return conflict.resolution?.choice === choice ? { kind: 'done' } : { kind: 'refused', because: 'closed' };
  }
  if (!isAsSeen(dispute, seen)) return { kind: 'refused', because: 'stale' };

  const around = await loadDestination(deps, stamp.userId);
  const decideOne = (id: AppointmentId) => decideHeldOne({ ...deps, around }, { conflict, id }, choice, stamp);
  await pMap(conflict.held ?? [], decideOne, { concurrency: writesAtOnce });
  const written = await deps.conflicts.save(
    closed(conflict, choice, { before: appointment, next: appointment }, stamp),
  );
  return written === 'conflict' ? written : { kind: 'done' };
};

const decideHeldOne = (
  { appointments, around }: Pick<DecideDeps, 'appointments'> & { around: Surroundings },
  { conflict, id }: { conflict: Conflict; id: AppointmentId },
  choice: HeldChoice,
  stamp: PersonsStamp,
): Promise<'saved' | 'nothing'> =>
  untilWritten<'saved' | 'nothing'>(async () => {
    const [before] = await appointments.loadMany(stamp.userId, [id]);
    const next = before && decidedHeld(before, conflict, choice, stamp);
    return next === undefined ? 'nothing' : appointments.save(outgoing(next, around, stamp.now), { before });
  });
