/** POST /api/v2/calendar/conflicts/{id}/resolve and …/undo: a person decides a review item, or takes the decision back. */
import type { DecideDeps, Decided } from '../../../shared/conflicts/asked-decision.ts';
import { decideConflict } from '../../../shared/conflicts/decide-conflict.ts';
import { loadReview } from '../../../shared/conflicts/load-review.ts';
import { type TakenBack, takeBack } from '../../../shared/conflicts/take-back.ts';
import type { ConflictId } from '../../../shared/domain/ids.ts';
import { presentConflict } from '../present-conflict.ts';
import { partsOf } from '../read-booking.ts';
import { decisionProblem, noSuchConflict } from '../refuse-decision.ts';
import { parse, type Reply, type Route, type UserRequest } from '../route.ts';
import { decision } from '../schemas/conflicts.ts';
import { noBody, noQuery } from '../schemas/wire-values.ts';
import { readConflictId } from './conflicts.ts';

export const resolveConflictRoute =
  (deps: DecideDeps): Route<UserRequest> =>
  async (request) => {
    parse(noQuery, request.query);
    const { values, ...asked } = parse(decision, request.body);
    const id = readConflictId(request.params);
    const outcome = await decideConflict(deps, id, { ...asked, ...(values && { values: partsOf(values) }) }, request);
    return replyTo(deps, outcome, id, request);
  };

export const undoConflictRoute =
  (deps: DecideDeps): Route<UserRequest> =>
  async (request) => {
    parse(noQuery, request.query);
    parse(noBody, request.body);
    const id = readConflictId(request.params);
    return replyTo(deps, await takeBack(deps, id, request), id, request);
  };

/** Either way the client is shown how the item stands now. */
const replyTo = async (
  deps: DecideDeps,
  outcome: Decided | TakenBack,
  id: ConflictId,
  { userId, now }: UserRequest,
): Promise<Reply> => {
  const review = outcome.kind === 'absent' ? undefined : await loadReview(deps, { userId, id }, now);
  if (outcome.kind === 'absent' || review === undefined) throw noSuchConflict();
  if (outcome.kind !== 'done') throw decisionProblem(outcome, review, now);
  return { status: 200, body: presentConflict(review, now) };
};
