/** Shell: a person takes a decision back, while nothing has changed since and the time is still free. */

import { loadDestination } from '../bookings/load-destination.ts';
import { outgoing } from '../bookings/outgoing.ts';
import type { ConflictId } from '../domain/ids.ts';
import { untilWritten } from '../store/until-written.ts';
import type { DecideDeps } from './asked-decision.ts';
import { findInTheWay, type InTheWay } from './in-the-way.ts';
import { loadDispute } from './load-review.ts';
import type { PersonsStamp } from './resolve.ts';
import { undone } from './undo.ts';

/** `mass_change`: cannot be undone as one, since its appointments have gone on separately. */
export type TakenBack =
  | { kind: 'done' }
  | { kind: 'absent' }
  | { kind: 'refused'; because: 'not_resolved' | 'changed_since' | 'mass_change' }
  | Extract<InTheWay, { kind: 'clash' }>;

export const takeBack = (deps: DecideDeps, id: ConflictId, stamp: PersonsStamp): Promise<TakenBack> =>
  untilWritten<TakenBack>(async () => {
    const dispute = await loadDispute(deps, stamp.userId, id);
    if (dispute === undefined) return { kind: 'absent' };
    if (dispute.conflict.kind === 'mass_change') return { kind: 'refused', because: 'mass_change' };

    const { appointment: before } = dispute;
    const outcome = undone(before, dispute.conflict, stamp);
    if (outcome.kind === 'refused') return outcome;

    const { conflict } = outcome;
    const next = outgoing(outcome.appointment, await loadDestination(deps, stamp.userId), stamp.now);
    const found = await findInTheWay(deps.appointments, dispute, next);
    if (found.kind === 'clash') return found;
    const written = await deps.appointments.save(next, { before, conflict, days: found.days });
    return written === 'conflict' ? written : { kind: 'done' };
  });
