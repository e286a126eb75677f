/** The one job over stores in memory: what it does for each hint, and what it leaves alone. */
import { beforeEach, expect, test } from 'vitest';
import { GrantRevoked, RetryLater } from '../../shared/domain/errors.ts';
import { asId, type ChannelId } from '../../shared/domain/ids.ts';
import { hour, minute, plusMs, second } from '../../shared/domain/instant.ts';
import type { EventsPage, GoogleCalendar } from '../../shared/google/calendar-api.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import { syncCalendar } from '../../shared/sync/sync-calendar.ts';
import { Crash } from '../support/faulty.ts';
import { aCalendar, calendarKey, now } from '../support/samples.ts';
import { openSyncJob, received, type SyncJob } from './sync-job.ts';

let job: SyncJob;
beforeEach(async () => {
  job = await openSyncJob();
});

test('the channel comes first, then the listing: what changes in between is notified [R6]', async () => {
  await job.register();
  expect(await job.sync()).toMatchObject({
    kind: 'synced',
    channel: { kind: 'created' },
    pull: { coveredBefore: now },
  });
  expect(job.called()).toEqual(['watch', 'listEvents']);
});

test('[F13] a calendar that is not written yet is tried again later', async () => {
  await expect(job.sync()).rejects.toThrow(RetryLater);
});

test('[F16] a state that cannot be read is not taken for one that is not there: the hint is not acknowledged', async () => {
  await job.register();
  const unreachable = async () => {
    throw new Crash();
  };
  const { calendars, connections } = job.stores;
  await expect(job.sync({ calendars: { ...calendars, load: unreachable } })).rejects.toThrow(Crash);
  await expect(job.sync({ connections: { ...connections, load: unreachable } })).rejects.toThrow(Crash);
  expect(await job.sync()).toMatchObject({ kind: 'synced' });
});

test.each([
  ['a calendar that is switched off', { enabled: false }, {}, 'retired'],
  ['[F10] a notification of an older connection', { connectGeneration: 2 }, { connectGeneration: 1 }, 'old_connection'],
  ['a notification while real-time sync is off', { realTimeSync: false }, { reason: 'notification' }, 'push_off'],
  [
    '[R11] what a complete sync has covered',
    { coveredBefore: plusMs(now, 2 * second), watchable: false },
    {},
    'covered',
  ],
] as const)('%s is acknowledged without a call to Google', async (_, calendar, hint, because) => {
  await job.register(calendar);
  expect(await job.sync({}, hint)).toEqual({ kind: 'acknowledged', because });
  expect(job.calls).toEqual([]);
});

test('[R7] the channel of a calendar that is switched off is stopped by whatever comes next, and nothing is listed', async () => {
  await job.register();
  await job.sync();
  const { role } = await job.calendarNow();
  await job.stores.calendars.setSwitches(await job.calendarNow(), { enabled: false, role }, now);
  job.forgetCalls();
  expect(await job.sync({}, { reason: 'disabled' })).toMatchObject({ kind: 'closed' });
  expect(job.called()).toEqual(['stop']);
  expect(await job.sync({}, { reason: 'sweep' })).toEqual({ kind: 'acknowledged', because: 'retired' });
});

test('[R6] a hint sent within a second of the last sync’s start is not taken for covered', async () => {
  await job.register({ coveredBefore: plusMs(now, -5 * second) });
  expect(await job.sync({}, {}, plusMs(now, -6 * second))).toMatchObject({ kind: 'synced' });
});

test('trouble with the channel does not hold up the pull, and is told', async () => {
  await job.register();
  const watch = async () => {
    throw new GoogleError('events.watch', 503, undefined, undefined);
  };
  expect(await job.sync({ google: job.google({ watch }) })).toMatchObject({
    channel: { kind: 'failed', error: { status: 503 } },
  });
  expect(await job.stores.calendars.load(calendarKey)).toMatchObject({ cursor: 'c1', coveredBefore: now });
});

test('a listing that runs out of time hints itself on', async () => {
  await job.register();
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
  const outcome = await syncCalendar(job.deps({ google: job.google({ listEvents }) }), { ...received(), remainingMs });
  expect(outcome).toMatchObject({ kind: 'synced', pull: { pages: 1 } });
  expect(job.sent).toMatchObject([{ hint: { calendarKey, reason: 'continuation' } }]);
});

test('[R6] a listing that an earlier run began covers nothing that came since: it is followed by another', async () => {
  await job.register();
  const window = { from: now, to: now };
  const step = { kind: 'list', pageToken: 'p2' } as const;
  await job.stores.calendars.saveCheckpoint(aCalendar(), { startedAt: plusMs(now, -10 * hour), window, page: 1, step });
  expect(await job.sync()).toMatchObject({ kind: 'synced', pull: { coveredBefore: plusMs(now, -10 * hour) } });
  expect(job.sent).toMatchObject([{ hint: { calendarKey, reason: 'continuation' } }]);
  job.sent.splice(0);
  await job.sync({}, { reason: 'continuation' });
  expect(job.sent).toEqual([]);
});

test('[R10] a hint for which there is no time left goes back to the queue untouched, and is no failure', async () => {
  await job.register();
  const outcome = await syncCalendar(job.deps(), { ...received(), remainingMs: () => second });
  expect(outcome).toEqual({ kind: 'deferred', forMs: 0 });
  expect(job.calls).toEqual([]);
  expect(await job.calendarNow()).not.toHaveProperty('trouble');
});

test('[R7] a channel that fires but is not the current one is stopped', async () => {
  await job.register();
  await job.sync();
  job.forgetCalls();
  const channel = { id: asId<ChannelId>('stray'), resourceId: 'resource' };
  await job.syncAt(plusMs(now, minute), { reason: 'notification', channel });
  expect(job.called()).toEqual(['stop', 'listEvents']);
});

test('the cached access token is used while it is good', async () => {
  await job.register();
  await job.sync();
  expect(new Set(job.calls.map(({ accessToken }) => accessToken))).toEqual(new Set(['cached']));
});

test('one that is about to expire is refreshed first, and the fresh one is kept sealed', async () => {
  await job.register();
  const connection = await job.connectionNow();
  await job.stores.connections.saveTokens(connection, { accessTokenExpiresAt: plusMs(now, 4 * minute) });
  await job.sync();
  expect(new Set(job.calls.map(({ accessToken }) => accessToken))).toEqual(new Set(['fresh']));
  expect(await job.connectionNow()).toMatchObject({ accessToken: 'sealed:fresh', refreshToken: 'sealed:lasting' });
});

test('a refresh token that Google replaces is kept', async () => {
  await job.register();
  await job.stores.connections.saveTokens(await job.connectionNow(), { accessTokenExpiresAt: now });
  const refresh = async () => ({
    accessToken: 'fresh',
    accessTokenExpiresAt: plusMs(now, hour),
    refreshToken: 'newer',
    scopes: [],
  });
  await job.sync({ oauth: { refresh } });
  expect(await job.connectionNow()).toMatchObject({ refreshToken: 'sealed:newer' });
});

test('[F12] an access token that dies between two pages is refreshed once, and the listing goes on where it was', async () => {
  await job.register();
  const pages: (string | undefined)[] = [];
  const listEvents: GoogleCalendar['listEvents'] = async ({ accessToken }, { pageToken }) => {
    if (pageToken !== undefined && accessToken === 'cached') throw unauthorized();
    pages.push(pageToken);
    const next = pageToken === undefined ? { kind: 'more', pageToken: 'p2' } : { kind: 'end', cursor: 'c1' };
    return { kind: 'page', changes: [], timeZone: 'UTC', next: next as EventsPage['next'] };
  };
  expect(await job.sync({ google: job.google({ listEvents }) })).toMatchObject({ kind: 'synced', pull: { pages: 2 } });
  expect(pages).toEqual([undefined, 'p2']);
});

test('[F12] a 401 is answered with one refresh, and no second one', async () => {
  await job.register();
  const listEvents = async () => {
    throw unauthorized();
  };
  expect(await job.sync({ google: job.google({ listEvents }) })).toMatchObject({
    kind: 'failed',
    error: { status: 401 },
  });
  expect(job.calls.filter(({ call }) => call === 'listEvents').map(({ accessToken }) => accessToken)).toEqual([
    'cached',
    'fresh',
  ]);
});

const unauthorized = () => new GoogleError('events.list', 401, 'authError', undefined);

test('[R14][F34] a grant that has died stops the calls, keeps everything, and is said', async () => {
  await job.register();
  await job.stores.connections.saveTokens(await job.connectionNow(), { accessTokenExpiresAt: now });
  const refresh = async () => {
    throw new GrantRevoked('invalid_grant');
  };
  expect(await job.sync({ oauth: { refresh } })).toEqual({ kind: 'acknowledged', because: 'needs_reauth' });
  expect(await job.connectionNow()).toMatchObject({ state: 'needs_reauth', refreshToken: 'sealed:lasting' });
  expect(job.calls).toEqual([]);
  expect(await job.sync()).toEqual({ kind: 'acknowledged', because: 'needs_reauth' });
});

test('[F35] any other trouble with the token is no dead grant', async () => {
  await job.register();
  await job.stores.connections.saveTokens(await job.connectionNow(), { accessTokenExpiresAt: now });
  const refresh = async () => {
    throw new GoogleError('token refresh', 503, undefined, undefined);
  };
  expect(await job.sync({ oauth: { refresh } })).toMatchObject({ kind: 'failed', error: { status: 503 } });
  expect(await job.connectionNow()).toMatchObject({ state: 'connected' });
});
