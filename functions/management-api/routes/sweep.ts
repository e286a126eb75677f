/** POST /api/v2/admin/sweep: what the renewal worker does every few minutes, now. */
import { type SweepDeps, sweep } from '../../../shared/sync/sweep.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { noBody, noQuery } from '../schemas.ts';

/** Cut off by the time limit it has done what it could: what it did not come to is still due. */
export const sweepRoute =
  (deps: SweepDeps): Route<UserRequest> =>
  async ({ query, body, now, chainId }) => {
    parse(noQuery, query);
    parse(noBody, body);
    return { status: 200, body: await sweep(deps, { chainId, now }) };
  };
