import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { unlessLost } from '../../../shared/store/revisioned-put.ts';

const about = { message: 'refused', $metadata: {} };
const cancelledFor = (...codes: string[]) =>
  new TransactionCanceledException({ ...about, CancellationReasons: codes.map((Code) => ({ Code })) });

/** What the local engines do not do: they write one transaction after the other. */
describe('[R13] a write that meets another writer', () => {
  test.each([
    ['has changed the item', new ConditionalCheckFailedException(about)],
    ['is in a transaction on it', new TransactionConflictException(about)],
    ['has changed an item of the transaction', cancelledFor('None', 'ConditionalCheckFailed')],
    ['is in a transaction on an item of it', cancelledFor('TransactionConflict', 'None')],
  ])('who %s has lost', async (_, refusal) => {
    expect(await unlessLost(Promise.reject(refusal))).toBe('conflict');
  });

  test.each([
    ['a throttled transaction', cancelledFor('None', 'ThrottlingError')],
    ['a transaction that is cancelled without a reason', new TransactionCanceledException(about)],
    ['a fault', new Error('socket hang up')],
  ])('is not what %s says', async (_, fault) => {
    await expect(unlessLost(Promise.reject(fault))).rejects.toBe(fault);
  });

  test('is not what a success says', async () => {
    expect(await unlessLost(Promise.resolve())).toBe('saved');
  });
});
