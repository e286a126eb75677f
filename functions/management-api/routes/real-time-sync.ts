/** GET …/real-time-sync/status, POST …/enable and POST …/disable. */
import { type SwitchDeps, switchRealTimeSync } from '../../../shared/connections/real-time-sync.ts';
import type { Connection } from '../../../shared/domain/connection.ts';
import { Problem } from '../../../shared/runtime/problem.ts';
import { presentStatus } from '../present-status.ts';
import { parse, type Reply, type Route, type UserRequest } from '../route.ts';
import { noBody, noQuery } from '../schemas.ts';

export const statusRoute =
  (deps: SwitchDeps): Route<UserRequest> =>
  async ({ userId, query }) => {
    parse(noQuery, query);
    return reply(deps, await deps.connections.load(userId), userId);
  };

export const switchRoute =
  (deps: SwitchDeps, on: boolean): Route<UserRequest> =>
  async ({ userId, query, body, chainId }) => {
    parse(noQuery, query);
    parse(noBody, body);
    const connection = await switchRealTimeSync(deps, userId, on, chainId);
    if (connection === undefined) throw new Problem('not-connected', 'No calendar is connected. Start with "connect".');
    return reply(deps, connection, userId);
  };

const reply = async (
  deps: SwitchDeps,
  connection: Connection | undefined,
  userId: UserRequest['userId'],
): Promise<Reply> => ({
  status: 200,
  body: presentStatus(connection, await deps.calendars.listOf(userId)),
});
