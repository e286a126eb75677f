/** POST /api/v2/admin/sweep: a hint for every calendar that is due, now; what it needs, its channel too, its own job does. */
import { plusMs, second } from '../../../shared/domain/instant.ts';
import { type SweepDeps, sweep } from '../../../shared/renewal/sweep.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { noBody, noQuery } from '../schemas/wire-values.ts';

/** The gateway gives up after 30 seconds. What the sweep has not come to in this time is still due: ask again. */
const sweepMs = 20 * second;

export const sweepRoute =
  (deps: SweepDeps): Route<UserRequest> =>
  async ({ query, body, now, chainId }) => {
    parse(noQuery, query);
    parse(noBody, body);
    return { status: 200, body: await sweep(deps, { chainId, now, until: plusMs(now, sweepMs) }) };
  };
