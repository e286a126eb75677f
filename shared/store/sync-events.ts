/** The audit log: sync events by user and time. Projected from the stream, so a repeat writes the same item again [R12]. */
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { RetryLater } from '../domain/errors.ts';
import { day, epochSecondsOf, plusMs } from '../domain/instant.ts';
import type { SyncEvent } from '../domain/sync-event.ts';
import { keys } from './keys.ts';
import { type Item, type Table, toItem } from './table.ts';

export type SyncLog = { append(events: SyncEvent[]): Promise<void> };

const keptMs = 365 * day;
const itemsPerWrite = 25;

export const syncLog = (table: Table): SyncLog => ({
  async append(events) {
    for (let start = 0; start < events.length; start += itemsPerWrite) {
      await putAll(table, events.slice(start, start + itemsPerWrite).map(toLogItem));
    }
  },
});

const toLogItem = (event: SyncEvent): Item =>
  toItem(keys.syncEvent(event.userId, event.at, event.appointmentId, event.version), event, {
    expiresAt: epochSecondsOf(plusMs(event.at, keptMs)),
  });

const putAll = async (table: Table, items: Item[]): Promise<void> => {
  const requests = items.map((Item) => ({ PutRequest: { Item } }));
  const { UnprocessedItems } = await table.client.send(
    new BatchWriteCommand({ RequestItems: { [table.name]: requests } }),
  );
  if (UnprocessedItems?.[table.name]) throw new RetryLater('DynamoDB left sync events unwritten');
};
