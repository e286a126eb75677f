/** GET …/real-time-sync/status, POST …/enable and POST …/disable. */
import { type SwitchDeps, switchRealTimeSync } from '../../../shared/connections/real-time-sync.ts';
import type { Connection } from '../../../shared/domain/connection.ts';
import { type LeftOverDeps, loadLeftOver } from '../../../shared/health/load-left-over.ts';
import type { SyncRequests } from '../../../shared/store/sync-requests.ts';
import { presentManualSync } from '../present-manual-sync.ts';
import { presentStatus } from '../present-status.ts';
import { notConnected } from '../require-connected.ts';
import { parse, type Reply, type Route, type UserRequest } from '../route.ts';
import { noBody, noQuery } from '../schemas/wire-values.ts';

export type RealTimeSyncDeps = SwitchDeps & LeftOverDeps & { requests: Pick<SyncRequests, 'load'> };

export const statusRoute =
  (deps: RealTimeSyncDeps): Route<UserRequest> =>
  async (request) => {
    parse(noQuery, request.query);
    return reply(deps, await deps.connections.load(request.userId), request);
  };

export const switchRoute =
  (deps: RealTimeSyncDeps, on: boolean): Route<UserRequest> =>
  async (request) => {
    parse(noQuery, request.query);
    parse(noBody, request.body);
    const connection = await switchRealTimeSync(deps, request.userId, on, request.chainId);
    if (connection === undefined) throw notConnected();
    return reply(deps, connection, request);
  };

const reply = async (
  deps: RealTimeSyncDeps,
  connection: Connection | undefined,
  { userId, now }: UserRequest,
): Promise<Reply> => {
  const [calendars, request] = await Promise.all([deps.calendars.listOf(userId), deps.requests.load(userId)]);
  const seen = await loadLeftOver(deps, { userId, now }, calendars);
  const isOver = connection === undefined || connection.state === 'disconnected'; // Nothing runs, whatever was asked for before.
  return {
    status: 200,
    body: {
      ...presentStatus(connection, seen, now),
      ...(request !== undefined && !isOver && { manualSync: presentManualSync(request, calendars) }),
    },
  };
};
