/** POST /api/v2/calendar/webhooks/renew: have my channels replaced by new ones now; the status shows them. */
import { type RenewNowDeps, renewNow } from '../../../shared/channels/renew-now.ts';
import { type ConnectedDeps, requireConnected } from '../require-connected.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { noBody, noQuery } from '../schemas/wire-values.ts';

export type RenewRouteDeps = RenewNowDeps & ConnectedDeps;

export const renewWebhooksRoute =
  (deps: RenewRouteDeps): Route<UserRequest> =>
  async ({ userId, query, body, now, chainId }) => {
    parse(noQuery, query);
    parse(noBody, body);
    await requireConnected(deps, userId);
    return { status: 202, body: { id: chainId, calendars: await renewNow(deps, userId, { chainId, now }) } };
  };
