import { expect, test } from 'vitest';
import { patience } from '../../../functions/management-api/patience.ts';

const never = Promise.withResolvers<never>().promise;

test('[F37] a request does not wait for ever for what it does not depend on', async () => {
  await expect(patience(1)(never)).rejects.toThrow('No answer within 1 ms');
});

test('what is answered in time says what it has to say', async () => {
  expect(await patience(60_000)(Promise.resolve('done'))).toBe('done');
  await expect(patience(60_000)(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
});
