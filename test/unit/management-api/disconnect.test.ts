/** The route that disconnects, and what the other routes say of a connection that was ended. */
import { beforeEach, describe, expect, test } from 'vitest';
import { calendarsRoute, chooseCalendarRoute } from '../../../functions/management-api/routes/calendars.ts';
import { disconnectRoute } from '../../../functions/management-api/routes/disconnect.ts';
import { healthRoute } from '../../../functions/management-api/routes/health.ts';
import { switchRoute } from '../../../functions/management-api/routes/real-time-sync.ts';
import { disconnectReply } from '../../../functions/management-api/schemas/connecting.ts';
import { GoogleError } from '../../../shared/google/google-error.ts';
import { apiOver } from '../../support/api-calls.ts';
import { memoryStores, type Stores } from '../../support/memory-store.ts';
import { aCalendar, aConnection, now, userId } from '../../support/samples.ts';

let stores: Stores;
let call: ReturnType<typeof apiOver>;
let revoke: () => Promise<void>;
let logged: string[];
beforeEach(async () => {
  stores = memoryStores();
  revoke = async () => undefined;
  logged = [];
  const deps = {
    ...stores,
    google: { stop: () => expect.fail('There is no channel') },
    oauth: async () => ({ refresh: () => expect.fail('Nothing is refreshed'), revoke: () => revoke() }),
    vault: { seal: () => expect.fail('Nothing is sealed'), open: async () => 'token' },
    within: <T>(work: Promise<T>) => work,
    queue: { send: () => expect.fail('Nobody is told') },
    requests: { load: async () => undefined },
    log: { info: () => undefined, error: (message: string) => void logged.push(message) },
  };
  call = apiOver({
    disconnect: disconnectRoute(deps),
    health: healthRoute(deps),
    enable: switchRoute(deps, true),
    calendars: calendarsRoute(deps),
    chooseCalendar: chooseCalendarRoute(deps),
  });
  await stores.connections.create(aConnection());
  await stores.calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
});

describe('[F37] the reply says what Google was told', () => {
  const reply = async (body?: unknown) => {
    const answer = await call('disconnect', { body });
    expect(answer.status).toBe(200);
    return disconnectReply.parse(answer.body);
  };

  test('when it answers', async () => {
    expect(await reply()).toMatchObject({ disconnected: true, revoked: true, more: false });
    expect(logged).toEqual([]);
  });

  test('when it does not, and what the user can do', async () => {
    revoke = async () => {
      throw new GoogleError('token revocation', 503, undefined, undefined);
    };
    const { revoked, message } = await reply({});
    expect(revoked).toBe(false);
    expect(message).toContain('https://myaccount.google.com/connections');
    expect(logged).toEqual(['Google was not told all of a disconnection']);
  });

  test('when the user asks again', async () => {
    await reply({ blocks: 'release' });
    expect(await reply({ blocks: 'keep' })).toMatchObject({
      revoked: false,
      message: expect.stringContaining('before'),
    });
  });

  test('when the grant had died: there was nothing to tell', async () => {
    revoke = () => expect.fail('Google was called');
    await stores.connections.markNeedsReauth(aConnection(), { at: now, because: 'revoked' });
    expect(await reply()).toMatchObject({ revoked: true });
  });
});

test.each([
  ['an unknown choice', { blocks: 'burn' }, 'blocks'],
  ['an unknown field', { block: 'keep' }, 'block'],
])('%s is refused, and nothing is done', async (_, body, field) => {
  expect(await call('disconnect', { body })).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  expect(await stores.connections.load(userId)).toEqual(aConnection());
});

test('[R15] another user has nothing to disconnect, and ends nothing', async () => {
  expect(await call('disconnect', { user: 'barber-2' })).toMatchObject({ status: 409 });
  expect(await stores.connections.load(userId)).toEqual(aConnection());
});

test('once ended, nothing can be switched, and there is nothing to judge', async () => {
  await call('disconnect');
  for (const route of ['enable', 'health'] as const) expect(await call(route)).toMatchObject({ status: 409 });
  expect(await call('calendars')).toMatchObject({ status: 200, body: { items: [] } });
  const choice = { id: aCalendar().calendarId, body: { enabled: true, role: 'blocks' } };
  expect(await call('chooseCalendar', choice)).toMatchObject({ status: 404 });
});

test('[F38] health names what mends a grant that ends every week', async () => {
  await stores.connections.markNeedsReauth(aConnection(), { at: now, because: 'testing_period' });
  expect(await call('health')).toMatchObject({ body: { score: 0, reason: expect.stringContaining('Publish app') } });
});
