/** States of a calendar to judge: one that is well in every part, and what can be wrong with it. */
import fc from 'fast-check';
import type { Calendar, Trouble } from '../../../shared/domain/calendar.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { day, hour, type Instant, minute, plusMs, second } from '../../../shared/domain/instant.ts';
import { remembered } from '../../../shared/domain/recent-syncs.ts';
import type { Seen } from '../../../shared/health/parts.ts';
import { aCalendar, now } from '../../support/samples.ts';

export const ago = (ms: number): Instant => plusMs(now, -ms);

type Slot = NonNullable<Calendar['channel']>;
export const aSlot = (overrides: Partial<Slot> = {}): Slot => ({
  id: asId('channel-1'),
  state: 'active',
  expiresAt: plusMs(now, 12 * hour),
  renewAt: plusMs(now, 6 * hour),
  ...overrides,
});

export const seen = (calendar: Partial<Calendar> = {}, left: Partial<Seen['left']> = {}): Seen => ({
  calendar: aCalendar({
    cursor: 'cursor',
    channel: aSlot(),
    coveredBefore: ago(minute),
    lastSyncAt: ago(minute),
    recentSyncs: '+'.repeat(remembered),
    lastNotificationAt: ago(minute + second),
    lastAnsweredAt: ago(minute),
    ...calendar,
  }),
  left: { quarantined: 0, openConflicts: 0, ...left },
});

export const aTrouble = (failures = 1, reason = 'backendError'): Trouble => ({ since: ago(hour), failures, reason });

/** How bad it is in each respect; 0 is well, and a larger number is worse. */
export type Ills = {
  channel: 0 | 1 | 2;
  failed: number;
  inARow: number;
  waitedMs: number;
  quarantined: number;
  openConflicts: number;
  paused: 0 | 1;
  ageMs: number;
  differing: number;
};

export const anyIlls: fc.Arbitrary<Ills> = fc.record({
  channel: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
  failed: fc.integer({ min: 0, max: remembered }),
  inARow: fc.integer({ min: 0, max: 50 }),
  waitedMs: fc.integer({ min: 0, max: hour }),
  quarantined: fc.nat(2_000),
  openConflicts: fc.nat(2_000),
  paused: fc.constantFrom<0 | 1>(0, 1),
  ageMs: fc.integer({ min: 0, max: 3 * day }),
  differing: fc.nat(2_000),
});

const channels: Record<Ills['channel'], Partial<Slot>> = {
  0: {},
  1: { renewAt: ago(4 * hour), expiresAt: plusMs(now, hour) },
  2: { renewAt: ago(8 * hour), expiresAt: ago(hour) },
};

export const having = (ills: Ills): Seen => {
  const { channel, failed, inARow, waitedMs, quarantined, openConflicts, paused, ageMs, differing } = ills;
  const calendar: Partial<Calendar> = {
    channel: aSlot(channels[channel]),
    recentSyncs: '-'.repeat(failed).padStart(remembered, '+'),
    lastNotificationAt: ago(hour + waitedMs),
    lastAnsweredAt: ago(hour),
    coveredBefore: ago(ageMs),
    drift: { at: ago(hour), compared: 2_000, differing, nextAt: now },
    ...(inARow > 0 && { trouble: aTrouble(inARow) }),
    ...(paused && { writesPausedUntil: plusMs(now, hour) }),
  };
  return seen(calendar, { quarantined, openConflicts });
};
