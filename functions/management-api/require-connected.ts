/** A request that needs Google is refused at once where nobody has consented, or the consent has ended. */
import type { UserId } from '../../shared/domain/ids.ts';
import type { ConnectionStore } from '../../shared/ports.ts';
import { Problem } from './problem.ts';

export const notConnected = (detail = 'No calendar is connected. Start with "connect".'): Problem =>
  new Problem('not-connected', detail);

export type ConnectedDeps = { connections: Pick<ConnectionStore, 'load'> };

export const requireConnected = async ({ connections }: ConnectedDeps, userId: UserId): Promise<void> => {
  const connection = await connections.load(userId);
  if (connection?.state === 'connected') return;
  throw notConnected('No calendar is connected, or the consent has ended. Start with "connect".');
};
