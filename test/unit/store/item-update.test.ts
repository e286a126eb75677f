import { describe, expect, test } from 'vitest';
import { toUpdate } from '../../../shared/store/item-update.ts';

const key = { pk: 'CALENDAR#1', sk: 'STATE' };

describe('an update of an item', () => {
  test('sets fields below `value`, removes what is undefined, and expects what it is told', () => {
    const set = { cursor: 'c2', checkpoint: undefined };
    expect(toUpdate({ key, set, expect: { cursor: 'c1', connectGeneration: 1 } })).toEqual({
      Key: key,
      UpdateExpression: 'SET #value.#cursor = :v0 REMOVE #value.#checkpoint',
      ConditionExpression: '#schema = :schema AND #value.#cursor = :v1 AND #value.#connectGeneration = :v2',
      ExpressionAttributeNames: {
        '#value': 'value',
        '#cursor': 'cursor',
        '#checkpoint': 'checkpoint',
        '#connectGeneration': 'connectGeneration',
        '#schema': 'schema',
      },
      ExpressionAttributeValues: { ':v0': 'c2', ':v1': 'c1', ':v2': 1, ':schema': 1 },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });

  test('removes index keys that are undefined', () => {
    const never = toUpdate({ key, set: {}, expect: {}, indexed: { duePartition: undefined, dueAt: undefined } });
    expect(never.UpdateExpression).toBe('REMOVE #duePartition, #dueAt');
  });

  test('[R13] always expects the item itself, as this version writes it, so that nothing half-made appears', () => {
    expect(toUpdate({ key, set: { a: 1 }, expect: {} }).ConditionExpression).toBe('#schema = :schema');
  });

  test('[R13] expects that there is none of a field that is undefined', () => {
    const { ConditionExpression } = toUpdate({ key, set: { a: 1 }, expect: { cursor: undefined } });
    expect(ConditionExpression).toBe('#schema = :schema AND attribute_not_exists(#value.#cursor)');
  });

  test('reaches into a field by its path', () => {
    const update = toUpdate({ key, set: { a: 1 }, expect: { 'channel.id': 'c' } });
    expect(update.ConditionExpression).toContain('#value.#channel.#id = :v1');
    expect(update.ExpressionAttributeNames).toMatchObject({ '#channel': 'channel', '#id': 'id' });
  });

  test('sets index keys beside the value', () => {
    const update = toUpdate({ key, set: {}, expect: {}, indexed: { dueAt: '2026' } });
    expect(update).toMatchObject({
      UpdateExpression: 'SET #dueAt = :v0',
      ExpressionAttributeValues: { ':v0': '2026', ':schema': 1 },
    });
  });

  test('may only remove', () => {
    expect(toUpdate({ key, set: { channel: undefined }, expect: {} }).UpdateExpression).toBe('REMOVE #value.#channel');
  });

  test.each([false, 0, '', null])('%o is a value, not a field to remove', (given) => {
    const update = toUpdate({ key, set: { field: given }, expect: { other: given } });
    expect(update.ExpressionAttributeValues).toEqual({ ':v0': given, ':v1': given, ':schema': 1 });
  });
});
