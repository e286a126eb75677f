import { expect, test } from 'vitest';
import { retryAfterMs } from '../../../shared/google/retry-after.ts';

const date = 'Mon, 02 Mar 2026 12:00:00 GMT';

test.each([
  ['0', 0],
  ['7', 7_000],
  ['3600', 3_600_000],
  ['Mon, 02 Mar 2026 12:00:30 GMT', 30_000],
  ['Mon, 02 Mar 2026 11:59:30 GMT', 0],
])('"%s" asks for %i ms', (retryAfter, waitMs) => {
  expect(retryAfterMs({ retryAfter, date })).toBe(waitMs);
});

test.each([undefined, '', 'soon', '-1', '1.5e3', '9999999999999'])('"%s" asks for nothing', (retryAfter) => {
  expect(retryAfterMs({ retryAfter, date })).toBeUndefined();
});

test('a moment says nothing beside an answer without a date', () => {
  expect(retryAfterMs({ retryAfter: date, date: undefined })).toBeUndefined();
});
