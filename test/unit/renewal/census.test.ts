import { describe, expect, test } from 'vitest';
import type { ChannelOutcome } from '../../../shared/channels/reconcile-channel.ts';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { day, hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { GoogleError } from '../../../shared/google/google-error.ts';
import { type Census, censusOf, errorRate, type Visit } from '../../../shared/renewal/census.ts';
import { metricUnits } from '../../../shared/runtime/observability.ts';
import { aCalendar, calendarKey, now } from '../../support/samples.ts';
import { ago, aSlot } from '../health/states.ts';

const looked = (calendar: Partial<Calendar> = {}, channel: ChannelOutcome = { kind: 'kept' }, hints = 0): Visit => ({
  calendarKey,
  kind: 'looked',
  calendar: aCalendar({ channel: aSlot(), ...calendar }),
  channel,
  hints,
});
const passed: Visit = { calendarKey, kind: 'passed', because: 'needs_reauth' };
const broken: Visit = { calendarKey, kind: 'failed', error: new Error('broken') };
const error = new GoogleError('events.watch', 503, undefined, undefined);
const withoutChannel = (overrides: Partial<Calendar> = {}): Visit => {
  const { channel: _, ...calendar } = aCalendar(overrides);
  return { calendarKey, kind: 'looked', calendar, channel: { kind: 'none' }, hints: 0 };
};

const nobody: Census = {
  ChannelActive: 0,
  ChannelCreating: 0,
  ChannelUnwatchable: 0,
  ChannelMissing: 0,
  ChannelExpiringSoon: 0,
  ChannelStale: 0,
  ChannelRenewed: 0,
  ChannelStopFailed: 0,
  RenewalFailed: 0,
  SweepHintSent: 0,
  SweepCompleted: 1,
};

describe('[R7] the census', () => {
  test.each<[string, Partial<Calendar>]>([
    ['the calendar', { enabled: false }],
    ['real-time sync', { realTimeSync: false }],
  ])('does not warn of a channel that nobody wants any more, because %s is switched off', (_, off) => {
    const late = aSlot({ renewAt: ago(hour), expiresAt: plusMs(now, minute), watchedSince: ago(9 * day) });
    expect(censusOf([looked({ channel: late, ...off }, { kind: 'failed', error })], now)).toEqual({
      ...nobody,
      RenewalFailed: 1,
    });
  });

  test('of a round in which nothing was due is a heartbeat', () => {
    expect(censusOf([], now)).toEqual(nobody);
  });

  test.each<[string, Visit, Partial<Census>]>([
    ['a channel that fires', looked(), { ChannelActive: 1 }],
    ['a channel that was renewed', looked({}, { kind: 'renewed' }), { ChannelActive: 1, ChannelRenewed: 1 }],
    ['a channel that was made', looked({}, { kind: 'created' }), { ChannelActive: 1 }],
    [
      'a stop that failed',
      looked({}, { kind: 'renewed', unstopped: error }),
      { ChannelActive: 1, ChannelRenewed: 1, ChannelStopFailed: 1 },
    ],
    [
      'a renewal that failed while the one before fires',
      looked({ channel: aSlot({ state: 'creating', watchedUntil: plusMs(now, 3 * hour) }) }, { kind: 'failed', error }),
      { ChannelCreating: 1, RenewalFailed: 1 },
    ],
    [
      'the same, shortly before that one ends',
      looked({ channel: aSlot({ state: 'creating', watchedUntil: plusMs(now, hour / 2) }) }, { kind: 'failed', error }),
      { ChannelCreating: 1, RenewalFailed: 1, ChannelExpiringSoon: 1 },
    ],
    [
      'a renewal that is late',
      looked({ channel: aSlot({ renewAt: ago(4 * hour), expiresAt: plusMs(now, hour) }) }),
      { ChannelActive: 1, ChannelExpiringSoon: 1 },
    ],
    ['a channel that has ended', looked({ channel: aSlot({ expiresAt: now }) }), { ChannelMissing: 1 }],
    ['no channel', withoutChannel(), { ChannelMissing: 1 }],
    ['a calendar that cannot be watched', withoutChannel({ watchable: false }), { ChannelUnwatchable: 1 }],
    ['a calendar that wants none', withoutChannel({ realTimeSync: false }), {}],
    [
      'a channel by which nothing comes',
      looked({ channel: aSlot({ watchedSince: ago(9 * day) }), lastNotificationAt: ago(3 * day) }),
      { ChannelActive: 1, ChannelStale: 1 },
    ],
    ['hints', looked({}, { kind: 'kept' }, 1), { ChannelActive: 1, SweepHintSent: 1 }],
    ['a calendar that broke', broken, { RenewalFailed: 1 }],
    ['one without consent', passed, {}],
  ])('counts %s', (_, visit, counted) => {
    expect(censusOf([visit], now)).toEqual({ ...nobody, ...counted });
  });

  test('adds up', () => {
    const visits = [looked(), looked(), broken, passed, looked({}, { kind: 'renewed' }, 1)];
    const sum = { ChannelActive: 3, ChannelRenewed: 1, RenewalFailed: 1, SweepHintSent: 1 };
    expect(censusOf(visits, now)).toEqual({ ...nobody, ...sum });
  });

  test('consists of metrics that have a unit', () => {
    expect(Object.keys(metricUnits)).toEqual(expect.arrayContaining(Object.keys(nobody)));
  });
});

describe('the error rate of a round is high', () => {
  const trouble = { since: now, failures: 1, reason: 'backendError' };
  const times = (count: number, visit: Visit): Visit[] =>
    Array.from({ length: count }, (_, index) => ({ ...visit, calendarKey: asId(`${index}`) }));

  test.each<[string, Visit[], { looked: number; inTrouble: number } | undefined]>([
    ['not when all is well', times(100, looked()), undefined],
    ['not at ten percent', [...times(2, broken), ...times(18, looked())], undefined],
    ['above ten percent', [...times(3, broken), ...times(17, looked())], { looked: 20, inTrouble: 3 }],
    ['not when too few were looked at to tell', times(19, broken), undefined],
    ['not for those without consent', [...times(3, broken), ...times(16, looked()), ...times(9, passed)], undefined],
    [
      'for whatever keeps calendars from being told of changes, each counted once',
      [
        ...times(18, looked()),
        looked({ trouble }),
        looked({ trouble }, { kind: 'failed', error }),
        withoutChannel(),
        looked({ channel: aSlot({ state: 'creating' }) }),
      ],
      { looked: 22, inTrouble: 4 },
    ],
    ['not for calendars that cannot be watched', times(30, withoutChannel({ watchable: false })), undefined],
  ])('%s', (_, visits, expected) => {
    expect(errorRate(visits, now)).toEqual(expected);
  });
});
