/** The table: how items are wrapped and unwrapped, and what a failed condition looks like. Used by store/ only. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { RetryLater } from '../domain/errors.ts';
import type { Key } from './keys.ts';
import { schemas } from './schema.ts';

export type Table = { client: DynamoDBDocumentClient; name: string };
export type Item = Record<string, unknown>;

export const dynamoTable = (client: DynamoDBClient, name: string): Table => ({
  client: DynamoDBDocumentClient.from(client),
  name,
});

export const toItem = (key: Key, value: object, indexed: object = {}): Item => ({
  ...key,
  ...indexed,
  schema: schemas.currentAt(key),
  value,
});

/** Brings an older item up to date, and throws when a later version wrote it. */
export const fromItem = <T>(item: Item): T => schemas.upgraded(item).value as T;

const itemsPerQuery = 1_000;
const queriesAtMost = 20;

/** Every item of a partition whose sort key begins so, read consistently. Throws when there are absurdly many. */
export const queryAll = async (table: Table, prefix: Key): Promise<Item[]> => {
  const found: Item[] = [];
  let startKey: Item | undefined;
  for (let query = 1; query <= queriesAtMost; query++) {
    const { Items = [], LastEvaluatedKey } = await queryPage(table, prefix, { limit: itemsPerQuery, startKey });
    found.push(...Items);
    if (LastEvaluatedKey === undefined) return found;
    startKey = LastEvaluatedKey;
  }
  throw new Error(`More than ${queriesAtMost} pages of ${prefix.sk} in one partition`);
};

/** A page of the same, behind `startKey`. */
export const queryPage = (
  { client, name }: Table,
  { pk, sk }: Key,
  { limit, startKey }: { limit: number; startKey: Item | undefined },
) =>
  client.send(
    new QueryCommand({
      TableName: name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': sk },
      ConsistentRead: true,
      Limit: limit,
      ...(startKey && { ExclusiveStartKey: startKey }),
    }),
  );

const keysPerRead = 100;
const readsAtOnce = 8;
const readAttempts = 5;

/** The items of these keys, read consistently; missing ones are left out. */
export const readAll = async (table: Table, keys: Key[]): Promise<Item[]> => {
  const starts = Array.from({ length: Math.ceil(keys.length / keysPerRead) }, (_, index) => index * keysPerRead);
  const read = (start: number) => readBatch(table, keys.slice(start, start + keysPerRead));
  return (await pMap(starts, read, { concurrency: readsAtOnce })).flat();
};

/** DynamoDB may leave keys unprocessed when it is short of capacity; those are asked for again. */
const readBatch = async (table: Table, keys: Item[]): Promise<Item[]> => {
  const found: Item[] = [];
  let pending = keys;
  for (let attempt = 1; attempt <= readAttempts; attempt++) {
    const request = { [table.name]: { Keys: pending, ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await table.client.send(new BatchGetCommand({ RequestItems: request }));
    found.push(...(Responses?.[table.name] ?? []));
    pending = UnprocessedKeys?.[table.name]?.Keys ?? [];
    if (pending.length === 0) return found;
  }
  throw new RetryLater('DynamoDB left keys unread');
};

/** True when a write was refused because the item is not as its condition asks. */
export const isConditionFailure = (error: unknown): boolean =>
  error instanceof ConditionalCheckFailedException || isCancelledFor('ConditionalCheckFailed', error);

/** True when a write was refused because a transaction was writing the same item at that moment. */
export const isTransactionConflict = (error: unknown): boolean =>
  error instanceof TransactionConflictException || isCancelledFor('TransactionConflict', error);

const isCancelledFor = (reason: string, error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some(({ Code }) => Code === reason);
