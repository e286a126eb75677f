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
])('failure %i waits between one and %i seconds', (failures, longest) => {
  expect(backoffSeconds(failures, 0)).toBe(1);
  expect(backoffSeconds(failures, almostOne)).toBe(longest);
});

test.each([
  [0, 0, 1],
  [1, 0, 2],
  [7_000, 0, 8],
  [7_001, 0, 9],
  [7_000, almostOne, 9],
  [24 * 3_600_000, 0, 900],
])(
  '[F40] asked by Google to wait %i ms, it waits that and the jitter (%d), but no longer than all',
  (askedMs, random, waits) => {
    expect(backoffSeconds(1, random, askedMs)).toBe(waits);
  },
);

test('[R11] every wait is a whole number of seconds that SQS takes for a visibility time', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const askedMs = fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: undefined });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), random, askedMs, (failures, draw, asked) => {
      const seconds = backoffSeconds(failures, draw, asked);
      return Number.isInteger(seconds) && seconds >= 1 && seconds <= 15 * 60;
    }),
  );
});
