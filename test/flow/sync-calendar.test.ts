/** The one job over stores in memory: what it does for each hint, and what stops it. */
import { beforeEach, expect, test } from 'vitest';
import type { Connection, Sealed } from '../../shared/domain/connection.ts';
import { GrantRevoked, RetryLater } from '../../shared/domain/errors.ts';
import { asId, type ChannelId } from '../../shared/domain/ids.ts';
import { hour, minute, plusMs, second } from '../../shared/domain/instant.ts';
import type { Caller, GoogleCalendar } from '../../shared/google/calendar-client.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import type { GoogleOAuth } from '../../shared/google/oauth.ts';
import type { Envelope, Hint } from '../../shared/queue/hint.ts';
import type { TokenVault } from '../../shared/runtime/token-vault.ts';
import { type ReceivedHint, type SyncDeps, syncCalendar } from '../../shared/sync/sync-calendar.ts';
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
  await register({ coveredBefore: plusMs(now, second) });
  expect(await sync()).toMatchObject({ kind: 'synced' });
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
  await stores.calendars.saveCheckpoint(aCalendar(), { startedAt: plusMs(now, -10 * hour), window, pageToken: 'p2' });
  expect(await sync()).toMatchObject({ kind: 'synced', pull: { coveredBefore: plusMs(now, -10 * hour) } });
  expect(sent).toMatchObject([{ hint: { calendarKey, reason: 'continuation' } }]);
  sent = [];
  await sync({}, { reason: 'continuation' });
  expect(sent).toEqual([]);
});

test('[R10] a hint for which there is no time left goes back to the queue untouched', async () => {
  await register();
  await expect(syncCalendar(deps(), { ...received(), remainingMs: () => second })).rejects.toThrow(RetryLater);
  expect(calls).toEqual([]);
});

test('[R7] a channel that fires but is not the current one is stopped', async () => {
  await register();
  await sync();
  calls = [];
  const channel = { id: asId<ChannelId>('stray'), resourceId: 'resource' };
  await sync({}, { reason: 'notification', channel }, plusMs(now, hour));
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
  await expect(sync({ google: google({ listEvents: alwaysRefused }) }, {}, plusMs(now, hour))).rejects.toThrow('401');
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
  await expect(sync({ oauth: { refresh } })).rejects.toThrow('503');
  expect(await connectionNow()).toMatchObject({ state: 'connected' });
});

const connectionNow = async (): Promise<Connection> =>
  (await stores.connections.load(userId)) ?? expect.fail('There is no connection');
