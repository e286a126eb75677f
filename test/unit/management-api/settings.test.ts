import { beforeEach, describe, expect, test } from 'vitest';
import { changeSettingsRoute, settingsRoute } from '../../../functions/management-api/routes/settings.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { apiOver } from '../../support/api-calls.ts';
import { memoryStores, type Stores } from '../../support/memory-store.ts';
import { aConnection, now, userId } from '../../support/samples.ts';

let stores: Stores;
let call: ReturnType<typeof apiOver>;
beforeEach(() => {
  stores = memoryStores();
  call = apiOver({ settings: settingsRoute(stores), changeSettings: changeSettingsRoute(stores) });
});
const connect = () => stores.connections.create(aConnection());
const put = (body: unknown) => call('changeSettings', { body });

const chosen = {
  conflictPolicy: 'manual',
  shared: { ...defaultSettings.shared, clientName: false, price: true },
  readPrivateText: true,
};

test('until something is chosen the defaults hold: how to reach a client stays here', async () => {
  expect(await call('settings')).toMatchObject({ status: 200, body: defaultSettings });
  await connect();
  expect((await call('settings')).body).toMatchObject({ shared: { clientContact: false } });
});

test('what is chosen holds from then on, and is the whole of it', async () => {
  await connect();
  expect(await put(chosen)).toMatchObject({ status: 200, body: chosen });
  expect((await call('settings')).body).toEqual(chosen);
});

test('[R14] consent given again keeps what was chosen', async () => {
  await connect();
  await put(chosen);
  const known = (await stores.connections.load(userId)) ?? expect.fail('There is no connection');
  const { refreshToken, accessToken, accessTokenExpiresAt } = aConnection();
  await stores.connections.resume(known, { refreshToken, accessToken, accessTokenExpiresAt }, now);
  expect((await call('settings')).body).toEqual(chosen);
});

test('without a connection there is nothing to choose', async () => {
  expect(await put(chosen)).toMatchObject({ status: 409, body: { type: 'urn:bookedbarber:problem:not-connected' } });
});

describe('what is wrong, unknown or left out is named', () => {
  const { readPrivateText: _left, ...partial } = chosen;
  test.each<[string, unknown, string]>([
    ['a policy that is none', { ...chosen, conflictPolicy: 'newest' }, 'conflictPolicy'],
    ['no boolean', { ...chosen, shared: { ...chosen.shared, notes: 'yes' } }, 'shared.notes'],
    ['an unknown part', { ...chosen, shared: { ...chosen.shared, address: true } }, 'shared.address'],
    ['a part left out', partial, 'readPrivateText'],
  ])('%s', async (_, body, field) => {
    await connect();
    expect(await put(body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect((await call('settings')).body).toEqual(defaultSettings);
  });
});
