/** Connections: a user's grant, its tokens sealed. */
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Connection } from '../domain/connection.ts';
import { Superseded } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import type { Settings } from '../domain/settings.ts';
import type { ConnectionStore } from '../sync/ports.ts';
import { toUpdate } from './item-update.ts';
import { keys } from './keys.ts';
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
  setRealTimeSync(connection: Connection, realTimeSync: boolean): Promise<void>;
  /** Throws Superseded when the user has connected afresh meanwhile; new tokens alone do not matter. */
  saveSettings(read: Connection, settings: Settings): Promise<void>;
};

export const connectionStore = (table: Table): ConnectionStore & ConnectionRegistry => {
  const guarded = async (write: () => Promise<unknown>): Promise<void> => {
    try {
      await write();
    } catch (cause) {
      if (isConditionFailure(cause)) throw new Superseded('The connection changed meanwhile', { cause });
      throw cause;
    }
  };
  const updateWhere = (expect: Partial<Connection>, userId: UserId, set: Partial<Connection>) =>
    guarded(() =>
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          ...toUpdate({ key: keys.connection(userId), set, expect }),
        }),
      ),
    );
  const update = ({ userId, refreshToken, connectGeneration }: Connection, set: Partial<Connection>) =>
    updateWhere({ refreshToken, connectGeneration }, userId, set);

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
    saveSettings: ({ userId, connectGeneration }, settings) => updateWhere({ connectGeneration }, userId, { settings }),

    resume: (read, grant) => update(read, grant),

    create: (connection) =>
      guarded(() =>
        table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: toItem(keys.connection(connection.userId), connection),
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      ),
  };
};
