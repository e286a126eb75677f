/** Connections in memory. */
import { type Connection, dataKeyOf, type SealedGrant } from '../../../shared/domain/connection.ts';
import { Superseded } from '../../../shared/domain/errors.ts';
import type { UserId } from '../../../shared/domain/ids.ts';
import type { ConnectionStore } from '../../../shared/ports.ts';
import type { ConnectionRegistry } from '../../../shared/store/connections.ts';
import type { Copy } from './revisioned.ts';

type Fields = Record<string, unknown>;

export const memoryConnections = (copy: Copy = structuredClone): ConnectionStore & ConnectionRegistry => {
  const connections = new Map<string, Connection>();
  const changeWhere = (userId: UserId, expected: Fields, set: Fields) => {
    const stored: Fields | undefined = connections.get(userId);
    const isAsRead = Object.entries(expected).every(([field, value]) => stored?.[field] === value);
    if (stored === undefined || !isAsRead) throw new Superseded('The connection changed');
    const next = Object.entries({ ...stored, ...set }).filter(([, value]) => value !== undefined);
    connections.set(userId, copy(Object.fromEntries(next) as Connection));
  };
  const change = async (read: Connection, set: Fields) => {
    const { userId, connectGeneration } = read;
    const refreshToken = read.state === 'disconnected' ? undefined : read.refreshToken;
    changeWhere(userId, { connectGeneration, refreshToken }, set);
  };
  return {
    async load(userId) {
      return copy(connections.get(userId));
    },
    async loadMany(userIds) {
      return copy(userIds.flatMap((userId) => connections.get(userId) ?? []));
    },
    async create(connection) {
      if (connections.has(connection.userId)) throw new Superseded('There is a connection');
      connections.set(connection.userId, copy(connection));
    },
    resume: (read, grant, now) => change(read, { ...connectedWith(grant), since: now }),
    startAfresh: (read, { grant, ...next }, now) =>
      change(read, { ...next, ...connectedWith(grant), connectGeneration: read.connectGeneration + 1, since: now }),
    disconnect: (read, now) =>
      change(read, {
        ...noGrant,
        state: 'disconnected',
        connectGeneration: read.connectGeneration + 1,
        since: now,
      }),
    async reseal({ userId, connectGeneration, refreshToken, accessToken }, tokens) {
      changeWhere(userId, { connectGeneration, refreshToken, accessToken }, tokens);
    },
    async listSealedUnder(dataKey, limit) {
      const isUnder = (connection: Connection) =>
        connection.state !== 'disconnected' && dataKeyOf(connection.refreshToken) === dataKey;
      return [...connections.values()]
        .filter(isUnder)
        .map(({ userId }) => userId)
        .sort()
        .slice(0, limit);
    },
    saveTokens: change,
    markNeedsReauth: (read, { at, because }) =>
      change(read, { state: 'needs_reauth', since: at, endedBecause: because }),
    setRealTimeSync: (read, realTimeSync) => change(read, { realTimeSync }),
    async saveSettings({ userId, connectGeneration }, settings) {
      changeWhere(userId, { connectGeneration }, { settings });
    },
  };
};

const noGrant = {
  refreshToken: undefined,
  accessToken: undefined,
  accessTokenExpiresAt: undefined,
  grantedAt: undefined,
  refreshTokenExpiresAt: undefined,
  endedBecause: undefined,
};
const connectedWith = (grant: SealedGrant) => ({ ...noGrant, ...grant, state: 'connected' });
