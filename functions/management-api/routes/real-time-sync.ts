/** GET …/real-time-sync/status, POST …/enable and POST …/disable. */
import pMap from 'p-map';
import { type SwitchDeps, switchRealTimeSync } from '../../../shared/connections/real-time-sync.ts';
import type { Connection } from '../../../shared/domain/connection.ts';
import { Problem } from '../../../shared/runtime/problem.ts';
import type { SyncRequests } from '../../../shared/store/sync-requests.ts';
import type { Quarantine } from '../../../shared/sync/ports.ts';
import { presentManualSync } from '../present-manual-sync.ts';
import { presentStatus } from '../present-status.ts';
import { parse, type Reply, type Route, type UserRequest } from '../route.ts';
import { noBody, noQuery } from '../schemas/common.ts';

export type RealTimeSyncDeps = SwitchDeps & {
  requests: Pick<SyncRequests, 'load'>;
  quarantine: Pick<Quarantine, 'list'>;
};

const readsAtOnce = 8;

export const statusRoute =
  (deps: RealTimeSyncDeps): Route<UserRequest> =>
  async ({ userId, query }) => {
    parse(noQuery, query);
    return reply(deps, await deps.connections.load(userId), userId);
  };

export const switchRoute =
  (deps: RealTimeSyncDeps, on: boolean): Route<UserRequest> =>
  async ({ userId, query, body, chainId }) => {
    parse(noQuery, query);
    parse(noBody, body);
    const connection = await switchRealTimeSync(deps, userId, on, chainId);
    if (connection === undefined) throw new Problem('not-connected', 'No calendar is connected. Start with "connect".');
    return reply(deps, connection, userId);
  };

const reply = async (
  deps: RealTimeSyncDeps,
  connection: Connection | undefined,
  userId: UserRequest['userId'],
): Promise<Reply> => {
  const [calendars, request] = await Promise.all([deps.calendars.listOf(userId), deps.requests.load(userId)]);
  const parked = await pMap(calendars, async ({ key }) => [key, (await deps.quarantine.list(key)).size] as const, {
    concurrency: readsAtOnce,
  });
  return {
    status: 200,
    body: {
      ...presentStatus(connection, calendars, new Map(parked)),
      ...(request !== undefined && { manualSync: presentManualSync(request, calendars) }),
    },
  };
};
