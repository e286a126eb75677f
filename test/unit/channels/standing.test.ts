import { describe, expect, test } from 'vitest';
import {
  type ChannelStanding,
  channelStandingOf,
  isAddressRefused,
  isExpiringSoon,
  isStale,
  isWatched,
} from '../../../shared/channels/standing.ts';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import { day, hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { aCalendar, now } from '../../support/samples.ts';
import { ago, aSlot } from '../health/states.ts';

const inMs = (ms: number) => plusMs(now, ms);
const creating = (watchedUntil?: typeof now) =>
  aSlot({ state: 'creating', renewAt: inMs(minute), ...(watchedUntil && { watchedUntil }) });

test.each<[string, Partial<Calendar>, ChannelStanding]>([
  ['a channel that fires', { channel: aSlot() }, 'active'],
  ['one that has ended', { channel: aSlot({ expiresAt: now }) }, 'expired'],
  [
    'one that is being created, though it was to have ended',
    { channel: { ...creating(), expiresAt: now } },
    'creating',
  ],
  ['one that is being created', { channel: creating() }, 'creating'],
  ['none', {}, 'missing'],
  ['none, for it cannot be watched [F26]', { watchable: false }, 'unwatchable'],
  ['none, for nobody wants one', { realTimeSync: false, watchable: false }, 'off'],
  ['one, but it is switched off', { enabled: false, channel: aSlot() }, 'off'],
])('[R7] a calendar with %s', (_, calendar, standing) => {
  expect(channelStandingOf(aCalendar(calendar), now)).toBe(standing);
});

test.each<[string, Partial<Calendar>, boolean]>([
  ['a channel is active', { channel: aSlot() }, true],
  ['it has ended', { channel: aSlot({ expiresAt: now }) }, false],
  ['the one before still fires', { channel: creating(inMs(1)) }, true],
  ['the one before has ended too', { channel: creating(now) }, false],
  ['there was none before', { channel: creating() }, false],
  ['there is none', {}, false],
])('[R7] whether a calendar is watched when %s', (_, calendar, watched) => {
  expect(isWatched(aCalendar(calendar), now)).toBe(watched);
});

test.each([
  ['is due', aSlot({ renewAt: now, expiresAt: inMs(6 * hour) }), false],
  ['has half of its lead time left', aSlot({ renewAt: ago(3 * hour), expiresAt: inMs(3 * hour) }), false],
  ['has less than that left', aSlot({ renewAt: ago(3 * hour), expiresAt: inMs(3 * hour - 1) }), true],
  ['has ten minutes left', aSlot({ renewAt: ago(2 * minute), expiresAt: inMs(9 * minute) }), true],
  ['lives for minutes, and is not due', aSlot({ renewAt: inMs(minute), expiresAt: inMs(9 * minute) }), false],
  ['has ended: it is missing', aSlot({ renewAt: ago(3 * hour), expiresAt: now }), false],
  ['fires while the next one is created', creating(inMs(hour)), false],
  ['fires for less than an hour while the next one is not there', creating(inMs(hour - 1)), true],
  ['was never there', creating(), false],
])('[R7] a channel that %s is expiring soon: %o', (_, slot, soon) => {
  expect(isExpiringSoon(slot, now)).toBe(soon);
});

describe('[F18] an active channel is stale', () => {
  const active = aSlot({ watchedSince: ago(10 * day) });
  const longLived = { ...active, createdAt: ago(6 * day), expiresAt: inMs(day) };
  test.each<[string, Partial<Calendar>, boolean]>([
    ['when nothing has come for two days', { channel: active, lastNotificationAt: ago(48 * hour + 1) }, true],
    ['not before', { channel: active, lastNotificationAt: ago(48 * hour) }, false],
    ['when nothing has ever come', { channel: active }, true],
    ['not while a channel lives longer than that', { channel: longLived, lastNotificationAt: ago(7 * day) }, false],
    [
      'a day after one of those should have been replaced',
      { channel: longLived, lastNotificationAt: ago(8 * day + 1) },
      true,
    ],
    ['not when it is new', { channel: aSlot({ watchedSince: ago(hour) }), lastNotificationAt: ago(9 * day) }, false],
    ['not when nothing is known of its past', { channel: aSlot() }, false],
    ['not when it has ended', { channel: { ...active, expiresAt: now } }, false],
    ['not while it is created', { channel: creating(inMs(hour)), lastNotificationAt: ago(9 * day) }, false],
    ['not when there is none', { lastNotificationAt: ago(9 * day) }, false],
  ])('%s', (_, calendar, stale) => {
    expect(isStale(aCalendar(calendar), now)).toBe(stale);
  });
});

test.each([
  [undefined, false],
  ['backendError', false],
  ['push.webhookUrlUnauthorized', true],
  ['push.webhookUrlNotHttps', true],
  ['push.webhookUrlNoHostOrAddress', true],
])('[F27] the reason %s speaks of the address: %o', (reason, refused) => {
  expect(isAddressRefused(aSlot({ ...(reason !== undefined && { reason }) }))).toBe(refused);
});
