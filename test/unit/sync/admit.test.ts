import { expect, test } from 'vitest';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { hour, plusMs } from '../../../shared/domain/instant.ts';
import type { Hint } from '../../../shared/queue/hint.ts';
import { admit } from '../../../shared/sync/admit.ts';
import { windowAt } from '../../../shared/sync/window.ts';
import { aCalendar, aChannel, at, calendarKey, now } from '../../support/samples.ts';

const sentAt = at('2026-03-02T11:59:00Z');
const channel: NonNullable<Calendar['channel']> = { ...aChannel(), state: 'active', renewAt: plusMs(now, 1 * hour) };
const firing = (id: string): Hint['channel'] => ({ id: asId(id), resourceId: 'resource' });
const covered = { cursor: 'cursor', coveredBefore: now, channel };
const aHint = (overrides: Partial<Hint> = {}): Hint => ({
  calendarKey,
  chainId: asId('chain-1'),
  reason: 'notification',
  connectGeneration: 1,
  ...overrides,
});

test.each<[string, Partial<Calendar>, Partial<Hint>, ReturnType<typeof admit>]>([
  ['a calendar that was never synced', {}, {}, 'sync'],
  ['a calendar that is not synced any more', { enabled: false }, {}, 'retired'],
  ['a token of an earlier connection [R13]', { connectGeneration: 2 }, {}, 'old-connection'],
  ['a token of a later connection', {}, { connectGeneration: 2 }, 'old-connection'],
  ['a late notification, when real-time sync is off', { realTimeSync: false }, {}, 'push-off'],
  ['the sweep, when real-time sync is off', { realTimeSync: false }, { reason: 'sweep' }, 'sync'],
  ['the switch to off, which must stop the channel', { realTimeSync: false }, { reason: 'disabled' }, 'sync'],
  ['a hint from before the last complete sync', covered, {}, 'covered'],
  ['a hint of any reason from before it', covered, { reason: 'enabled' }, 'covered'],
  ['a hint from before it, of a calendar without a channel [R7]', { cursor: 'cursor', coveredBefore: now }, {}, 'sync'],
  ['one whose channel is due', { ...covered, channel: { ...channel, renewAt: now } }, {}, 'sync'],
  ['one from another channel than the current one', covered, { channel: firing('channel-9') }, 'sync'],
  ['one from the current channel', covered, { channel: firing(channel.id) }, 'covered'],
  ['one that wants no channel', { cursor: 'cursor', coveredBefore: now, watchable: false }, {}, 'covered'],
  ['everything, both retired and covered', { ...covered, enabled: false }, {}, 'retired'],
])('%s', (_, calendar, hint, admission) => {
  expect(admit(aCalendar(calendar), { hint: aHint(hint), sentAt, now })).toBe(admission);
});

test('a hint of our own names no connection and is let in', () => {
  const { connectGeneration: _, ...hint } = aHint({ reason: 'sweep' });
  expect(admit(aCalendar({ connectGeneration: 5 }), { hint, sentAt, now })).toBe('sync');
});

test.each([
  [-1_001, 'covered'],
  [-1_000, 'sync'],
  [-999, 'sync'],
  [0, 'sync'],
  [60_000, 'sync'],
])('[R6] a hint sent %i ms after the last complete sync began → %s', (ms, admission) => {
  expect(admit(aCalendar(covered), { hint: aHint(), sentAt: plusMs(now, ms), now })).toBe(admission);
});

test('[R6] an unfinished listing covers nothing, whatever the one before it has covered', () => {
  const checkpoint = { startedAt: now, window: windowAt(now), pageToken: 'page2' };
  expect(admit(aCalendar({ ...covered, checkpoint }), { hint: aHint(), sentAt, now })).toBe('sync');
});
