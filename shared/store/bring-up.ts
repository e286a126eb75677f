/** Updates name single fields, so they are for items of the current schema only: an older one is first written as it reads. */
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Schemas, schemas } from './schema.ts';
import { type Item, isConditionFailure, type Table } from './table.ts';

/** Does the write, and repeats it after bringing up an item of an older schema that was in its way. Throws as the write does. */
export const upToDate = async <T>(table: Table, write: () => Promise<T>, known: Schemas = schemas): Promise<T> => {
  try {
    return await write();
  } catch (error) {
    const older = itemsMet(error).filter(known.isOlder);
    if (older.length === 0) throw error;
    for (const item of older) await bringUp(table, item, known);
    return write();
  }
};

/** What lies beside the value stays. Who has changed the item meanwhile has brought it up, or is read by the next attempt. */
const bringUp = async (table: Table, item: Item, known: Schemas): Promise<void> => {
  const { pk, sk, schema, value } = known.upgraded(item);
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { pk, sk },
        UpdateExpression: 'SET #schema = :schema, #value = :value',
        ConditionExpression: '#schema = :readSchema AND #value = :readValue',
        ExpressionAttributeNames: { '#schema': 'schema', '#value': 'value' },
        ExpressionAttributeValues: {
          ':schema': schema,
          ':value': value,
          ':readSchema': item.schema,
          ':readValue': item.value,
        },
      }),
    );
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
};

/** What toUpdate has asked to be shown when its condition fails. */
const itemsMet = (error: unknown): Item[] => {
  const images =
    error instanceof ConditionalCheckFailedException
      ? [error.Item]
      : error instanceof TransactionCanceledException
        ? (error.CancellationReasons ?? []).map(({ Item }) => Item)
        : [];
  return images.flatMap((image) => (image === undefined || Object.keys(image).length === 0 ? [] : [unmarshall(image)]));
};
