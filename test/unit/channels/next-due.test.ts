import { expect, test } from 'vitest';
import { isSyncOverdue, nextDueAt } from '../../../shared/channels/next-due.ts';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import { hour, type Instant, minute, plusMs } from '../../../shared/domain/instant.ts';
import { aCalendar, aChannel, now } from '../../support/samples.ts';

const after = (ms: number): Instant => plusMs(now, ms);
const slot = (renewAt: Instant, more: Partial<NonNullable<Calendar['channel']>> = {}) => ({
  channel: { ...aChannel(), state: 'active' as const, expiresAt: after(24 * hour), renewAt, ...more },
});
const watched = slot(after(18 * hour));
const trouble = { since: now, failures: 1, reason: 'backendError' };

test.each<[string, Partial<Calendar>, Instant]>([
  ['in about an hour', watched, after(60 * minute)],
  ['an hour after the last complete sync', { ...watched, coveredBefore: after(-20 * minute) }, after(40 * minute)],
  ['in about an hour when that is overdue', { ...watched, coveredBefore: after(-50 * minute) }, after(60 * minute)],
  ['sooner for a channel that is due before that [R7]', slot(after(20 * minute)), after(20 * minute)],
  ['no sooner for one that is due later', slot(after(5 * hour)), after(60 * minute)],
  ['by the next round for one that is overdue: it may not have been tried [R7]', slot(after(-hour)), after(5 * minute)],
  [
    'sooner for stops that are to be tried again [R7]',
    slot(after(5 * hour), { unsettled: true, settleAt: after(10 * minute) }),
    after(10 * minute),
  ],
  ['when a pause ends before that [F41]', { ...watched, writesPausedUntil: after(30 * minute) }, after(30 * minute)],
  ['no sooner for one that ends later', { ...watched, writesPausedUntil: after(5 * hour) }, after(60 * minute)],
  ['soon when no channel tells of changes', {}, after(12 * minute)],
  ['by the next round when its channel has ended', slot(after(-hour), { expiresAt: now }), after(5 * minute)],
  ['soon when it cannot be watched [F26]', { watchable: false }, after(12 * minute)],
  ['no sooner for a user who wants no real-time sync', { realTimeSync: false }, after(60 * minute)],
  ['no sooner for one that does not sync anyway', { trouble }, after(60 * minute)],
])('the sweep comes back %s', (_, calendar, dueAt) => {
  expect(nextDueAt(aCalendar(calendar), now, 0.5)).toBe(dueAt);
});

test('calendars that were due together are spread over half an hour', () => {
  expect(nextDueAt(aCalendar(watched), now, 0)).toBe(after(45 * minute));
  expect(nextDueAt(aCalendar(watched), now, 0.999)).toBe(after(74.97 * minute));
});

test('[R6] whenever the backstop comes due, the sync is overdue: no look is in vain', () => {
  for (const calendar of [aCalendar(watched), aCalendar({ watchable: false })]) {
    for (const coveredAgo of [0, 1, 8, 9, 30, 44, 45, 46, 600]) {
      const covered = { ...calendar, coveredBefore: after(-coveredAgo * minute) };
      const dueAt = nextDueAt(covered, now, 0);
      expect(dueAt > now).toBe(true);
      expect(isSyncOverdue(covered, dueAt)).toBe(true);
    }
  }
});

test.each<[string, Partial<Calendar>, boolean]>([
  ['one that was never complete', {}, true],
  ['one of 44 minutes ago', { ...watched, coveredBefore: after(-44 * minute) }, false],
  ['one of 45 minutes ago', { ...watched, coveredBefore: after(-45 * minute) }, true],
  ['one of 8 minutes ago that nothing tells of', { coveredBefore: after(-8 * minute) }, false],
  ['one of 9 minutes ago that nothing tells of', { coveredBefore: after(-9 * minute) }, true],
])('a sync is overdue after %s', (_, calendar, overdue) => {
  expect(isSyncOverdue(aCalendar(calendar), now)).toBe(overdue);
});
