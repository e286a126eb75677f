/** The one job over stores in memory: what it does for each hint, and what stops it. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { Connection, Sealed } from '../../shared/domain/connection.ts';
import { GrantRevoked, RetryLater, Superseded } from '../../shared/domain/errors.ts';
import { asId, type CalendarKey, type ChannelId } from '../../shared/domain/ids.ts';
import { epochMsOf, hour, type Instant, minute, plusMs, second } from '../../shared/domain/instant.ts';
import type { Caller, GoogleCalendar } from '../../shared/google/calendar-api.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import type { GoogleOAuth } from '../../shared/google/oauth.ts';
import type { Envelope, Hint } from '../../shared/queue/hint.ts';
import type { TokenVault } from '../../shared/runtime/token-vault.ts';
import { type ReceivedHint, type SyncDeps, syncCalendar } from '../../shared/sync/sync-calendar.ts';
import { Crash } from '../support/faulty.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aCalendar, aConnection, calendarKey, now, userId } from '../support/samples.ts';

let stores: Stores;
let sent: Envelope[];
let calls: { call: string; accessToken: string }[];
beforeEach(async () => {
  stores = memoryStores();
  sent = [];
  calls = [];
  await stores.connections.create(aConnection({ accessToken: sealed('cached'), refreshToken: sealed('lasting') }));
});

const sealed = (plaintext: string) => `sealed:${plaintext}` as Sealed;
const vault: TokenVault = {
  seal: async (plaintext) => sealed(plaintext),
  open: async (text) => text.replace('sealed:', ''),
};
const oauth: Pick<GoogleOAuth, 'refresh'> = {
  refresh: async () => ({ accessToken: 'fresh', accessTokenExpiresAt: plusMs(now, hour), scopes: [] }),
};

/** Answers every call; notes who called. */
const google = (overrides: Partial<GoogleCalendar> = {}): GoogleCalendar => {
  const answers: GoogleCalendar = {
    listCalendars: async () => [],
    listEvents: async () => ({ kind: 'page', changes: [], timeZone: 'UTC', next: { kind: 'end', cursor: 'c1' } }),
    watch: async (_, { expiresAt }) => ({ resourceId: 'resource', expiresAt }),
    stop: async () => undefined,
    getEvent: async (_, { eventId }) => ({ kind: 'deleted', id: eventId }),
    listOccurrences: async () => new Set(),
    ...overrides,
  };
  const noted = Object.entries(answers).map(([call, answer]) => [
    call,
    (caller: Caller, given: never) => {
      calls.push({ call, accessToken: caller.accessToken });
      return answer(caller, given);
    },
  ]);
  return Object.fromEntries(noted);
};

const deps = (overrides: Partial<SyncDeps> = {}): SyncDeps => ({
  ...stores,
  vault,
  oauth,
  google: google(),
  queue: { send: async (envelope) => void sent.push(envelope) },
  webhookAddress: 'https://example.com/hook',
  channelToken: () => 'token',
  newChannelId: () => asId('channel-1'),
  channelLifetimeMs: 24 * hour,
  random: () => 0.5,
  ...overrides,
});

const received = (hint: Partial<Hint> = {}, sentAt = now): ReceivedHint => ({
  hint: { calendarKey, chainId: asId('chain'), reason: 'connected', ...hint },
  sentAt,
  now,
  remainingMs: () => minute,
});

const sync = (overrides: Partial<SyncDeps> = {}, hint: Partial<Hint> = {}, sentAt = now) =>
  syncCalendar(deps(overrides), received(hint, sentAt));
/** A hint sent and received then. */
const syncAt = (at: Instant, hint: Partial<Hint> = {}, overrides: Partial<SyncDeps> = {}) =>
  syncCalendar(deps(overrides), { ...received(hint, at), now: at });
const register = (overrides: Parameters<typeof aCalendar>[0] = {}) =>
  stores.calendars.register(aCalendar(overrides), { dueAt: now, renewChannel: false });

test('the channel comes first, then the listing: what changes in between is notified [R6]', async () => {
  await register();
  expect(await sync()).toMatchObject({ kind: 'synced', channel: { kind: 'created' }, pull: { coveredBefore: now } });
  expect(calls.map(({ call }) => call)).toEqual(['watch', 'listEvents']);
});

test('[F13] a calendar that is not written yet is tried again later', async () => {
  await expect(sync()).rejects.toThrow(RetryLater);
});

test.each([
  ['a calendar that is switched off', { enabled: false }, {}, 'retired'],
  ['[F10] a notification of an older connection', { connectGeneration: 2 }, { connectGeneration: 1 }, 'old-connection'],
  ['a notification while real-time sync is off', { realTimeSync: false }, { reason: 'notification' }, 'push-off'],
  [
    '[R11] what a complete sync has covered',
    { coveredBefore: plusMs(now, 2 * second), watchable: false },
    {},
    'covered',
  ],
] as const)('%s is acknowledged without a call to Google', async (_, calendar, hint, because) => {
  await register(calendar);
  expect(await sync({}, hint)).toEqual({ kind: 'acknowledged', because });
  expect(calls).toEqual([]);
});

test('[R6] a hint sent within a second of the last sync’s start is not taken for covered', async () => {
  await register({ coveredBefore: plusMs(now, -5 * second) });
  expect(await sync({}, {}, plusMs(now, -6 * second))).toMatchObject({ kind: 'synced' });
});

test('trouble with the channel does not hold up the pull, and is told', async () => {
  await register();
  const watch = async () => {
    throw new GoogleError('events.watch', 503, undefined, undefined);
  };
  expect(await sync({ google: google({ watch }) })).toMatchObject({
    channel: { kind: 'failed', error: { status: 503 } },
  });
  expect(await stores.calendars.load(calendarKey)).toMatchObject({ cursor: 'c1', coveredBefore: now });
});

test('a listing that runs out of time hints itself on', async () => {
  await register();
  const listEvents: GoogleCalendar['listEvents'] = async () => ({
    kind: 'page',
    changes: [],
    timeZone: 'UTC',
    next: { kind: 'more', pageToken: 'p2' },
  });
  let leftMs = minute;
  const remainingMs = () => {
    leftMs -= 20 * second;
    return leftMs;
  };
  const outcome = await syncCalendar(deps({ google: google({ listEvents }) }), { ...received(), remainingMs });
  expect(outcome).toMatchObject({ kind: 'synced', pull: { pages: 1 } });
  expect(sent).toMatchObject([{ hint: { calendarKey, reason: 'continuation' } }]);
});

test('[R6] a listing that an earlier run began covers nothing that came since: it is followed by another', async () => {
  await register();
  const window = { from: now, to: now };
  const step = { kind: 'list', pageToken: 'p2' } as const;
  await stores.calendars.saveCheckpoint(aCalendar(), { startedAt: plusMs(now, -10 * hour), window, page: 1, step });
  expect(await sync()).toMatchObject({ kind: 'synced', pull: { coveredBefore: plusMs(now, -10 * hour) } });
  expect(sent).toMatchObject([{ hint: { calendarKey, reason: 'continuation' } }]);
  sent = [];
  await sync({}, { reason: 'continuation' });
  expect(sent).toEqual([]);
});

test('[R10] a hint for which there is no time left goes back to the queue untouched, and is no failure', async () => {
  await register();
  const outcome = await syncCalendar(deps(), { ...received(), remainingMs: () => second });
  expect(outcome).toEqual({ kind: 'deferred', forMs: 0 });
  expect(calls).toEqual([]);
  expect(await calendarNow()).not.toHaveProperty('trouble');
});

test('[R7] a channel that fires but is not the current one is stopped', async () => {
  await register();
  await sync();
  calls = [];
  const channel = { id: asId<ChannelId>('stray'), resourceId: 'resource' };
  await syncAt(plusMs(now, minute), { reason: 'notification', channel });
  expect(calls.map(({ call }) => call)).toEqual(['stop', 'listEvents']);
});

test('the cached access token is used while it is good', async () => {
  await register();
  await sync();
  expect(new Set(calls.map(({ accessToken }) => accessToken))).toEqual(new Set(['cached']));
});

test('one that is about to expire is refreshed first, and the fresh one is kept sealed', async () => {
  await register();
  const connection = await connectionNow();
  await stores.connections.saveTokens(connection, { accessTokenExpiresAt: plusMs(now, 4 * minute) });
  await sync();
  expect(new Set(calls.map(({ accessToken }) => accessToken))).toEqual(new Set(['fresh']));
  expect(await connectionNow()).toMatchObject({ accessToken: 'sealed:fresh', refreshToken: 'sealed:lasting' });
});

test('a refresh token that Google replaces is kept', async () => {
  await register();
  await stores.connections.saveTokens(await connectionNow(), { accessTokenExpiresAt: now });
  const refresh = async () => ({
    accessToken: 'fresh',
    accessTokenExpiresAt: plusMs(now, hour),
    refreshToken: 'newer',
    scopes: [],
  });
  await sync({ oauth: { refresh } });
  expect(await connectionNow()).toMatchObject({ refreshToken: 'sealed:newer' });
});

test('[F12] a 401 is answered with one refresh and the call is repeated', async () => {
  await register();
  const listEvents: GoogleCalendar['listEvents'] = async ({ accessToken }) => {
    if (accessToken === 'cached') throw new GoogleError('events.list', 401, 'authError', undefined);
    return { kind: 'page', changes: [], timeZone: 'UTC', next: { kind: 'end', cursor: 'c1' } };
  };
  expect(await sync({ google: google({ listEvents }) })).toMatchObject({ kind: 'synced' });
  const alwaysRefused = async () => {
    throw new GoogleError('events.list', 401, 'authError', undefined);
  };
  const again = await syncAt(plusMs(now, minute), {}, { google: google({ listEvents: alwaysRefused }) });
  expect(again).toMatchObject({ kind: 'failed', error: { status: 401 } });
});

test('[R14][F34] a grant that has died stops the calls, keeps everything, and is said', async () => {
  await register();
  await stores.connections.saveTokens(await connectionNow(), { accessTokenExpiresAt: now });
  const refresh = async () => {
    throw new GrantRevoked('invalid_grant');
  };
  expect(await sync({ oauth: { refresh } })).toEqual({ kind: 'acknowledged', because: 'needs_reauth' });
  expect(await connectionNow()).toMatchObject({ state: 'needs_reauth', refreshToken: 'sealed:lasting' });
  expect(calls).toEqual([]);
  expect(await sync()).toEqual({ kind: 'acknowledged', because: 'needs_reauth' });
});

test('[F35] any other trouble with the token is no dead grant', async () => {
  await register();
  await stores.connections.saveTokens(await connectionNow(), { accessTokenExpiresAt: now });
  const refresh = async () => {
    throw new GoogleError('token refresh', 503, undefined, undefined);
  };
  expect(await sync({ oauth: { refresh } })).toMatchObject({ kind: 'failed', error: { status: 503 } });
  expect(await connectionNow()).toMatchObject({ state: 'connected' });
});

describe('[R11] a burst of notifications', () => {
  /** From the queue to us. */
  const deliveryMs = 20;

  /** The queue hands the group's next message out when the one before is done; a deferred one comes back when it may. */
  const receiveAll = async (sentMs: number[], listingMs = 80): Promise<number> => {
    let clockMs = 0;
    for (const sent of sentMs) {
      clockMs = Math.max(clockMs, sent + deliveryMs);
      for (;;) {
        const hint = received({ reason: 'notification' }, plusMs(now, sent));
        const outcome = await syncCalendar(deps(), { ...hint, now: plusMs(now, clockMs) });
        if (outcome.kind === 'synced') clockMs += listingMs;
        if (outcome.kind !== 'deferred') break;
        clockMs += outcome.forMs;
      }
    }
    return calls.filter(({ call }) => call === 'listEvents').length;
  };
  const spread = (count: number, overMs: number) =>
    Array.from({ length: count }, (_, index) => Math.round((index * overMs) / (count - 1)));

  test.each([
    [50, 3_000, 80, 5],
    [50, 200, 80, 2],
    [50, 200, 400, 2],
    [500, 10_000, 80, 12],
    [2, 900, 80, 2],
  ])(
    '[F22] %i within %i ms, each listing taking %i ms, costs at most %i',
    async (count, overMs, listingMs, listings) => {
      await register({ watchable: false });
      expect(await receiveAll(spread(count, overMs), listingMs)).toBeLessThanOrEqual(listings);
    },
  );

  test('costs at most one more, where the clocks leave a doubt, however it is spread', async () => {
    const moments = fc.constantFrom(300, 3_000, 20_000).chain((max) => fc.array(fc.integer({ min: 1, max })));
    await fc.assert(
      fc.asyncProperty(moments, fc.integer({ min: 0, max: 3_000 }), async (moreMs, listingMs) => {
        stores = memoryStores();
        calls = [];
        await stores.connections.create(aConnection({ accessToken: sealed('cached') }));
        await register({ watchable: false });
        const sentMs = [0, ...moreMs].sort((a, b) => a - b);
        expect(await receiveAll(sentMs, listingMs)).toBeLessThanOrEqual(3 + Math.max(...sentMs) / second);
      }),
    );
  });

  test('[R6] is followed by a listing that began after the last of them', async () => {
    await register({ watchable: false });
    await receiveAll(spread(50, 3_000));
    expect(epochMsOf((await calendarNow()).coveredBefore ?? now)).toBeGreaterThan(epochMsOf(now) + 3_000);
  });

  test('whose changes are apart gain no delay: each is listed as it comes', async () => {
    await register({ watchable: false });
    expect(await receiveAll([0, 5_000, 10_000])).toBe(3);
  });
});

describe('trouble with Google', () => {
  const refusing = (status: number | undefined, reason?: string) => ({
    google: google({
      listEvents: async () => {
        throw new GoogleError('events.list', status, reason, undefined);
      },
    }),
  });

  test('[R10] counts on the calendar, once per try, until a complete sync clears it', async () => {
    await register();
    expect(await sync(refusing(500, 'backendError'))).toMatchObject({ kind: 'failed', failures: 1 });
    expect(await sync(refusing(502))).toMatchObject({ kind: 'failed', failures: 2 });
    expect(await calendarNow()).toMatchObject({ trouble: { since: now, failures: 2, reason: 'http_502' } });
    expect(await sync()).toMatchObject({ kind: 'synced' });
    expect(await calendarNow()).not.toHaveProperty('trouble');
  });

  test('[R6] covers nothing', async () => {
    await register();
    await sync(refusing(500, 'backendError'));
    expect(await calendarNow()).not.toHaveProperty('coveredBefore');
    expect(await sync()).toMatchObject({ kind: 'synced' });
  });

  test('that cannot be noted either is still told as what it is', async () => {
    await register();
    const noteTrouble = async () => {
      throw new Crash();
    };
    const outcome = await sync({ ...refusing(503), calendars: { ...stores.calendars, noteTrouble } });
    expect(outcome).toMatchObject({ kind: 'failed', error: { status: 503 } });
  });

  test.each([
    [403, 'forbidden'],
    [403, 'requiredAccessLevel'],
    [403, 'dailyLimitExceeded'],
    [400, 'invalid'],
  ])('[F40] %i %s uses up no tries: it is left to the sweep', async (status, reason) => {
    await register();
    expect(await sync(refusing(status, reason))).toMatchObject({ kind: 'refused', because: 'left-to-sweep' });
    expect(await calendarNow()).toMatchObject({ enabled: true, trouble: { reason, leftToSweep: true } });
    calls = [];
    const passedOver = { kind: 'acknowledged', because: 'left-to-sweep' };
    expect(await sync({}, { reason: 'notification' })).toEqual(passedOver);
    expect(calls).toEqual([]);
    expect(await sync({}, { reason: 'sweep' })).toMatchObject({ kind: 'synced' });
    expect(await calendarNow()).not.toHaveProperty('trouble');
  });

  test('[F25][R7] a calendar that is gone is switched off, and only it, and its channels are stopped', async () => {
    const other = asId<CalendarKey>('another');
    await register();
    await register({ key: other, calendarId: asId('another@example.com') });
    await sync();
    calls = [];

    const outcome = await syncAt(plusMs(now, minute), {}, refusing(404, 'notFound'));
    expect(outcome).toMatchObject({ kind: 'refused', because: 'calendar_gone' });
    expect(calls.map(({ call }) => call)).toEqual(['listEvents', 'stop']);
    const gone = await calendarNow();
    expect(gone).toMatchObject({ enabled: false, disabledBecause: 'calendar_gone', cursor: 'c1' });
    expect(gone).not.toHaveProperty('channel');
    expect(await stores.channels.listOf(userId, calendarKey)).toMatchObject([{ state: 'stopped' }]);
    expect(await stores.calendars.load(other)).toMatchObject({ enabled: true });
    expect(await syncAt(plusMs(now, hour))).toEqual({ kind: 'acknowledged', because: 'retired' });
  });

  test('[F25] one that is gone before it ever had a channel is switched off too', async () => {
    await register();
    const gone = async () => {
      throw new GoogleError('events.watch', 404, 'notFound', undefined);
    };
    const { listEvents } = refusing(404, 'notFound').google;
    expect(await sync({ google: google({ watch: gone, listEvents }) })).toMatchObject({ because: 'calendar_gone' });
    expect(await calendarNow()).toMatchObject({ enabled: false });
    expect(await calendarNow()).not.toHaveProperty('channel');
  });

  test('[R13] a newer worker’s progress is no trouble', async () => {
    await register();
    const listEvents: GoogleCalendar['listEvents'] = async () => {
      await stores.calendars.commitListing(aCalendar(), {
        cursor: 'newer',
        queryVersion: 1,
        coveredBefore: now,
        lastSyncAt: now,
      });
      return { kind: 'page', changes: [], timeZone: 'UTC', next: { kind: 'end', cursor: 'c1' } };
    };
    await expect(sync({ google: google({ listEvents }) })).rejects.toThrow(Superseded);
    expect(await calendarNow()).toMatchObject({ cursor: 'newer' });
    expect(await calendarNow()).not.toHaveProperty('trouble');
  });
});

const calendarNow = async (): Promise<Calendar> =>
  (await stores.calendars.load(calendarKey)) ?? expect.fail('There is no calendar');

const connectionNow = async (): Promise<Connection> =>
  (await stores.connections.load(userId)) ?? expect.fail('There is no connection');
