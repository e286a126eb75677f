import fc from 'fast-check';
import { expect, test } from 'vitest';
import { day, epochMsOf, epochSecondsOf, instantAt, plusMs } from '../../../shared/domain/instant.ts';

/** The years that have four digits; beyond them text order is no time order. */
const anyMs = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(9999, 11) });

test('text order is time order', () => {
  fc.assert(fc.property(anyMs, anyMs, (a, b) => instantAt(a) < instantAt(b) === a < b));
});

test('a moment is what it was made of', () => {
  fc.assert(fc.property(anyMs, (ms) => epochMsOf(instantAt(ms)) === ms));
});

test('milliseconds are added across days', () => {
  expect(plusMs(instantAt(Date.UTC(2026, 1, 28, 23, 59, 59, 999)), 1)).toBe('2026-03-01T00:00:00.000Z');
});

test('a day is as long as it is', () => {
  expect(day).toBe(86_400_000);
});

test('seconds since the epoch are rounded down, as a TTL and an expiry must be', () => {
  expect(epochSecondsOf(instantAt(1_999))).toBe(1);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1])('%d is no moment', (ms) => {
  expect(() => instantAt(ms)).toThrow(RangeError);
});

test.each([Date.UTC(-1, 11, 31), Date.UTC(10_000, 0)])('%d lies in a year that text would not sort', (ms) => {
  expect(() => instantAt(ms)).toThrow('Outside of the years 0 to 9999');
});
