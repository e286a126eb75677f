/** Events that cannot be read, kept by calendar with the reason, until they can be read or are deleted. */
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { EventId } from '../domain/ids.ts';
import type { Quarantine } from '../ports.ts';
import { keys, prefixes } from './keys.ts';
import { fromItem, queryAll, type Table, toItem } from './table.ts';

export const quarantineStore = (table: Table): Quarantine => ({
  async list(key) {
    const items = await queryAll(table, prefixes.quarantine(key));
    return new Set(items.map((item) => fromItem<{ eventId: EventId }>(item).eventId));
  },

  async park(key, eventId, reason, now) {
    const item = toItem(keys.quarantine(key, eventId), { eventId, reason, parkedAt: now });
    await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
  },

  async release(key, eventId) {
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: keys.quarantine(key, eventId) }));
  },
});
