import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChannelPlan, planChannel, renewalTime, retryTime } from '../../../shared/channels/renewal-plan.ts';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import type { ChannelSlot } from '../../../shared/domain/channel.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { day, epochMsOf, hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { aCalendar, now } from '../../support/samples.ts';

const slot = (overrides: Partial<ChannelSlot> = {}): ChannelSlot => ({
  id: asId('channel-1'),
  state: 'active',
  resourceId: 'resource-1',
  expiresAt: plusMs(now, 24 * hour),
  renewAt: plusMs(now, 18 * hour),
  ...overrides,
});

describe('[R7] the plan for a channel', () => {
  test.each<[string, Partial<Calendar>, ChannelPlan]>([
    ['none there', {}, 'create'],
    ['one that is not due', { channel: slot() }, 'keep'],
    ['one that is due this very moment', { channel: slot({ renewAt: now }) }, 'create'],
    ['one that is due in a moment', { channel: slot({ renewAt: plusMs(now, 1) }) }, 'keep'],
    ['one that has expired', { channel: slot({ renewAt: plusMs(now, -hour), expiresAt: now }) }, 'create'],
    ['one whose predecessors are yet to be stopped [F20]', { channel: slot({ unsettled: true }) }, 'settle'],
    ['one like that, and due', { channel: slot({ unsettled: true, renewAt: now }) }, 'create'],
    ['one that was never finished [F13]', { channel: slot({ state: 'creating', renewAt: now }) }, 'create'],
    ['one that failed a moment ago', { channel: slot({ state: 'creating', failures: 1 }) }, 'keep'],
    ['one, and real-time sync off', { channel: slot(), realTimeSync: false }, 'remove'],
    ['one, and the calendar switched off', { channel: slot(), enabled: false }, 'remove'],
    ['one, and the calendar not watchable', { channel: slot(), watchable: false }, 'remove'],
    [
      'an unfinished one, and real-time sync off',
      { channel: slot({ state: 'creating' }), realTimeSync: false },
      'remove',
    ],
    ['none, and real-time sync off', { realTimeSync: false }, 'nothing'],
    ['none, and the calendar not watchable [F26]', { watchable: false }, 'nothing'],
  ])('%s', (_, calendar, plan) => {
    expect(planChannel(aCalendar(calendar), now)).toBe(plan);
  });
});

test.each([
  [1, 1 * minute],
  [2, 2 * minute],
  [5, 16 * minute],
  [9, 256 * minute],
  [10, 6 * hour],
  [10_000, 6 * hour],
])('[R7] after failure %i to create a channel in a row, the next try comes in %i ms', (failures, waitMs) => {
  expect(retryTime(failures, now)).toBe(plusMs(now, waitMs));
});

describe('[R7] a channel is renewed', () => {
  test.each([
    ['a quarter of a day before its end', 24 * hour, 6 * hour],
    ['a quarter of an hour before it, when it lives for one', 1 * hour, 15 * minute],
    ['never more than six hours before it', 7 * day, 6 * hour],
    ['never less than ten minutes before it', 30 * minute, 10 * minute],
  ])('%s', (_, lifetimeMs, leadMs) => {
    const expiresAt = plusMs(now, lifetimeMs);
    expect(renewalTime(now, expiresAt)).toBe(plusMs(expiresAt, -leadMs));
  });

  test('before its end, and not in the first half of its life, however short that is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2 * minute, max: 60 * day }), (lifetimeMs) => {
        const renewAt = epochMsOf(renewalTime(now, plusMs(now, lifetimeMs)));
        return renewAt >= epochMsOf(now) + lifetimeMs / 2 && renewAt < epochMsOf(now) + lifetimeMs;
      }),
    );
  });

  test('in a while, even when Google grants nothing or the past', () => {
    for (const expiresAt of [now, plusMs(now, -1 * day)])
      expect(renewalTime(now, expiresAt)).toBe(plusMs(now, 1 * minute));
  });
});
