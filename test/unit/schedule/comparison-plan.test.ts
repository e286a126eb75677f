import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Calendar, Drift } from '../../../shared/domain/calendar.ts';
import { day, epochMsOf, hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { queryVersion } from '../../../shared/google/query.ts';
import { comparedWindow, driftAfter, isComparisonDue, persists } from '../../../shared/schedule/comparison-plan.ts';
import { longestIntervalMs, nextGenerationAt } from '../../../shared/schedule/generation-plan.ts';
import { windowAt } from '../../../shared/schedule/window.ts';
import { aCalendar, now } from '../../support/samples.ts';

const listed = { cursor: 'cursor', queryVersion, coveredBefore: now };
const drift = (overrides: Partial<Drift> = {}): Drift => ({
  at: plusMs(now, -day),
  compared: 9,
  differing: 0,
  nextAt: plusMs(now, hour),
  ...overrides,
});

test.each<[string, Partial<Calendar>, boolean]>([
  ['was never compared', listed, true],
  ['was compared lately', { ...listed, drift: drift() }, false],
  ['is due', { ...listed, drift: drift({ nextAt: now }) }, true],
  ['was never listed', {}, false],
  ['is switched off', { ...listed, enabled: false }, false],
  ['cannot be synced', { ...listed, trouble: { since: now, failures: 1, reason: 'forbidden' } }, false],
  ['is to be listed anew', { ...listed, nextGenerationAt: now }, false],
  ['was listed with an older query', { ...listed, queryVersion: queryVersion - 1 }, false],
  [
    'is being listed',
    { ...listed, checkpoint: { startedAt: now, window: windowAt(now), page: 1, step: { kind: 'list' } } },
    false,
  ],
])('a calendar that %s is compared: %s', (_, calendar, isDue) => {
  expect(isComparisonDue(aCalendar(calendar), now)).toBe(isDue);
});

test('whatever is compared lies in the window of the last generation, however old that may be', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
      const dueAt = nextGenerationAt(now, random);
      expect(epochMsOf(dueAt) - epochMsOf(now)).toBeLessThanOrEqual(longestIntervalMs);
      expect(comparedWindow(dueAt).to <= windowAt(now).to).toBe(true);
      expect(comparedWindow(dueAt).from >= windowAt(now).from).toBe(true);
    }),
  );
});

test('calendars that were compared together drift apart over half a day', () => {
  const nextAt = (random: number) => driftAfter(undefined, { compared: 9, differing: 0 }, now, random).nextAt;
  expect([nextAt(0), nextAt(0.5)]).toEqual([plusMs(now, 18 * hour), plusMs(now, 24 * hour)]);
  expect(nextAt(1 - 1e-9) < plusMs(now, 30 * hour)).toBe(true);
});

test.each([
  ['none before', drift(), 0],
  ['no comparison before', undefined, 0],
  ['the day before as well [R11]', drift({ differing: 2 }), day],
])('a difference is looked at again: %s', (_, before, inMs) => {
  expect(driftAfter(before, { compared: 9, differing: 1 }, now, 0.5).nextAt).toBe(plusMs(now, inMs));
});

test.each([
  ['one that is new is mended yet', drift(), 1, false],
  ['one without a comparison before is mended yet', undefined, 1, false],
  ['one that was there before has outlived its mending', drift({ differing: 2 }), 1, true],
  ['one that is mended', drift({ differing: 2 }), 0, false],
])('a difference persists: %s', (_, before, differing, expected) => {
  expect(persists(before, { compared: 9, differing })).toBe(expected);
});

test('what was not come to is said', () => {
  expect(driftAfter(undefined, { compared: 9, differing: 0, partial: true }, plusMs(now, minute), 0)).toMatchObject({
    at: plusMs(now, minute),
    partial: true,
  });
});
