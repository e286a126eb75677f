/** Connections in memory. */
import { type Connection, dataKeyOf } from '../../../shared/domain/connection.ts';
import { Superseded } from '../../../shared/domain/errors.ts';
import type { ConnectionRegistry } from '../../../shared/store/connections.ts';
import type { ConnectionStore } from '../../../shared/sync/ports.ts';

type Expected = Pick<Connection, 'userId' | 'connectGeneration'> &
  Partial<Pick<Connection, 'refreshToken' | 'accessToken'>>;

export const memoryConnections = (): ConnectionStore & ConnectionRegistry => {
  const connections = new Map<string, Connection>();
  const changeWhere = ({ userId, ...expected }: Expected, set: Partial<Connection>) => {
    const stored = connections.get(userId);
    const isAsRead =
      stored?.connectGeneration === expected.connectGeneration &&
      stored.refreshToken === (expected.refreshToken ?? stored.refreshToken) &&
      stored.accessToken === (expected.accessToken ?? stored.accessToken);
    if (stored === undefined || !isAsRead) throw new Superseded('The connection changed');
    connections.set(userId, structuredClone({ ...stored, ...set }));
  };
  const change = async ({ userId, connectGeneration, refreshToken }: Connection, set: Partial<Connection>) =>
    changeWhere({ userId, connectGeneration, refreshToken }, set);
  return {
    async load(userId) {
      return structuredClone(connections.get(userId));
    },
    async loadMany(userIds) {
      return structuredClone(userIds.flatMap((userId) => connections.get(userId) ?? []));
    },
    async create(connection) {
      if (connections.has(connection.userId)) throw new Superseded('There is a connection');
      connections.set(connection.userId, structuredClone(connection));
    },
    resume: change,
    async reseal({ userId, connectGeneration, refreshToken, accessToken }, tokens) {
      changeWhere({ userId, connectGeneration, refreshToken, accessToken }, tokens);
    },
    async listSealedUnder(dataKey, limit) {
      const sealed = [...connections.values()].filter(({ refreshToken }) => dataKeyOf(refreshToken) === dataKey);
      return sealed
        .map(({ userId }) => userId)
        .sort()
        .slice(0, limit);
    },
    saveTokens: change,
    markNeedsReauth: (read) => change(read, { state: 'needs_reauth' }),
    setRealTimeSync: (read, realTimeSync) => change(read, { realTimeSync }),
    async saveSettings({ userId, connectGeneration }, settings) {
      changeWhere({ userId, connectGeneration }, { settings });
    },
  };
};
