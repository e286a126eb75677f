/** POST /api/v2/calendar/webhooks/renew: have my channels replaced by new ones now; the status shows them. */
import { type RenewNowDeps, renewNow } from '../../../shared/channels/renew-now.ts';
import { Problem } from '../../../shared/runtime/problem.ts';
import type { ConnectionStore } from '../../../shared/sync/ports.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { noBody, noQuery } from '../schemas/wire-values.ts';

export type RenewRouteDeps = RenewNowDeps & { connections: Pick<ConnectionStore, 'load'> };

export const renewWebhooksRoute =
  (deps: RenewRouteDeps): Route<UserRequest> =>
  async ({ userId, query, body, now, chainId }) => {
    parse(noQuery, query);
    parse(noBody, body);
    const connection = await deps.connections.load(userId);
    if (connection?.state !== 'connected') {
      throw new Problem('not-connected', 'No calendar is connected, or the consent has ended. Start with "connect".');
    }
    return { status: 202, body: { id: chainId, calendars: await renewNow(deps, userId, { chainId, now }) } };
  };
