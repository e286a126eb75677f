/**
 * A user's log: sync events (audit) and the runs that notifications have caused, by time. Projected from the stream, so
 * a repeat writes the same item again [R12].
 */
import { BatchWriteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { RetryLater } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import { day, epochSecondsOf, type Instant, plusMs } from '../domain/instant.ts';
import type { NotifiedRun } from '../domain/notified-run.ts';
import type { SyncEvent } from '../domain/sync-event.ts';
import { type Key, keys, logKey, logPosition } from './keys.ts';
import { fromStored, type StoredEvent, toStored } from './stored-event.ts';
import { fromItem, type Item, type Table, toItem } from './table.ts';

/** For how many days each kind of record is kept. */
export type Retention = { auditDays: number; notificationDays: number };

export type LogRecords = { syncEvents: SyncEvent[]; notifiedRuns: NotifiedRun[] };

/** `after`: a position that an earlier page gave. */
export type HistoryRequest = { userId: UserId; limit: number; after?: string };
export type HistoryPage = { items: SyncEvent[]; after?: string };

export type SyncHistory = {
  /** Sync events, the newest first. Eventually consistent: a write shows within moments. */
  list(request: HistoryRequest): Promise<HistoryPage>;
};

const itemsPerWrite = 25;

export const appendToLog = async (table: Table, records: LogRecords, retention: Retention): Promise<void> => {
  const items = toLogItems(records, retention);
  for (let start = 0; start < items.length; start += itemsPerWrite) {
    await putAll(table, items.slice(start, start + itemsPerWrite));
  }
};

const toLogItems = ({ syncEvents, notifiedRuns }: LogRecords, { auditDays, notificationDays }: Retention): Item[] => [
  ...syncEvents.map((event) => {
    const { userId, at, appointmentId, version } = event;
    return toLogItem(keys.syncEvent(userId, at, appointmentId, version), toStored(event), expiryOf(at, auditDays));
  }),
  ...notifiedRuns.map((run) =>
    toLogItem(keys.notifiedRun(run.userId, run.at, run.chainId), run, expiryOf(run.at, notificationDays)),
  ),
];

const toLogItem = (key: Key, record: object, expiresAt: number): Item => toItem(key, record, { expiresAt });

const expiryOf = (at: Instant, keptDays: number): number => epochSecondsOf(plusMs(at, keptDays * day));

const putAll = async (table: Table, items: Item[]): Promise<void> => {
  const requests = items.map((Item) => ({ PutRequest: { Item } }));
  const { UnprocessedItems } = await table.client.send(
    new BatchWriteCommand({ RequestItems: { [table.name]: requests } }),
  );
  if (UnprocessedItems?.[table.name]) throw new RetryLater('DynamoDB left records of the log unwritten');
};

export const syncHistory = (table: Table): SyncHistory => ({
  /** One query: DynamoDB ends it at 1 MB, far below what an answer of the API may hold. */
  async list({ userId, limit, after }) {
    const { pk, sk } = logKey(userId, '');
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': sk },
        ScanIndexForward: false,
        Limit: limit + 1, // One more tells whether a page follows.
        ...(after !== undefined && { ExclusiveStartKey: logKey(userId, after) }),
      }),
    );
    const items = Items.slice(0, limit).map((item) => fromStored(fromItem<StoredEvent>(item)));
    const last = items.at(-1);
    const isMore = Items.length > limit || LastEvaluatedKey !== undefined;
    return isMore && last ? { items, after: logPosition(last.at, last.appointmentId, last.version) } : { items };
  },
});
