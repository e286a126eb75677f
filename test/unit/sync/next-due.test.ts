import { expect, test } from 'vitest';
import { hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { nextDueAt } from '../../../shared/sync/next-due.ts';
import { aChannel, now } from '../../support/samples.ts';

const slot = (renewAt: typeof now) => ({ ...aChannel(), state: 'active' as const, renewAt });

const pausedUntil = (writesPausedUntil: typeof now) => ({ writesPausedUntil });

test.each([
  ['without a channel, in about an hour', undefined, plusMs(now, 60 * minute)],
  ['sooner for a channel that is due before that [R7]', slot(plusMs(now, 20 * minute)), plusMs(now, 20 * minute)],
  ['no sooner for one that is due later', slot(plusMs(now, 5 * hour)), plusMs(now, 60 * minute)],
  ['not at once for one that is overdue: a hint has just been sent for it', slot(now), plusMs(now, 60 * minute)],
  ['when a pause ends before that [F41]', undefined, plusMs(now, 30 * minute), pausedUntil(plusMs(now, 30 * minute))],
  ['no sooner for one that ends later', undefined, plusMs(now, 60 * minute), pausedUntil(plusMs(now, 5 * hour))],
])('the sweep comes back %s', (_, channel, dueAt, paused: Partial<ReturnType<typeof pausedUntil>> = {}) => {
  expect(nextDueAt({ ...(channel && { channel }), ...paused }, now, 0.5)).toBe(dueAt);
});

test('calendars that were due together are spread over half an hour', () => {
  expect(nextDueAt({}, now, 0)).toBe(plusMs(now, 45 * minute));
  expect(nextDueAt({}, now, 0.999)).toBe(plusMs(now, 74.97 * minute));
});
