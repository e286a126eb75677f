/** The last sync that a user has asked for: what "is it done?" is answered from. */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ChainId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { keys } from './keys.ts';
import { fromItem, type Table, toItem } from './table.ts';

/** Its id is the chain that its hints begin, so the audit log says what came of it. */
export type SyncRequest = { id: ChainId; requestedAt: Instant };

export type SyncRequests = {
  /** Takes the place of the request before. */
  save(userId: UserId, request: SyncRequest): Promise<void>;
  load(userId: UserId): Promise<SyncRequest | undefined>;
};

export const syncRequestStore = (table: Table): SyncRequests => ({
  async save(userId, request) {
    const item = toItem(keys.syncRequest(userId), request);
    await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
  },

  async load(userId) {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: keys.syncRequest(userId), ConsistentRead: true }),
    );
    return Item && fromItem<SyncRequest>(Item);
  },
});
