import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  activeSlot,
  type ChannelPlan,
  creatingSlot,
  planChannel,
  renewalTime,
  retryTime,
} from '../../../shared/channels/renewal-plan.ts';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import type { ChannelSlot } from '../../../shared/domain/channel.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { day, hour, minute, plusMs, second } from '../../../shared/domain/instant.ts';
import { aCalendar, aChannel, now } from '../../support/samples.ts';

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
    [
      'one like that, which was tried a moment ago',
      { channel: slot({ unsettled: true, settleAt: plusMs(now, 1) }) },
      'keep',
    ],
    ['one like that, tried a while ago', { channel: slot({ unsettled: true, settleAt: now }) }, 'settle'],
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
    [
      'one that could not be stopped a moment ago, and real-time sync off',
      { channel: slot({ settleAt: plusMs(now, 1) }), realTimeSync: false },
      'keep',
    ],
    [
      'one whose predecessor could not be stopped, and real-time sync off',
      { channel: slot({ unsettled: true, settleAt: plusMs(now, hour) }), realTimeSync: false },
      'remove',
    ],
    ['none, and real-time sync off', { realTimeSync: false }, 'nothing'],
    ['none, and the calendar not watchable [F26]', { watchable: false }, 'nothing'],
  ])('%s', (_, calendar, plan) => {
    expect(planChannel(aCalendar(calendar), now)).toBe(plan);
  });
});

describe('[R7] after so many tries in a row to create a channel, the next one comes', () => {
  test.each([
    [1, 1 * minute],
    [2, 2 * minute],
    [5, 16 * minute],
    [6, 32 * minute],
    [7, 1 * hour],
    [10_000, 1 * hour],
  ])('after %i, in %i ms', (failures, waitMs) => {
    expect(retryTime(failures, undefined, now)).toBe(plusMs(now, waitMs));
    expect(retryTime(failures, now, now)).toBe(plusMs(now, waitMs));
  });

  test.each([
    ['when half of the time that is left has gone by', 40 * minute, 20 * minute],
    ['after a minute at least', 90 * second, 1 * minute],
    ['no later than without it', 10 * hour, 1 * hour],
  ])('while another still fires, %s', (_, leftMs, waitMs) => {
    expect(retryTime(9, plusMs(now, leftMs), now)).toBe(plusMs(now, waitMs));
  });

  test('at least once more while another fires, as long as a minute is left', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 7 * day }), (failures, leftMs) => {
        const retryAt = retryTime(failures, plusMs(now, minute + leftMs), now);
        expect(retryAt >= plusMs(now, minute) && retryAt < plusMs(now, minute + leftMs)).toBe(true);
      }),
    );
  });
});

describe('[R7] a channel is renewed', () => {
  const usual = { failures: 0, random: 0 };

  test('a lead time before its end', () => {
    expect(renewalTime(now, plusMs(now, day), usual)).toBe(plusMs(now, 18 * hour));
  });

  test('in a while, even when Google grants nothing or the past', () => {
    for (const expiresAt of [now, plusMs(now, -1 * day)]) {
      const renewAt = renewalTime(now, expiresAt, usual);
      expect(renewAt > plusMs(now, 1 * minute) && renewAt < plusMs(now, 2 * minute)).toBe(true);
    }
  });
});

describe('the slot', () => {
  const channel = { ...aChannel({ id: asId('channel-2') }) };
  const granted = { resourceId: 'resource-1', expiresAt: plusMs(now, 24 * hour) };
  const at = { now, random: 0 };

  test('counts a try as failed until it has succeeded: whoever dies leaves no word', () => {
    const first = creatingSlot(channel, undefined);
    expect(first).toMatchObject({ state: 'creating', failures: 1, renewAt: plusMs(now, minute) });
    expect(creatingSlot(channel, first)).toMatchObject({ failures: 2, renewAt: plusMs(now, 2 * minute) });
    expect(creatingSlot(channel, slot())).toMatchObject({ failures: 1 });
    expect(activeSlot(first, granted, at)).not.toHaveProperty('failures');
  });

  test('knows since when and until when it is watched, over any number of channels', () => {
    const since = plusMs(now, -10 * day);
    const before = slot({ watchedSince: since, expiresAt: plusMs(now, hour) });
    const creating = creatingSlot(channel, before);
    expect(creating).toMatchObject({ watchedSince: since, watchedUntil: plusMs(now, hour) });
    expect(creatingSlot(channel, creating)).toMatchObject({ watchedSince: since, watchedUntil: plusMs(now, hour) });
    expect(activeSlot(creating, granted, at)).toMatchObject({ watchedSince: since, expiresAt: granted.expiresAt });
    expect(activeSlot(creating, granted, at)).not.toHaveProperty('watchedUntil');
  });

  test('begins to count anew after a gap', () => {
    const ended = slot({ watchedSince: plusMs(now, -10 * day), expiresAt: now });
    const creating = creatingSlot(channel, ended);
    expect(creating).not.toHaveProperty('watchedUntil');
    expect(activeSlot(creating, granted, at)).toMatchObject({ watchedSince: now });
  });

  test('of a version before that kept none of it is read', () => {
    const { failures: _, ...old } = creatingSlot(channel, slot());
    expect(activeSlot(old, granted, at)).toMatchObject({ state: 'active', watchedSince: now });
  });

  test('has the next channel begun earlier after failures, and forgets them one channel at a time', () => {
    const creating = { ...creatingSlot(channel, undefined), failures: 5 };
    const careful = activeSlot(creating, granted, at);
    expect(careful).toMatchObject({ failuresSeen: 4, renewAt: plusMs(granted.expiresAt, -9.6 * hour) });
    const later = activeSlot(creatingSlot(channel, careful), granted, at);
    expect(later).toMatchObject({ failuresSeen: 2, renewAt: plusMs(granted.expiresAt, -9 * hour) });
    const still = activeSlot(creatingSlot(channel, later), granted, at);
    expect(activeSlot(creatingSlot(channel, still), granted, at)).not.toHaveProperty('failuresSeen');
  });
});
