import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffSeconds } from '../../../shared/queue/backoff.ts';

const almostOne = 1 - Number.EPSILON / 2;

test.each([
  [1, 2],
  [2, 4],
  [5, 32],
  [9, 512],
  [10, 900],
  [1_000, 900],
  [10_000, 900],
])('try %i waits between one and %i seconds', (receiveCount, longest) => {
  expect(backoffSeconds(receiveCount, 0)).toBe(1);
  expect(backoffSeconds(receiveCount, almostOne)).toBe(longest);
});

test('[R11] every wait is a whole number of seconds that SQS takes for a visibility time', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), random, (receiveCount, draw) => {
      const seconds = backoffSeconds(receiveCount, draw);
      return Number.isInteger(seconds) && seconds >= 1 && seconds <= 15 * 60;
    }),
  );
});
