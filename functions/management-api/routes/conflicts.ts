/** GET /api/v2/calendar/conflicts: the review queue, the newest first, page by page; and GET of one item. */
import { listReviews, loadReview, type ReviewDeps } from '../../../shared/conflicts/load-review.ts';
import { asId, type ConflictId } from '../../../shared/domain/ids.ts';
import { decodeCursor, encodeCursor } from '../page-cursor.ts';
import { presentConflict, presentConflictInBrief } from '../present-conflict.ts';
import { noSuchConflict } from '../refuse-decision.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { conflictsQuery } from '../schemas/conflicts.ts';
import { noQuery } from '../schemas/wire-values.ts';

/** When it was opened, item. */
const positionForm = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z#[\w-]+$/;

export const conflictsRoute =
  (deps: ReviewDeps): Route<UserRequest> =>
  async ({ userId, query, now }) => {
    const { status, limit, cursor } = parse(conflictsQuery, query);
    const after = cursor === undefined ? undefined : decodeCursor(cursor, positionForm);
    const request = { userId, limit, ...(status && { status }), ...(after !== undefined && { after }) };
    const page = await listReviews(deps, request, now);
    const items = page.items.map((review) => presentConflictInBrief(review, now));
    const next = page.after === undefined ? {} : { nextCursor: encodeCursor(page.after) };
    return { status: 200, body: { items, counts: page.counts, ...next } };
  };

export const conflictRoute =
  (deps: ReviewDeps): Route<UserRequest> =>
  async ({ userId, params, query, now }) => {
    parse(noQuery, query);
    const review = await loadReview(deps, { userId, id: readConflictId(params) }, now);
    if (review === undefined) throw noSuchConflict();
    return { status: 200, body: presentConflict(review, now) };
  };

/** Anything that is not an id of ours is not found. */
export const readConflictId = ({ id = '' }: UserRequest['params']): ConflictId => {
  if (!/^[\w-]{22}$/.test(id)) throw noSuchConflict();
  return asId(id);
};
