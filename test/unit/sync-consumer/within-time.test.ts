import { expect, test } from 'vitest';
import { afterMs, withinTime } from '../../../functions/sync-consumer/within-time.ts';
import { RetryLater } from '../../../shared/domain/errors.ts';

const never = Promise.withResolvers<never>().promise;

test('[R10] work that does not end in time is to be tried again later', async () => {
  await expect(withinTime(never, 1, afterMs)).rejects.toThrow(RetryLater);
});

test('work that ends in time says what it has to say', async () => {
  expect(await withinTime(Promise.resolve('done'), 60_000, afterMs)).toBe('done');
  await expect(withinTime(Promise.reject(new Error('failed')), 60_000, afterMs)).rejects.toThrow('failed');
});
