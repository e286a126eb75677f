/** Items that are written whole, on the condition that they are as they were read, and what comes of such a write. */
import { type Item, isConditionFailure, isTransactionConflict, type Table } from './table.ts';

/** The stored revision must be the one before this; for revision 1 there must be no item. */
export const revisionedPut = (table: Table, item: Item, revision: number) => {
  const isNew = revision === 1;
  return {
    TableName: table.name,
    Item: item,
    ExpressionAttributeNames: isNew ? { '#pk': 'pk' } : { '#value': 'value', '#revision': 'revision' },
    ConditionExpression: isNew ? 'attribute_not_exists(#pk)' : '#value.#revision = :previous',
    ...(!isNew && { ExpressionAttributeValues: { ':previous': revision - 1 } }),
  };
};

/** Colliding with another writer at the very moment of writing is a lost race as well. */
export const unlessLost = async (write: Promise<unknown>): Promise<'saved' | 'conflict'> => {
  try {
    await write;
    return 'saved';
  } catch (error) {
    if (isConditionFailure(error) || isTransactionConflict(error)) return 'conflict';
    throw error;
  }
};
