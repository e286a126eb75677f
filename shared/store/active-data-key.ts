/** Which data key new tokens are sealed under. Stored, so that every environment follows a rotation within minutes. */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Instant } from '../domain/instant.ts';
import { keys } from './keys.ts';
import { fromItem, type Table, toItem } from './table.ts';

/** `since`: absent for the first key, which nobody had to choose. */
export type ActiveKey = { id: string; since?: Instant };

export const firstKeyId = 'k1';

export const readActiveKey = async (table: Table): Promise<ActiveKey> => {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.activeDataKey(), ConsistentRead: true }),
  );
  return Item === undefined ? { id: firstKeyId } : fromItem<ActiveKey>(Item);
};

/** Throws a condition failure when another key than `before` is active by now. */
export const putActiveKey = async (table: Table, next: Required<ActiveKey>, before: ActiveKey): Promise<void> => {
  const asRead =
    before.since === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: '#value.id = :before',
          ExpressionAttributeNames: { '#value': 'value' },
          ExpressionAttributeValues: { ':before': before.id },
        };
  const Item = toItem(keys.activeDataKey(), next);
  await table.client.send(new PutCommand({ TableName: table.name, Item, ...asRead }));
};
