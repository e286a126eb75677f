/** Shell: a person decides a review item: fetch, decide, write; again when something else wrote meanwhile. */
import type { ConflictId } from '../domain/ids.ts';
import { untilWritten } from '../store/until-written.ts';
import type { AskedDecision, DecideDeps, Decided } from './asked-decision.ts';
import { decideHeldOnes } from './decide-held.ts';
import { decideOne } from './decide-one.ts';
import { loadDispute } from './load-review.ts';
import type { PersonsStamp } from './resolve.ts';

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
