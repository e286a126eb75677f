import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { queryVersion } from '../../../shared/google/query.ts';
import type { Hint } from '../../../shared/queue/hint.ts';
import { windowAt } from '../../../shared/schedule/window.ts';
import { admit } from '../../../shared/sync/admit.ts';
import { aCalendar, aChannel, at, calendarKey, now } from '../../support/samples.ts';

const sentAt = at('2026-03-02T11:59:00Z');
const channel: NonNullable<Calendar['channel']> = { ...aChannel(), state: 'active', renewAt: plusMs(now, 1 * hour) };
const firing = (id: string): Hint['channel'] => ({ id: asId(id), resourceId: 'resource' });
const covered = { cursor: 'cursor', coveredBefore: now, channel };
const comparable = { ...covered, queryVersion };
const failing = { since: now, failures: 1, reason: 'forbidden' };
const refused = { trouble: { ...failing, leftToSweep: true as const } };
const aHint = (overrides: Partial<Hint> = {}): Hint => ({
  calendarKey,
  chainId: asId('chain-1'),
  reason: 'notification',
  connectGeneration: 1,
  ...overrides,
});

/** Long after whatever the calendar's state tells of. */
const later = plusMs(now, 1 * minute);
const paused = { writesPausedUntil: plusMs(later, 1) };
const outcomeOf = (calendar: Partial<Calendar>, hint: Partial<Hint> = {}, at = later, sent = sentAt) => {
  const admission = admit(aCalendar(calendar), { hint: aHint(hint), sentAt: sent, now: at });
  return admission.kind === 'acknowledged' ? admission.because : admission.kind;
};

test.each<[string, Partial<Calendar>, Partial<Hint>, ReturnType<typeof outcomeOf>]>([
  ['a calendar that was never synced', {}, {}, 'sync'],
  ['a calendar that is not synced any more', { enabled: false }, {}, 'retired'],
  ['a token of an earlier connection [R13]', { connectGeneration: 2 }, {}, 'old_connection'],
  ['a token of a later connection', {}, { connectGeneration: 2 }, 'old_connection'],
  ['a late notification, when real-time sync is off', { realTimeSync: false }, {}, 'push_off'],
  ['the sweep, when real-time sync is off', { realTimeSync: false }, { reason: 'sweep' }, 'sync'],
  ['the switch to off, which must stop the channel', { realTimeSync: false }, { reason: 'disabled' }, 'sync'],
  ['a hint from before the last complete sync', covered, {}, 'covered'],
  ['a hint of any reason from before it', covered, { reason: 'enabled' }, 'covered'],
  ['a hint from before it, of a calendar without a channel [R7]', { cursor: 'cursor', coveredBefore: now }, {}, 'sync'],
  ['one whose channel is due', { ...covered, channel: { ...channel, renewAt: later } }, {}, 'sync'],
  ['[R7][R11] one from another channel than the current one', covered, { channel: firing('channel-9') }, 'stray'],
  [
    'one from another channel, when the current one is due',
    { ...covered, channel: { ...channel, renewAt: later } },
    { channel: firing('channel-9') },
    'sync',
  ],
  ['one from the current channel', covered, { channel: firing(channel.id) }, 'covered'],
  ['one that wants no channel', { cursor: 'cursor', coveredBefore: now, watchable: false }, {}, 'covered'],
  [
    'one from a channel that is not to be there',
    { cursor: 'cursor', coveredBefore: now, watchable: false },
    { channel: firing('channel-9') },
    'stray',
  ],
  ['a notification of a calendar that Google refuses [F40]', refused, {}, 'left_to_sweep'],
  ['the sweep, of one that Google refuses', refused, { reason: 'sweep' }, 'sync'],
  ['a person who asks for one that Google refuses', refused, { reason: 'manual' }, 'sync'],
  ['a notification of one that only fails', { trouble: failing }, {}, 'sync'],
  ['[F40] a change here, of one that Google refuses', refused, { reason: 'appointment' }, 'left_to_sweep'],
  ['a change here, of one that only fails', { trouble: failing }, { reason: 'appointment' }, 'push'],
  [
    'a change here, from before the last complete sync: a listing tells Google nothing',
    covered,
    { reason: 'appointment' },
    'push',
  ],
  ['[F41] a change here while Google takes no writes', paused, { reason: 'appointment' }, 'writes_paused'],
  ['[F41] a change here as that ends', { writesPausedUntil: later }, { reason: 'appointment' }, 'push'],
  ['[F41] a notification while Google takes no writes: reading goes on', paused, {}, 'sync'],
  ['the comparison of a calendar that has been listed', comparable, { reason: 'compare' }, 'compare'],
  ['the comparison of one that was never listed', {}, { reason: 'compare' }, 'listing_first'],
  [
    'a comparison while a listing is under way',
    { ...comparable, checkpoint: { startedAt: now, window: windowAt(now), page: 1, step: { kind: 'list' } } },
    { reason: 'compare' },
    'listing_first',
  ],
  [
    'a comparison when all is to be listed anew',
    { ...comparable, nextGenerationAt: now },
    { reason: 'compare' },
    'listing_first',
  ],
  [
    'a comparison that was asked for before the last one began',
    { ...comparable, drift: { at: now, compared: 1, differing: 0, nextAt: now } },
    { reason: 'compare' },
    'covered',
  ],
  [
    'the comparison of a calendar that Google refuses',
    { ...comparable, ...refused },
    { reason: 'compare' },
    'left_to_sweep',
  ],
  ['everything, both retired and covered', { cursor: 'cursor', coveredBefore: now, enabled: false }, {}, 'retired'],
  [
    '[R1] the switch itself, after which a last run may have brought in more',
    { enabled: false },
    { reason: 'disabled' },
    'close',
  ],
  ['[R1] the next part of that', { enabled: false }, { reason: 'continuation' }, 'close'],
  ['[R7] a calendar that is switched off while its channel still fires', { ...covered, enabled: false }, {}, 'close'],
])('%s', (_, calendar, hint, admission) => {
  expect(outcomeOf(calendar, hint)).toBe(admission);
});

test('a hint of our own names no connection and is let in', () => {
  const { connectGeneration: _, ...hint } = aHint({ reason: 'sweep' });
  expect(admit(aCalendar({ connectGeneration: 5 }), { hint, sentAt, now })).toEqual({ kind: 'sync' });
});

test.each([
  [-1_001, 'covered'],
  [-1_000, 'sync'],
  [-999, 'sync'],
  [0, 'sync'],
  [60_000, 'sync'],
])('[R6] a hint sent %i ms after the last complete sync began → %s', (ms, admission) => {
  expect(outcomeOf(covered, {}, plusMs(now, 2 * minute), plusMs(now, ms))).toBe(admission);
});

test('[R6] an unfinished listing covers nothing, whatever the one before it has covered', () => {
  const step = { kind: 'list', pageToken: 'page2' } as const;
  const checkpoint = { startedAt: now, window: windowAt(now), page: 1, step };
  expect(outcomeOf({ ...covered, checkpoint })).toBe('sync');
});

describe('[R11] the cool-down after the start of the last complete sync', () => {
  const admitted = (sentMs: number, nowMs: number, calendar: Partial<Calendar> = covered) =>
    admit(aCalendar(calendar), { hint: aHint(), sentAt: plusMs(now, sentMs), now: plusMs(now, nowMs) });

  test.each([
    ['sent after it', 100, 150, 1_100],
    ['sent after it, one millisecond before its end', 100, 1_249, 1],
    ['sent before it, and in doubt for the clocks alone', -10, 150, 1_100],
    ['sent as it began', 0, 1_100, 150],
  ])('holds back a hint %s', (_, sentMs, nowMs, forMs) => {
    expect(admitted(sentMs, nowMs)).toEqual({ kind: 'deferred', forMs });
  });

  test.each([
    ['sent after it, at its end', 100, 1_250],
    ['sent long after it: an isolated change gains no delay', 5_000, 5_050],
    ['sent before it, when another listing leaves no doubt', -10, 2_000],
  ])('lets in a hint %s', (_, sentMs, nowMs) => {
    expect(admitted(sentMs, nowMs)).toEqual({ kind: 'sync' });
  });

  test('does not hold up a listing that is under way', () => {
    const checkpoint = { startedAt: now, window: windowAt(now), page: 1, step: { kind: 'list' } as const };
    expect(admitted(100, 150, { ...covered, checkpoint })).toEqual({ kind: 'sync' });
  });

  test('acknowledges what is covered rather than holding it back', () => {
    expect(admitted(-1 * minute, 100)).toEqual({ kind: 'acknowledged', because: 'covered' });
  });
});
