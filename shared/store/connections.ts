/** Connections: a user's grant, its tokens sealed. */
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Connection, dataKeyOf } from '../domain/connection.ts';
import { Superseded } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import type { Settings } from '../domain/settings.ts';
import type { ConnectionStore } from '../sync/ports.ts';
import { upToDate } from './bring-up.ts';
import { type ItemUpdate, toUpdate } from './item-update.ts';
import { indexKeys, keys, sealedPartition } from './keys.ts';
import { fromItem, isConditionFailure, readAll, type Table, toItem } from './table.ts';

/** What a consent brings. */
export type SealedGrant = Pick<Connection, 'state' | 'refreshToken' | 'accessToken' | 'accessTokenExpiresAt'>;

export type ConnectionRegistry = {
  /** Read consistently, in no order; absent ones are left out. */
  loadMany(userIds: UserId[]): Promise<Connection[]>;
  /** Throws Superseded when there is one already. */
  create(connection: Connection): Promise<void>;
  /** Puts a new grant in the place of the one in `read`; throws Superseded when that is not there any more. */
  resume(read: Connection, grant: SealedGrant): Promise<void>;
  /** Users whose tokens need this data key, as far as the index knows by now. */
  listSealedUnder(dataKey: string, limit: number): Promise<UserId[]>;
  /** The same tokens under another key; throws Superseded when either of them has been renewed meanwhile. */
  reseal(read: Connection, tokens: Pick<Connection, 'refreshToken' | 'accessToken'>): Promise<void>;
  setRealTimeSync(connection: Connection, realTimeSync: boolean): Promise<void>;
  /** Throws Superseded when the user has connected afresh meanwhile; new tokens alone do not matter. */
  saveSettings(read: Connection, settings: Settings): Promise<void>;
};

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
  const update = ({ userId, refreshToken, connectGeneration }: Connection, set: Partial<Connection>) => {
    const expect = { refreshToken, connectGeneration };
    return updateWhere(userId, { set, expect, indexed: sealedKeysOf({ userId, refreshToken, ...set }) });
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
    markNeedsReauth: (read) => update(read, { state: 'needs_reauth' }),
    setRealTimeSync: (read, realTimeSync) => update(read, { realTimeSync }),
    saveSettings: ({ userId, connectGeneration }, settings) =>
      updateWhere(userId, { set: { settings }, expect: { connectGeneration } }),

    resume: (read, grant) => update(read, grant),

    reseal({ userId, connectGeneration, refreshToken, accessToken }, tokens) {
      const expect = { connectGeneration, refreshToken, accessToken };
      return updateWhere(userId, { set: tokens, expect, indexed: sealedKeysOf({ userId, ...tokens }) });
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
            Item: toItem(keys.connection(connection.userId), connection, sealedKeysOf(connection)),
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      ),
  };
};

/** Where the index of sealed tokens has it. A refresh token lasts; the access token beside it is gone within the hour. */
const sealedKeysOf = ({ userId, refreshToken }: Pick<Connection, 'userId' | 'refreshToken'>) => {
  const dataKey = dataKeyOf(refreshToken);
  return dataKey === undefined ? {} : indexKeys.sealed(dataKey, userId);
};
