/** Connections: a user's grant, its tokens sealed. */
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  type Connection,
  dataKeyOf,
  type GrantedConnection,
  type Sealed,
  type SealedGrant,
} from '../domain/connection.ts';
import { Superseded } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Settings } from '../domain/settings.ts';
import type { ConnectionStore } from '../ports.ts';
import { upToDate } from './bring-up.ts';
import { type ItemUpdate, toUpdate } from './item-update.ts';
import { indexKeys, keys, sealedPartition } from './keys.ts';
import { fromItem, isConditionFailure, readAll, type Table, toItem } from './table.ts';

export type ConnectionRegistry = {
  /** Read consistently, in no order; absent ones are left out. */
  loadMany(userIds: UserId[]): Promise<Connection[]>;
  /** Throws Superseded when there is one already. */
  create(connection: Connection): Promise<void>;
  /** Puts a new grant of the same account in the place of the one in `read`; throws Superseded when that is not there any more. */
  resume(read: Connection, grant: SealedGrant, now: Instant): Promise<void>;
  /** Begins the next connect generation, of this or another account; throws Superseded as `resume` does. */
  startAfresh(read: Connection, next: FreshStart, now: Instant): Promise<void>;
  /** Forgets the tokens, and moves the connect generation on; throws Superseded as `resume` does. */
  disconnect(read: Connection, now: Instant): Promise<void>;
  /** Users whose tokens need this data key, as far as the index knows by now. */
  listSealedUnder(dataKey: string, limit: number): Promise<UserId[]>;
  /** The same tokens under another key; throws Superseded when either of them has been renewed meanwhile. */
  reseal(read: GrantedConnection, tokens: Pick<SealedGrant, 'refreshToken' | 'accessToken'>): Promise<void>;
  setRealTimeSync(connection: Connection, realTimeSync: boolean): Promise<void>;
  /** Throws Superseded when the user has connected afresh meanwhile; new tokens alone do not matter. */
  saveSettings(read: Connection, settings: Settings): Promise<void>;
};

export type FreshStart = Pick<Connection, 'account' | 'realTimeSync'> & { grant: SealedGrant };

export const connectionStore = (table: Table): ConnectionStore & ConnectionRegistry => {
  const guarded = async (write: () => Promise<unknown>): Promise<void> => {
    try {
      await upToDate(table, write);
    } catch (cause) {
      if (isConditionFailure(cause)) throw new Superseded('The connection changed meanwhile', { cause });
      throw cause;
    }
  };
  const updateWhere = (userId: UserId, change: Omit<ItemUpdate, 'key'>) =>
    guarded(() =>
      table.client.send(
        new UpdateCommand({ TableName: table.name, ...toUpdate({ key: keys.connection(userId), ...change }) }),
      ),
    );
  const update = (read: Connection, set: Fields) => {
    const { userId, connectGeneration } = read;
    const held = tokenOf(read);
    const refreshToken = 'refreshToken' in set ? set.refreshToken : held;
    const expect = { refreshToken: held, connectGeneration };
    return updateWhere(userId, { set, expect, indexed: { ...unsealed, ...sealedKeysOf(userId, refreshToken) } });
  };

  return {
    async load(userId) {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: keys.connection(userId), ConsistentRead: true }),
      );
      return Item && fromItem<Connection>(Item);
    },

    loadMany: async (userIds) => (await readAll(table, userIds.map(keys.connection))).map(fromItem<Connection>),

    saveTokens: (read, tokens) => update(read, tokens),
    markNeedsReauth: (read, { at, because }) =>
      update(read, { state: 'needs_reauth', since: at, endedBecause: because }),
    setRealTimeSync: (read, realTimeSync) => update(read, { realTimeSync }),
    saveSettings: ({ userId, connectGeneration }, settings) =>
      updateWhere(userId, { set: { settings }, expect: { connectGeneration } }),

    resume: (read, grant, now) => update(read, { ...connectedWith(grant), since: now }),

    startAfresh: (read, { grant, ...next }, now) =>
      update(read, { ...next, ...connectedWith(grant), ...nextGeneration(read, now) }),

    disconnect: (read, now) => update(read, { state: 'disconnected', ...withoutGrant, ...nextGeneration(read, now) }),

    reseal({ userId, connectGeneration, refreshToken, accessToken }, tokens) {
      const expect = { connectGeneration, refreshToken, accessToken };
      return updateWhere(userId, { set: tokens, expect, indexed: sealedKeysOf(userId, tokens.refreshToken) });
    },

    async listSealedUnder(dataKey, limit) {
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: 'due',
          KeyConditionExpression: 'duePartition = :sealed',
          ExpressionAttributeValues: { ':sealed': sealedPartition(dataKey) },
          Limit: limit,
        }),
      );
      return Items.map(({ dueAt }) => String(dueAt) as UserId);
    },

    create: (connection) =>
      guarded(() =>
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: toItem(
              keys.connection(connection.userId),
              connection,
              sealedKeysOf(connection.userId, tokenOf(connection)),
            ),
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      ),
  };
};

/** Where the index of sealed tokens has it. A refresh token lasts; the access token beside it is gone within the hour. */
const sealedKeysOf = (userId: UserId, refreshToken: Sealed | undefined) => {
  const dataKey = refreshToken && dataKeyOf(refreshToken);
  return dataKey === undefined ? {} : indexKeys.sealed(dataKey, userId);
};

const tokenOf = (connection: Connection): Sealed | undefined =>
  connection.state === 'disconnected' ? undefined : connection.refreshToken;

/** Who has disconnected is not in it. */
const unsealed = { duePartition: undefined, dueAt: undefined };

type Fields = { refreshToken?: Sealed | undefined; [field: string]: unknown };

/** What is undefined is removed. */
const withoutGrant: Record<keyof SealedGrant | 'endedBecause', undefined> = {
  refreshToken: undefined,
  accessToken: undefined,
  accessTokenExpiresAt: undefined,
  grantedAt: undefined,
  refreshTokenExpiresAt: undefined,
  endedBecause: undefined,
};

const connectedWith = (grant: SealedGrant): Fields => ({ ...withoutGrant, ...grant, state: 'connected' });

const nextGeneration = ({ connectGeneration }: Connection, since: Instant): Fields => ({
  connectGeneration: connectGeneration + 1,
  since,
});
