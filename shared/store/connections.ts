/** Connections: a user's grant, its tokens sealed. */
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Connection, SealedGrant } from '../domain/connection.ts';
import { Superseded } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Settings } from '../domain/settings.ts';
import type { ConnectionStore } from '../sync/ports.ts';
import { toUpdate } from './item-update.ts';
import { keys } from './keys.ts';
import { fromItem, isConditionFailure, type Table, toItem } from './table.ts';

export type ConnectionRegistry = {
  /** Throws Superseded when there is one already. */
  create(connection: Connection): Promise<void>;
  /** Puts a new grant of the same account in the place of the one in `read`; throws Superseded when that is not there any more. */
  resume(read: Connection, grant: SealedGrant, now: Instant): Promise<void>;
  /** Begins the next connect generation, of this or another account; throws Superseded as `resume` does. */
  startAfresh(read: Connection, next: FreshStart, now: Instant): Promise<void>;
  /** Forgets the tokens, and moves the connect generation on; throws Superseded as `resume` does. */
  disconnect(read: Connection, now: Instant): Promise<void>;
  setRealTimeSync(connection: Connection, realTimeSync: boolean): Promise<void>;
  /** Throws Superseded when the user has connected afresh meanwhile; new tokens alone do not matter. */
  saveSettings(read: Connection, settings: Settings): Promise<void>;
};

export type FreshStart = Pick<Connection, 'account' | 'realTimeSync'> & { grant: SealedGrant };

export const connectionStore = (table: Table): ConnectionStore & ConnectionRegistry => {
  const guarded = async (write: () => Promise<unknown>): Promise<void> => {
    try {
      await write();
    } catch (cause) {
      if (isConditionFailure(cause)) throw new Superseded('The connection changed meanwhile', { cause });
      throw cause;
    }
  };
  const updateWhere = (expect: Fields, userId: UserId, set: Fields) =>
    guarded(() =>
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          ...toUpdate({ key: keys.connection(userId), set, expect }),
        }),
      ),
    );
  const update = (read: Connection, set: Fields) => {
    const { userId, connectGeneration } = read;
    const refreshToken = read.state === 'disconnected' ? undefined : read.refreshToken;
    return updateWhere({ refreshToken, connectGeneration }, userId, set);
  };

  return {
    async load(userId) {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: keys.connection(userId), ConsistentRead: true }),
      );
      return Item && fromItem<Connection>(Item);
    },

    saveTokens: (read, tokens) => update(read, tokens),
    markNeedsReauth: (read, { at, because }) =>
      update(read, { state: 'needs_reauth', since: at, endedBecause: because }),
    setRealTimeSync: (read, realTimeSync) => update(read, { realTimeSync }),
    saveSettings: ({ userId, connectGeneration }, settings) => updateWhere({ connectGeneration }, userId, { settings }),

    resume: (read, grant, now) => update(read, { ...connectedWith(grant), since: now }),

    startAfresh: (read, { grant, ...next }, now) =>
      update(read, { ...next, ...connectedWith(grant), ...nextGeneration(read, now) }),

    disconnect: (read, now) => update(read, { state: 'disconnected', ...withoutGrant, ...nextGeneration(read, now) }),

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

type Fields = Record<string, unknown>;

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
