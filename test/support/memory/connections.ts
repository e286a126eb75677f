/** Connections in memory. */
import type { Connection } from '../../../shared/domain/connection.ts';
import { Superseded } from '../../../shared/domain/errors.ts';
import type { ConnectionRegistry } from '../../../shared/store/connections.ts';
import type { ConnectionStore } from '../../../shared/sync/ports.ts';
import type { Copy } from './revisioned.ts';

type Expected = Pick<Connection, 'userId' | 'connectGeneration'> & Partial<Pick<Connection, 'refreshToken'>>;

export const memoryConnections = (copy: Copy = structuredClone): ConnectionStore & ConnectionRegistry => {
  const connections = new Map<string, Connection>();
  const changeWhere = ({ userId, ...expected }: Expected, set: Partial<Connection>) => {
    const stored = connections.get(userId);
    const isAsRead =
      stored?.connectGeneration === expected.connectGeneration &&
      stored.refreshToken === (expected.refreshToken ?? stored.refreshToken);
    if (stored === undefined || !isAsRead) throw new Superseded('The connection changed');
    connections.set(userId, copy({ ...stored, ...set }));
  };
  const change = async ({ userId, connectGeneration, refreshToken }: Connection, set: Partial<Connection>) =>
    changeWhere({ userId, connectGeneration, refreshToken }, set);
  return {
    async load(userId) {
      return copy(connections.get(userId));
    },
    async create(connection) {
      if (connections.has(connection.userId)) throw new Superseded('There is a connection');
      connections.set(connection.userId, copy(connection));
    },
    resume: change,
    saveTokens: change,
    markNeedsReauth: (read) => change(read, { state: 'needs_reauth' }),
    setRealTimeSync: (read, realTimeSync) => change(read, { realTimeSync }),
    async saveSettings({ userId, connectGeneration }, settings) {
      changeWhere({ userId, connectGeneration }, { settings });
    },
  };
};
