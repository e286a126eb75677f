import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leadTimeMs } from '../../../shared/channels/lead-time.ts';
import { day, hour, minute, second } from '../../../shared/domain/instant.ts';

const lifetimes = fc.integer({ min: minute, max: 60 * day });
const failureCounts = fc.integer({ min: 0, max: 1_000 });
const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('[R7] the lead time of a channel', () => {
  test.each([
    ['a quarter of its life', 24 * hour, 6 * hour],
    ['a quarter of an hour, when it lives for one', 1 * hour, 15 * minute],
    ['six hours at most', 7 * day, 6 * hour],
    ['ten minutes at least', 30 * minute, 10 * minute],
    ['less only when that is much of its life', 20 * minute, 8 * minute],
  ])('is %s', (_, lifetimeMs, expected) => {
    expect(leadTimeMs({ lifetimeMs, failures: 0, random: 0 })).toBe(expected);
  });

  test.each([
    [1, 7.5 * hour],
    [2, 9 * hour],
    [4, 12 * hour],
    [100, 12 * hour],
  ])('is longer after %i failures', (failures, expected) => {
    expect(leadTimeMs({ lifetimeMs: 7 * day, failures, random: 0 })).toBe(expected);
  });

  test('is more than nothing and never reaches into the first half of its life', () => {
    fc.assert(
      fc.property(lifetimes, failureCounts, draws, (lifetimeMs, failures, random) => {
        const lead = leadTimeMs({ lifetimeMs, failures, random });
        expect(lead).toBeGreaterThan(0);
        expect(lead).toBeLessThanOrEqual(lifetimeMs / 2);
      }),
    );
  });

  test('never gets shorter with more failures, nor with a longer life', () => {
    fc.assert(
      fc.property(lifetimes, failureCounts, draws, lifetimes, failureCounts, (life, failed, random, more, again) => {
        const lead = leadTimeMs({ lifetimeMs: life, failures: failed, random });
        expect(leadTimeMs({ lifetimeMs: life, failures: failed + again, random })).toBeGreaterThanOrEqual(lead);
        expect(leadTimeMs({ lifetimeMs: life + more, failures: failed, random })).toBeGreaterThanOrEqual(lead);
      }),
    );
  });

  test('spreads channels that were created together over a quarter of it, and takes nothing from any', () => {
    fc.assert(
      fc.property(lifetimes, failureCounts, draws, (lifetimeMs, failures, random) => {
        const least = leadTimeMs({ lifetimeMs, failures, random: 0 });
        const lead = leadTimeMs({ lifetimeMs, failures, random });
        expect(lead).toBeGreaterThanOrEqual(least);
        expect(lead).toBeLessThanOrEqual((least + 1) * 1.25);
      }),
    );
    const spread = [0, 0.25, 0.5, 0.75].map((random) => leadTimeMs({ lifetimeMs: day, failures: 0, random }));
    expect(new Set(spread.map((lead) => Math.floor(lead / second))).size).toBe(4);
  });
});
