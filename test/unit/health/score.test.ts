import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { day, hour, minute, plusMs, second } from '../../../shared/domain/instant.ts';
import type { PartName, Seen } from '../../../shared/health/parts.ts';
import { healthOf, weights } from '../../../shared/health/score.ts';
import { now } from '../../support/samples.ts';
import { ago, anyIlls, aSlot, aTrouble, having, type Ills, seen } from './states.ts';

const judge = (...all: Seen[]) => healthOf('connected', all, now);
const partOf = (name: PartName, state: Seen) => {
  const part = judge(state).calendars[0]?.parts.find((each) => each.name === name);
  return { value: part?.value, step: part?.recommendation?.step };
};

test('all is well: 100, and nothing to do', () => {
  expect(judge(seen())).toMatchObject({ score: 100, reason: 'All is well.', recommendations: [] });
});

test('the weights add up to 100', () => {
  expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBe(100);
});

test('the score lies between 0 and 100, and is 100 only if there is nothing to do', () => {
  fc.assert(
    fc.property(anyIlls, (ills) => {
      const { score, recommendations, calendars } = judge(having(ills));
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(100);
      expect(score === 100).toBe(recommendations.length === 0);
      for (const { value, recommendation } of calendars[0]?.parts ?? []) {
        expect(recommendation === undefined).toBe(value === 100 || value === 'unknown');
      }
    }),
  );
});

test('nothing that gets worse raises the score', () => {
  fc.assert(
    fc.property(anyIlls, anyIlls, (one, other) => {
      const names = Object.keys(one) as (keyof Ills)[];
      const worse = Object.fromEntries(names.map((name) => [name, Math.max(one[name], other[name])])) as Ills;
      expect(judge(having(worse)).score).toBeLessThanOrEqual(judge(having(one)).score);
    }),
  );
});

test('[F60] the worst calendar decides, and is named', () => {
  fc.assert(
    fc.property(fc.array(anyIlls, { minLength: 1, maxLength: 5 }), (all) => {
      const health = judge(...all.map(having));
      const scores = health.calendars.map(({ score }) => score);
      expect(scores).toHaveLength(all.length);
      expect(health.score).toBe(Math.min(...scores));
      expect(health.calendars.find(({ calendar }) => calendar === health.worst)?.score).toBe(health.score);
    }),
  );
});

test('[F60] the failure of one calendar is not outweighed by many that are well', () => {
  const failing = seen({ key: asId('failing'), trouble: aTrouble(3), coveredBefore: ago(2 * day) });
  const health = judge(seen(), seen(), failing, seen());
  expect(health.worst?.key).toBe('failing');
  expect(health.score).toBe(judge(failing).score);
  expect(health.score).toBeLessThan(70);
});

test('the reason is that of the part which costs the most', () => {
  expect(judge(seen({ channel: aSlot({ state: 'creating' }) }, { quarantined: 1 })).reason).toContain('No channel');
});

describe('coverage', () => {
  test.each<[string, Partial<Calendar>, number, string | undefined]>([
    ['a channel that is active', {}, 100, undefined],
    [
      'a channel whose renewal is late',
      { channel: aSlot({ renewAt: ago(4 * hour), expiresAt: plusMs(now, hour) }) },
      75,
      'sync_now',
    ],
    ['a channel whose renewal is due', { channel: aSlot({ renewAt: ago(minute) }) }, 100, undefined],
    [
      'a channel that another cannot take over from',
      {
        channel: aSlot({ state: 'creating', watchedUntil: plusMs(now, 3 * hour), reason: 'backendError' }),
      },
      75,
      'renew_channels',
    ],
    [
      'a channel that another is just taking over from',
      { channel: aSlot({ state: 'creating', watchedUntil: plusMs(now, 3 * hour) }) },
      100,
      undefined,
    ],
    [
      'a channel that could not be made',
      { channel: aSlot({ state: 'creating', reason: 'backendError' }) },
      25,
      'renew_channels',
    ],
    [
      '[F27] a channel that could not be made because Google does not take the address',
      { channel: aSlot({ state: 'creating', reason: 'push.webhookUrlUnauthorized' }) },
      25,
      'check_webhook_address',
    ],
    [
      '[F27] a channel that ends, while Google does not take the address any more',
      {
        channel: aSlot({
          state: 'creating',
          watchedUntil: plusMs(now, 3 * hour),
          reason: 'push.webhookUrlNotHttps',
        }),
      },
      75,
      'check_webhook_address',
    ],
    ['[F18] a channel by which nothing comes', { lastNotificationAt: ago(49 * hour) }, 50, 'renew_channels'],
    ['a channel that has ended', { channel: aSlot({ expiresAt: now }) }, 25, 'sync_now'],
    ['a channel that is not made yet', { channel: aSlot({ state: 'creating' }) }, 25, 'sync_now'],
    ['real-time sync switched off', { realTimeSync: false }, 50, 'enable_real_time_sync'],
    ['[F26] a calendar that Google cannot watch', { watchable: false, realTimeSync: false }, 100, undefined],
  ])('of %s', (_, calendar, value, step) => {
    expect(partOf('coverage', seen(calendar))).toEqual({ value, step });
  });

  test('of a calendar without any channel is as low as it gets', () => {
    const { channel: _, ...calendar } = seen().calendar;
    expect(partOf('coverage', { ...seen(), calendar })).toEqual({ value: 25, step: 'sync_now' });
  });
});

describe('error rate', () => {
  test.each<[string, Partial<Calendar>, number, string | undefined]>([
    ['no sync failed', { recentSyncs: '++++' }, 100, undefined],
    ['one in four failed, but not the last', { recentSyncs: '+-++' }, 75, 'wait'],
    ['the last one failed', { recentSyncs: '+++-', trouble: aTrouble(1) }, 50, 'wait'],
    ['the last three failed', { recentSyncs: `${'+'.repeat(17)}---`, trouble: aTrouble(3) }, 12, 'wait'],
    ['the only one failed', { recentSyncs: '-', trouble: aTrouble(1) }, 0, 'wait'],
    ['access was taken away', { trouble: aTrouble(1, 'requiredAccessLevel') }, 50, 'restore_access'],
    ['a box was not ticked', { trouble: aTrouble(1, 'insufficientPermissions') }, 50, 'connect_again'],
  ])('when %s', (_, calendar, value, step) => {
    expect(partOf('errorRate', seen(calendar))).toEqual({ value, step });
  });
});

describe('response time', () => {
  test.each([
    [0, 100, undefined],
    [5 * second, 100, undefined],
    [2.5 * minute, 50, 'wait'],
    [5 * minute, 0, 'wait'],
    [-second, 100, undefined],
  ])('of a notification answered after %i ms', (waitedMs, value, step) => {
    const times = { lastNotificationAt: ago(hour + waitedMs), lastAnsweredAt: ago(hour) };
    expect(partOf('responseTime', seen(times))).toEqual({ value, step });
  });
});

describe('success rate', () => {
  test.each<[string, Partial<Calendar>, Partial<Seen['left']>, number, string | undefined]>([
    ['nothing is left', {}, {}, 100, undefined],
    ['[F60] an event is set aside', {}, { quarantined: 1 }, 90, 'mend_events'],
    ['ten are left', {}, { quarantined: 4, openConflicts: 6 }, 50, 'review_conflicts'],
    ['[F41] writing is paused', { writesPausedUntil: plusMs(now, hour) }, {}, 50, 'wait'],
    ['a pause is over', { writesPausedUntil: now }, {}, 100, undefined],
  ])('when %s', (_, calendar, left, value, step) => {
    expect(partOf('successRate', seen(calendar, left))).toEqual({ value, step });
  });
});

describe('freshness', () => {
  test.each([
    [2 * hour, 100, undefined],
    [14 * hour, 50, 'sync_now'],
    [26 * hour, 0, 'sync_now'],
  ])('of a calendar synced %i ms ago', (ageMs, value, step) => {
    expect(partOf('freshness', seen({ coveredBefore: ago(ageMs) }))).toEqual({ value, step });
  });
});

describe('a calendar that was never synced', () => {
  const { cursor: _c, coveredBefore: _b, lastSyncAt: _s, recentSyncs: _r, ...rest } = seen().calendar;
  const { lastNotificationAt: _n, lastAnsweredAt: _a, ...fresh } = rest;
  const unseen = { ...seen(), calendar: fresh };

  test('is not fresh, and whatever is not known of it is left out and said', () => {
    const { calendars, score } = judge(unseen);
    const unknown = calendars[0]?.parts.filter(({ value }) => value === 'unknown').map(({ name }) => name);
    expect(unknown).toEqual(['errorRate', 'responseTime']);
    expect(score).toBe(69); // Coverage and success of all but these two and freshness: 45 of 65.
    expect(partOf('freshness', unseen)).toEqual({ value: 0, step: 'sync_now' });
  });

  test('has only to be waited for while its first listing is under way', () => {
    const window = { from: now, to: now };
    const checkpoint = { startedAt: now, window, page: 1, step: { kind: 'list' } } as const;
    expect(partOf('freshness', { ...unseen, calendar: { ...fresh, checkpoint } })).toEqual({ value: 0, step: 'wait' });
  });

  test('scores less once its first sync has failed', () => {
    const failed = { ...fresh, recentSyncs: '-', trouble: aTrouble() };
    expect(judge({ ...unseen, calendar: failed }).score).toBeLessThan(judge(unseen).score);
  });
});

describe('what stops the sync altogether', () => {
  const gone = seen({ key: asId('gone'), enabled: false, disabledBecause: 'calendar_gone' });

  test('[R14] a consent that has ended: 0, and connect again', () => {
    const { score, recommendations } = healthOf('needs_reauth', [seen(), seen()], now);
    expect({ score, steps: recommendations.map(({ step }) => step) }).toEqual({ score: 0, steps: ['connect_again'] });
    expect(healthOf('needs_reauth', [], now)).toMatchObject({ score: 0, recommendations: [{ step: 'connect_again' }] });
  });

  test('[F25] a calendar that is gone in Google: 0, until its owner switches it off', () => {
    const health = judge(seen(), gone);
    expect(health).toMatchObject({ score: 0, worst: { key: 'gone' }, recommendations: [{ step: 'choose_calendar' }] });
  });

  test('no calendar that is switched on', () => {
    const health = judge(seen({ enabled: false }));
    expect(health).toMatchObject({ score: 0, calendars: [], recommendations: [{ step: 'switch_on_calendar' }] });
  });

  test('a calendar that its owner has switched off counts for nothing', () => {
    const health = judge(seen(), seen({ enabled: false, trouble: aTrouble(9) }));
    expect(health).toMatchObject({ score: 100, calendars: [{ score: 100 }] });
  });
});

describe('freshness', () => {
  const drift = { at: ago(hour), compared: 40, nextAt: now };
  test.each<[string, Partial<Calendar>, number, string | undefined]>([
    ['both sides agree', { drift: { ...drift, differing: 0 } }, 100, undefined],
    ['one differs', { drift: { ...drift, differing: 1 } }, 90, 'compare_again'],
    ['ten differ', { drift: { ...drift, differing: 10 } }, 50, 'compare_again'],
    [
      'one differs and the last sync is old',
      { drift: { ...drift, differing: 1 }, coveredBefore: ago(14 * hour) },
      50,
      'sync_now',
    ],
  ])('when %s', (_, calendar, value, step) => {
    expect(partOf('freshness', seen(calendar))).toEqual({ value, step });
  });
});
