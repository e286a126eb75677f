/** A user has the channels renewed: marked over stores in memory, and carried out by the job that the hints ask for. */
import { beforeEach, expect, test } from 'vitest';
import { renewWebhooksRoute } from '../../functions/management-api/routes/renew-webhooks.ts';
import { renewWebhooksReply } from '../../functions/management-api/schemas/sync.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import { asId, type CalendarKey } from '../../shared/domain/ids.ts';
import { hour, type Instant, minute, plusMs, second } from '../../shared/domain/instant.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import { apiOver } from '../support/api-calls.ts';
import { calendarKey, now, userId } from '../support/samples.ts';
import { openSyncJob, type SyncJob } from './sync-job.ts';

let job: SyncJob;
let drawn: number;
beforeEach(async () => {
  job = await openSyncJob();
  drawn = 0;
});

const newChannelId = () => asId<NonNullable<Calendar['channel']>['id']>(`channel-${++drawn}`);
const register = (key: string, overrides: Partial<Calendar> = {}) =>
  job.register({ key: asId(key), calendarId: asId(key), ...overrides });
const syncAt = (at: Instant, key: CalendarKey = calendarKey, overrides = {}) =>
  job.syncAt(at, { calendarKey: key, reason: 'manual' }, { newChannelId, ...overrides });
const deps = (ports = {}) => ({
  ...job.stores,
  queue: { send: async (envelope: SyncJob['sent'][number]) => void job.sent.push(envelope) },
  ...ports,
});
const renewAt = async (at: Instant, ports = {}) => {
  const route = renewWebhooksRoute(deps(ports));
  const answer = await apiOver({ renewWebhooks: (request) => route({ ...request, now: at }) })('renewWebhooks');
  return { status: answer.status, ...renewWebhooksReply.parse(answer.body) };
};
const channelOf = async (key: string) => (await job.stores.calendars.load(asId(key)))?.channel;

test('[R7] a new channel takes the place of the old one, which is stopped', async () => {
  await job.register();
  await syncAt(now);
  const later = plusMs(now, hour);
  const stops: string[] = [];
  const google = job.google({
    stop: async (_, { id }) => {
      stops.push(id);
      return 'stopped';
    },
  });
  expect(await renewAt(later)).toMatchObject({ status: 202, id: 'request-1', calendars: [{ state: 'renewing' }] });
  expect(job.sent.map(({ hint }) => hint)).toEqual([{ calendarKey, reason: 'manual', chainId: 'request-1' }]);
  expect(await syncAt(later, calendarKey, { google })).toMatchObject({ channel: { kind: 'renewed' } });
  expect((await job.calendarNow()).channel).toMatchObject({ id: 'channel-2', state: 'active' });
  expect(stops).toEqual(['channel-1']);
});

test('[R7] should the hint be lost, the renewal worker finds it', async () => {
  await job.register();
  await syncAt(now);
  const later = plusMs(now, minute);
  await renewAt(later);
  expect(await job.stores.calendars.listDue(dueShardOf(calendarKey), later, 1)).toEqual([calendarKey]);
});

test('[R11] asking again and again has one channel made in a minute', async () => {
  await job.register();
  for (const ms of [0, 1, 20 * second, minute - 1]) {
    await renewAt(plusMs(now, ms));
    await syncAt(plusMs(now, ms));
  }
  expect(drawn).toBe(1);
  expect((await renewAt(plusMs(now, minute - 1))).calendars).toMatchObject([{ state: 'recent' }]);
  expect((await renewAt(plusMs(now, minute))).calendars).toMatchObject([{ state: 'renewing' }]);
});

test('one that could not be made is tried again at once', async () => {
  await job.register();
  const down = job.google({
    watch: async () => {
      throw new GoogleError('events.watch', 503, undefined, undefined);
    },
  });
  for (let tries = 0; tries < 6; tries++) {
    const due = (await channelOf(calendarKey))?.renewAt ?? now;
    await syncAt(due, calendarKey, { google: down });
  }
  const { renewAt: retryAt = now, createdAt = now } = (await channelOf(calendarKey)) ?? {};
  const asked = plusMs(createdAt, 2 * minute);
  expect(asked < retryAt).toBe(true);
  expect((await renewAt(asked)).calendars).toMatchObject([{ state: 'renewing' }]);
  await syncAt(asked);
  expect(await channelOf(calendarKey)).toMatchObject({ state: 'active' });
});

test('[F26] a calendar that cannot be watched is asked for again, but no more than once a minute', async () => {
  await job.register();
  const unwatchable = job.google({
    watch: async () => {
      throw new GoogleError('events.watch', 400, 'pushNotSupportedForRequestedResource', undefined);
    },
  });
  await syncAt(now, calendarKey, { google: unwatchable });
  for (const ms of [second, minute - 1]) {
    expect((await renewAt(plusMs(now, ms))).calendars).toMatchObject([{ state: 'unwatchable' }]);
  }
  expect(job.sent).toEqual([]);
  expect(await job.calendarNow()).toMatchObject({ watchable: false });

  expect((await renewAt(plusMs(now, minute))).calendars).toMatchObject([{ state: 'unwatchable' }]);
  await syncAt(plusMs(now, minute));
  expect(await job.calendarNow()).toMatchObject({ watchable: true, channel: { state: 'active' } });
});

test('each calendar is answered for; those that want no channel are left alone', async () => {
  await register('a-watched');
  await register('b-not-yet');
  await register('c-polled', { realTimeSync: false });
  await register('d-switched-off', { enabled: false });
  await syncAt(now, asId('a-watched'));
  job.sent.splice(0);
  expect((await renewAt(plusMs(now, hour))).calendars).toEqual([
    { calendarId: 'a-watched', state: 'renewing' },
    { calendarId: 'b-not-yet', state: 'renewing' },
    { calendarId: 'c-polled', state: 'off' },
    { calendarId: 'd-switched-off', state: 'off' },
  ]);
  expect(job.sent.map(({ hint }) => hint.calendarKey)).toEqual(['a-watched', 'b-not-yet']);
});

test('[R13] whoever renews it at this moment is left to it', async () => {
  await job.register();
  await syncAt(now);
  const later = plusMs(now, hour);
  const listOf = async (user: typeof userId) => {
    const read = await job.stores.calendars.listOf(user);
    for (const calendar of read) await job.stores.channels.renewNow(calendar, later);
    await syncAt(later);
    return read;
  };
  expect((await renewAt(later, { calendars: { listOf } })).calendars).toMatchObject([{ state: 'renewing' }]);
  expect(await channelOf(calendarKey)).toMatchObject({ id: 'channel-2' });
  await syncAt(plusMs(later, second));
  expect(await channelOf(calendarKey)).toMatchObject({ id: 'channel-2' });
});

test.each([
  ['who never connected', 'stranger'],
  ['whose consent has ended [R14]', userId],
])('one %s is told to connect, and nothing is sent', async (_, user) => {
  await job.register();
  await job.stores.connections.markNeedsReauth(await job.connectionNow(), { at: now, because: 'revoked' });
  const answer = await apiOver({ renewWebhooks: renewWebhooksRoute(deps()) })('renewWebhooks', { user });
  expect(answer).toMatchObject({ status: 409, body: { type: 'urn:bookedbarber:problem:not-connected' } });
  expect(job.sent).toEqual([]);
});
