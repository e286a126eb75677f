/** Asking for a sync over stores in memory: who may, what is sent, and in which order. */
import { beforeEach, expect, test } from 'vitest';
import { compareRoute } from '../../functions/management-api/routes/compare.ts';
import { statusRoute } from '../../functions/management-api/routes/real-time-sync.ts';
import { type SyncRouteDeps, syncRoute } from '../../functions/management-api/routes/sync.ts';
import { statusReply } from '../../functions/management-api/schemas/sync.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { Envelope } from '../../shared/queue/hint.ts';
import type { SyncRequest } from '../../shared/store/sync-requests.ts';
import { admit } from '../../shared/sync/admit.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aCalendar, aConnection, now, userId } from '../support/samples.ts';

let stores: Stores;
let done: (Envelope | SyncRequest)[];
beforeEach(() => {
  stores = memoryStores();
  done = [];
});

const chainId = asId<SyncRequest['id']>('request');
const deps = (): SyncRouteDeps => ({
  ...stores,
  requests: { save: async (_, request) => void done.push(request) },
  queue: { send: async (envelope) => void done.push(envelope) },
});
const ask = () => syncRoute(deps())({ userId, params: {}, query: {}, headers: {}, body: undefined, now, chainId });
const { userId: _user, account, connectGeneration, realTimeSync } = aConnection();
const anEnded = { userId, account, connectGeneration, realTimeSync };
const register = (key: string, overrides = {}) =>
  stores.calendars.register(aCalendar({ key: asId(key), calendarId: asId(key), ...overrides }), {
    dueAt: now,
    renewChannel: false,
  });

test('[R6] the request is noted first; then every calendar that is synced is hinted, push on or off', async () => {
  await stores.connections.create(aConnection({ realTimeSync: false }));
  await register('one');
  await register('unwatched', { realTimeSync: false, watchable: false });
  await register('not-synced', { enabled: false });
  expect(await ask()).toEqual({ status: 202, body: { id: 'request' } });
  expect(done).toEqual([
    { id: 'request', requestedAt: now },
    expect.objectContaining({ hint: { calendarKey: 'one', reason: 'manual', chainId } }),
    expect.objectContaining({ hint: { calendarKey: 'unwatched', reason: 'manual', chainId } }),
  ]);
});

test.each([
  ['runs', aConnection(), { state: 'running' }],
  ['waits for consent', aConnection({ state: 'needs_reauth' }), { state: 'running' }],
  ['is over with the connection', { ...anEnded, state: 'disconnected' as const }, undefined],
])('[F60] a sync that was asked for %s', async (_, connection, manualSync) => {
  await stores.connections.create(connection);
  await register('one');
  const request = { userId, params: {}, query: {}, headers: {}, body: undefined, now, chainId };
  const requests = { load: async () => ({ id: chainId, requestedAt: now }) };
  const reply = await statusRoute({ ...deps(), ...stores, requests })(request);
  const { manualSync: shown } = statusReply.parse('body' in reply && reply.body);
  expect(shown).toEqual(manualSync && expect.objectContaining(manualSync));
});

test('a calendar without push admits it', () => {
  const hint: Envelope['hint'] = { calendarKey: aCalendar().key, reason: 'manual', chainId };
  expect(admit(aCalendar({ realTimeSync: false }), { hint, sentAt: now, now })).toEqual({ kind: 'sync' });
});

test('a comparison is asked for each calendar that is synced', async () => {
  await stores.connections.create(aConnection());
  await register('one');
  await register('not-synced', { enabled: false });
  const request = { userId, params: {}, query: {}, headers: {}, body: undefined, now, chainId };
  expect(await compareRoute(deps())(request)).toEqual({ status: 202, body: { id: 'request' } });
  expect(done).toMatchObject([{ hint: { calendarKey: 'one', reason: 'compare', chainId } }]);
});

test.each([
  ['who never connected', undefined],
  ['whose consent has ended [F36]', aConnection({ state: 'needs_reauth' })],
])('one %s is told to connect, and nothing is sent', async (_, connection) => {
  if (connection !== undefined) await stores.connections.create(connection);
  await register('one');
  const request = { userId, params: {}, query: {}, headers: {}, body: undefined, now, chainId };
  await expect(ask()).rejects.toMatchObject({ slug: 'not-connected', status: 409 });
  await expect(compareRoute(deps())(request)).rejects.toMatchObject({ slug: 'not-connected', status: 409 });
  expect(done).toEqual([]);
});
