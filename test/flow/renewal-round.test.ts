/** Rounds of the renewal worker over stores in memory: what each calendar gets, what it costs, and what a failure touches. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Calendar } from '../../shared/domain/calendar.ts';
import { GrantRevoked } from '../../shared/domain/errors.ts';
import { asId, type CalendarKey, type ChannelId, type UserId } from '../../shared/domain/ids.ts';
import { day, hour, type Instant, minute, plusMs, second } from '../../shared/domain/instant.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import type { Envelope } from '../../shared/queue/hint.ts';
import type { Visit } from '../../shared/renewal/census.ts';
import { type RenewalDeps, renewDue, surprisesIn } from '../../shared/renewal/renew-due.ts';
import { dueShardOf, dueShards } from '../../shared/store/keys.ts';
import { Crash, recording } from '../support/faulty.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aBooking, aCalendar, aConnection, calendarKey, now, userId } from '../support/samples.ts';
import { sealed } from './sync-job.ts';

let stores: Stores;
let sent: Envelope[];
/** What was asked of Google: the call, and the access token. */
let calls: [string, string][];
let visits: Visit[];
let drawn: number;
beforeEach(async () => {
  stores = memoryStores();
  sent = [];
  calls = [];
  visits = [];
  drawn = 0;
  await connect(userId);
});

const connect = (user: UserId, overrides = {}) =>
  stores.connections.create(
    aConnection({
      userId: user,
      accessToken: sealed(`token of ${user}`),
      accessTokenExpiresAt: plusMs(now, 60 * day),
      ...overrides,
    }),
  );
const register = (overrides: Partial<Calendar> = {}, dueAt = now) =>
  stores.calendars.register(aCalendar({ coveredBefore: now, ...overrides }), { dueAt, renewChannel: false });

type Google = RenewalDeps['google'];
const deps = (overrides: Partial<RenewalDeps> = {}): RenewalDeps => {
  const google: Google = {
    watch: async ({ accessToken }, { expiresAt }) => {
      calls.push(['watch', accessToken]);
      return { resourceId: 'resource', expiresAt };
    },
    stop: async ({ accessToken }) => {
      calls.push(['stop', accessToken]);
      return 'stopped';
    },
    ...overrides.google,
  };
  return {
    ...stores,
    vault: {
      seal: async (text) => sealed(text),
      open: async (text) => text.replace('sealed:', ''),
    },
    oauth: { refresh: async () => ({ accessToken: 'fresh', accessTokenExpiresAt: plusMs(now, 90 * day), scopes: [] }) },
    queue: { send: async (envelope) => void sent.push(envelope) },
    webhookAddress: 'https://example.com/hook',
    channelToken: () => 'token',
    newChannelId: () => asId<ChannelId>(`channel-${++drawn}`),
    channelLifetimeMs: day,
    random: () => 0.5,
    clock: () => now,
    onVisit: (visit) => void visits.push(visit),
    ...overrides,
    google,
  };
};
const round = (at: Instant = now, overrides: Partial<RenewalDeps> = {}) =>
  renewDue(deps({ clock: () => at, ...overrides }), { chainId: asId('round'), now: at, until: plusMs(now, 60 * day) });
const calendar = async (key: CalendarKey = calendarKey) =>
  (await stores.calendars.load(key)) ?? expect.fail('There is no calendar');
const isDue = async (at: Instant, key: CalendarKey = calendarKey) =>
  (await stores.calendars.listDue(dueShardOf(key), at, 10_000)).includes(key);
const hinted = () => sent.splice(0).map(({ hint }) => hint.reason);
const called = () => calls.splice(0).map(([call]) => call);

/** Covered a moment ago, and watched. */
const wellWatched = async (at = now) => {
  await register();
  await round(at);
  calls = [];
  sent = [];
};

describe('[R7] the channel', () => {
  test('[F19] is made and renewed by the worker itself, with no hint, and the old one is stopped', async () => {
    await register();
    expect(await round()).toMatchObject([{ kind: 'looked', channel: { kind: 'created' }, hints: 0 }]);
    expect(await calendar()).toMatchObject({ channel: { id: 'channel-1', state: 'active' } });
    const { renewAt } = (await calendar()).channel ?? expect.fail('There is no channel');

    await stores.calendars.postpone(calendarKey, renewAt);
    expect(await round(renewAt)).toMatchObject([{ channel: { kind: 'renewed' } }]);
    expect(called()).toEqual(['watch', 'watch', 'stop']);
    expect(await calendar()).toMatchObject({ channel: { id: 'channel-2', state: 'active' } });
  });

  test('[R13] is not made for a calendar whose account is replaced while the round is at it', async () => {
    await register();
    const begin: Stores['channels']['begin'] = async (...given) => {
      await stores.calendars.retire(await calendar(), plusMs(now, hour));
      return stores.channels.begin(...given);
    };
    await round(now, { channels: { ...stores.channels, begin } });
    expect(called()).toEqual([]);
    expect(await calendar()).toMatchObject({ enabled: false });
    expect(await calendar()).not.toHaveProperty('channel');
    expect(await isDue(plusMs(now, day))).toBe(false);
  });

  test('of a calendar that is switched off is tried again when Google takes no token of ours', async () => {
    await wellWatched();
    const shut = { ...(await calendar()), enabled: false };
    await stores.calendars.setSwitches(await calendar(), { enabled: false, role: 'blocks' }, now);
    await stores.channels.deferSettling(shut, now, now);
    const stop = async () => {
      throw new GoogleError('channels.stop', 401, 'authError', undefined);
    };
    expect(await round(now, { google: { ...deps().google, stop } })).toMatchObject([{ kind: 'failed' }]);
    await round(plusMs(now, 5 * minute));
    expect(called()).toEqual(['stop']);
    expect(await calendar()).not.toHaveProperty('channel');
    expect(await isDue(plusMs(now, day))).toBe(false);
  });

  test('that is not due costs no call to Google', async () => {
    await wellWatched();
    await stores.calendars.postpone(calendarKey, plusMs(now, hour));
    await round(plusMs(now, hour));
    expect(called()).toEqual([]);
  });

  test('of a calendar that wants none any more is stopped', async () => {
    await wellWatched();
    await stores.calendars.setRealTimeSync(aCalendar(), false);
    await stores.calendars.postpone(calendarKey, now);
    expect(await round()).toMatchObject([{ channel: { kind: 'removed' } }]);
    expect(called()).toEqual(['stop']);
    expect((await calendar()).channel).toBeUndefined();
  });

  test('of a calendar that is switched off stays due until it is stopped, and no longer', async () => {
    await wellWatched();
    const stop: Google['stop'] = async () => {
      throw new GoogleError('channels.stop', 503, undefined, undefined);
    };
    await stores.calendars.setSwitches(await calendar(), { enabled: false, role: 'blocks' }, now);
    const { channel: slot = expect.fail('There is no channel') } = await calendar();
    await stores.channels.renewNow(aCalendar({ channel: slot }), now); // A maker that came late has put it there.
    expect(await round(now, { google: { ...deps().google, stop } })).toMatchObject([{ channel: { kind: 'failed' } }]);
    const retryAt = plusMs(now, 10 * minute);
    expect(await isDue(retryAt)).toBe(true);
    expect(await round(retryAt)).toMatchObject([{ channel: { kind: 'removed' } }]);
    expect(hinted()).toEqual(['disabled']);
    expect(await isDue(plusMs(now, 60 * day))).toBe(false);
  });

  test('[R1] of a calendar that is switched off is none of its business: its own job is asked to look once more', async () => {
    await register();
    await stores.calendars.setSwitches(await calendar(), { enabled: false, role: 'blocks' }, now);
    expect(await round()).toMatchObject([{ kind: 'looked', channel: { kind: 'none' } }]);
    expect(hinted()).toEqual(['disabled']);
    expect(await isDue(plusMs(now, 60 * day))).toBe(false);
  });

  test('that cannot be made leaves the rest of the round alone: the calendar is polled, and it is tried again', async () => {
    await register({ coveredBefore: plusMs(now, -hour) });
    const watch: Google['watch'] = async () => {
      throw new GoogleError('events.watch', 503, undefined, undefined);
    };
    expect(await round(now, { google: { ...deps().google, watch } })).toMatchObject([{ channel: { kind: 'failed' } }]);
    expect(hinted()).toEqual(['sweep']);
    expect(await isDue(plusMs(now, minute))).toBe(true);
  });

  test('[F26] of a calendar that cannot be watched is asked for once; it is polled ever after', async () => {
    await register();
    const watch: Google['watch'] = async () => {
      calls.push(['watch', '']);
      throw new GoogleError('events.watch', 400, 'pushNotSupportedForRequestedResource', undefined);
    };
    for (let minutes = 0; minutes <= 60; minutes += 12) {
      await round(plusMs(now, minutes * minute), { google: { ...deps().google, watch } });
    }
    expect(called()).toEqual(['watch']);
    expect(hinted()).toEqual(Array(5).fill('sweep'));
  });

  test('whose maker has died is made again', async () => {
    await register();
    const crash = async () => {
      throw new Crash();
    };
    await round(now, { google: { ...deps().google, watch: crash } });
    expect(await isDue(plusMs(now, 5 * minute))).toBe(true);
    expect(await round(plusMs(now, 5 * minute))).toMatchObject([{ channel: { kind: 'created' } }]);
  });
});

describe('a hint is sent', () => {
  const well = { coveredBefore: now };
  const target = { calendarKey, calendarId: aCalendar().calendarId };
  const pending = aBooking({ sync: { state: 'pending', target, notBefore: now, since: now, attempts: 0 } });

  test.each<[string, Partial<Calendar>, string[]]>([
    ['to nobody who is well', well, []],
    ['when there was no complete sync for too long [R6]', { coveredBefore: plusMs(now, -50 * minute) }, ['sweep']],
    ['when there was none at all', {}, ['sweep']],
    [
      'when a listing was left half done',
      {
        ...well,
        checkpoint: { startedAt: now, window: { from: now, to: now }, page: 1, step: { kind: 'list' } },
      },
      ['sweep'],
    ],
    [
      'when its trouble is left to the sweep',
      { ...well, trouble: { since: now, failures: 1, reason: 'forbidden', leftToSweep: true } },
      ['sweep'],
    ],
    ['when its last sync failed', { ...well, trouble: { since: now, failures: 1, reason: 'backendError' } }, ['sweep']],
    ['to nobody who is switched off', { enabled: false, coveredBefore: plusMs(now, -day) }, []],
  ])('%s', async (_, state, reasons) => {
    await stores.calendars.register(aCalendar(state), { dueAt: now, renewChannel: false });
    await stores.calendars.postpone(calendarKey, now);
    await round();
    expect(hinted()).toEqual(reasons);
  });

  test('when something is pending that no hint of its own has brought to Google', async () => {
    await register();
    await stores.appointments.save(pending);
    await round();
    expect(sent.map(({ hint }) => hint)).toEqual([{ calendarKey, chainId: 'round', reason: 'appointment' }]);
  });

  test('[F41] for what is pending only after the pause of writes, and then at once', async () => {
    const until = plusMs(now, 20 * minute);
    await register({ writesPausedUntil: until });
    await stores.appointments.save(pending);
    await round();
    expect(hinted()).toEqual([]);
    expect(await isDue(until)).toBe(true);
    await round(until);
    expect(hinted()).toEqual(['appointment']);
  });
});

describe('[R10][F23] one failure touches nobody else', () => {
  const others = (count: number) =>
    Array.from({ length: count }, (_, index) => asId<CalendarKey>(`${String.fromCharCode(65 + index)}-key`));

  test('a calendar that breaks is said to have failed, is put behind, and the round ends as a failure', async () => {
    const [broken = calendarKey, ...well] = others(20);
    for (const key of [broken, ...well]) await register({ key, calendarId: asId(key) });
    const channelToken: RenewalDeps['channelToken'] = ({ key }) => {
      if (key === broken) throw new Crash();
      return 'token';
    };
    const ended = await round(now, { channelToken });
    expect(ended.filter(({ kind }) => kind === 'looked')).toHaveLength(19);
    expect(surprisesIn(ended)).toEqual([expect.any(Crash)]);
    for (const key of well) expect(await calendar(key)).toMatchObject({ channel: { state: 'active' } });
    expect(await isDue(plusMs(now, 5 * minute - 1), broken)).toBe(false);
    expect(await isDue(plusMs(now, 5 * minute), broken)).toBe(true);
  });

  test('what Google refuses is counted, and is no failure of the round', async () => {
    await register();
    const watch: Google['watch'] = async () => {
      throw new GoogleError('events.watch', 401, 'authError', undefined);
    };
    const ended = await round(now, { google: { ...deps().google, watch } });
    expect(ended).toMatchObject([{ kind: 'failed', error: { outcome: 'unauthorized' } }]);
    expect(surprisesIn(ended)).toEqual([]);
  });

  test('a table that does not answer is a failure of every calendar, not of the worker', async () => {
    await register();
    const down = async () => {
      throw new Crash();
    };
    const calendars = { ...stores.calendars, load: down, postpone: down };
    expect(surprisesIn(await round(now, { calendars }))).toEqual([expect.any(AggregateError)]);
  });

  test('[F42][F43] calendars that fail each time do not stand before the others', async () => {
    const failing = Array.from({ length: 5_000 }, (_, index) => asId<CalendarKey>(`A-${index}`));
    for (const key of failing) await register({ key, calendarId: asId(key) }, plusMs(now, -10 * hour));
    await register({ key: asId('A-well'), calendarId: asId('well') });
    const channelToken: RenewalDeps['channelToken'] = ({ key }) => {
      if (key !== 'A-well') throw new Crash();
      return 'token';
    };
    await round(now, { channelToken });
    expect((await calendar(asId('A-well'))).channel).toBeUndefined();
    await round(plusMs(now, second), { channelToken });
    expect((await calendar(asId('A-well'))).channel).toMatchObject({ state: 'active' });
  });
});

describe('[R14][F24] a grant that has ended', () => {
  const dead: Partial<RenewalDeps> = {
    oauth: {
      refresh: async () => {
        calls.push(['refresh', '']);
        throw new GrantRevoked('invalid_grant');
      },
    },
  };

  test('is noted once found, and nobody is called in its name: not for the user’s other calendars, nor in later rounds', async () => {
    const expired = await stores.connections.load(userId);
    await stores.connections.saveTokens(expired ?? expect.fail('None'), { accessTokenExpiresAt: now });
    const keys = ['A', 'B', 'C'].map((key) => asId<CalendarKey>(key));
    for (const key of keys) await register({ key, calendarId: asId(key), coveredBefore: plusMs(now, -day) });
    const ended = await round(now, dead);
    expect(ended).toMatchObject(Array(3).fill({ kind: 'passed', because: 'needs_reauth' }));
    expect(called()).toEqual(['refresh']);
    expect(await stores.connections.load(userId)).toMatchObject({ state: 'needs_reauth' });

    for (let hours = 1; hours < 50; hours++) await round(plusMs(now, hours * hour), dead);
    expect(called()).toEqual([]);
    expect(hinted()).toEqual([]);
  });

  test('touches no other user', async () => {
    const other = asId<UserId>('barber-2');
    await connect(other);
    await stores.connections.markNeedsReauth((await stores.connections.load(userId)) ?? expect.fail('None'), {
      at: now,
      because: 'revoked',
    });
    await register();
    await register({ key: asId('other'), userId: other, calendarId: asId('other') });
    await round(now, dead);
    expect(calls).toEqual([['watch', 'token of barber-2']]);
  });
});

describe('[R11] the cost of a round', () => {
  test('grows with what is due, not with what exists', async () => {
    for (let index = 0; index < 300; index++) {
      await register({ key: asId(`${index}-later`), calendarId: asId(`${index}`) }, plusMs(now, hour));
    }
    await register();
    const table = recording(stores.calendars);
    await round(now, { calendars: table.port });
    expect(table.calls.filter((call) => call !== 'listDue')).toEqual(['load', 'postpone', 'load', 'postpone']);
    expect(table.calls.filter((call) => call === 'listDue')).toHaveLength(dueShards);
  });

  test('has a limit of calendars at once', async () => {
    for (let index = 0; index < 400; index++)
      await register({ key: asId(`${index}-key`), calendarId: asId(`${index}`) });
    let atOnce = 0;
    let most = 0;
    const watch: Google['watch'] = async (_, { expiresAt }) => {
      most = Math.max(most, ++atOnce);
      for (let turns = 0; turns < 5; turns++) await Promise.resolve();
      atOnce -= 1;
      return { resourceId: 'resource', expiresAt };
    };
    await round(now, { google: { ...deps().google, watch } });
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(4 * dueShards);
  });

  test('has an end: what it has not come to when its time is up stays due', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => asId<CalendarKey>(`${String.fromCharCode(48 + index)}-key`));
    for (const key of keys) await register({ key, calendarId: asId(key) });
    let clock = now;
    const watch: Google['watch'] = async (_, { expiresAt }) => {
      clock = plusMs(clock, second);
      return { resourceId: 'resource', expiresAt };
    };
    const slow = deps({ clock: () => clock, google: { ...deps().google, watch } });
    const seen = await renewDue(slow, { chainId: asId('round'), now, until: plusMs(now, 20 * second) });
    expect(seen.length).toBeLessThan(100);
    const left = await Promise.all(keys.map((key) => isDue(now, key)));
    expect(left.filter(Boolean)).toHaveLength(100 - seen.length);
  });
});

test('[R7] a channel that is begun late in a long round is as new as any: nobody else takes its maker for dead', async () => {
  const keys = Array.from({ length: 9 }, (_, index) => asId<CalendarKey>(`A-${index}`)); // More than at once in a shard.
  for (const key of keys) await register({ key, calendarId: asId(key) });
  let clock = now;
  const begunAt: Instant[] = [];
  const channels: RenewalDeps['channels'] = {
    ...stores.channels,
    begin: async (read, channel, slot) => {
      begunAt.push(channel.createdAt);
      clock = plusMs(clock, 2 * minute);
      return stores.channels.begin(read, channel, slot);
    },
  };
  await round(now, { clock: () => clock, channels });
  expect(begunAt).toHaveLength(9);
  expect((begunAt.at(-1) ?? now) >= plusMs(now, 8 * minute)).toBe(true);
});

test('[R7] two workers at once leave one channel', async () => {
  await register();
  const ended = (await Promise.all([round(), round()])).flat();
  expect(ended.filter((visit) => visit.kind === 'looked' && visit.channel.kind === 'created')).toHaveLength(1);
  expect(called()).toEqual(['watch']);
  expect(await calendar()).toMatchObject({ channel: { state: 'active' } });
});
