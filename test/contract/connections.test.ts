/** What the store of connections, and of what is sealed in them, promises, whichever implementation it is. */
import { describe, expect, test } from 'vitest';
import type { Sealed } from '../../shared/domain/connection.ts';
import { Superseded } from '../../shared/domain/errors.ts';
import { asId, type UserId } from '../../shared/domain/ids.ts';
import { hour, plusMs } from '../../shared/domain/instant.ts';
import { defaultSettings, type Settings } from '../../shared/domain/settings.ts';
import type { Stores } from '../support/memory-store.ts';
import { aConnection, now, userId } from '../support/samples.ts';
import { implementations } from './implementations.ts';

const ended = { at: now, because: 'testing_period' } as const;

describe.each(implementations)('connections %s', (_, fresh) => {
  const grant = {
    refreshToken: 'another' as Sealed,
    accessToken: 'fresh' as Sealed,
    accessTokenExpiresAt: plusMs(now, 2 * hour),
  };

  test('are created once and resumed only by who has read them', async () => {
    const { connections } = await fresh();
    expect(await connections.load(userId)).toBeUndefined();
    await connections.create(aConnection());
    await expect(connections.create(aConnection())).rejects.toThrow(Superseded);
    await connections.markNeedsReauth(aConnection(), ended);
    await connections.setRealTimeSync(aConnection(), false);

    await connections.resume(aConnection(), grant, now);
    const resumed = aConnection({ ...grant, realTimeSync: false, since: now });
    expect(await connections.load(userId)).toEqual(resumed);
    await expect(connections.resume(aConnection(), grant, now)).rejects.toThrow(Superseded);
    await expect(connections.markNeedsReauth(aConnection(), ended)).rejects.toThrow(Superseded);
  });

  test('are found by user, absent ones left out', async () => {
    const { connections } = await fresh();
    const other = aConnection({ userId: asId('barber-2') });
    for (const connection of [aConnection(), other]) await connections.create(connection);
    const found = await connections.loadMany([userId, other.userId, asId('nobody')]);
    expect(new Set(found)).toEqual(new Set([aConnection(), other]));
  });

  test('[R13] tokens of an older grant are not saved over a newer one', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection());
    const tokens = { accessToken: 'fresh' as Sealed, accessTokenExpiresAt: now };
    await connections.saveTokens(aConnection(), tokens);
    expect(await connections.load(userId)).toEqual(aConnection(tokens));
    const older = [aConnection({ refreshToken: 'old' as Sealed }), aConnection({ connectGeneration: 9 })];
    for (const read of older) await expect(connections.saveTokens(read, tokens)).rejects.toThrow(Superseded);
  });
});

describe.each(implementations)('sealed tokens %s', (_, fresh) => {
  const sealed = (dataKey: string, text: string) => `v1.${dataKey}.${text}` as Sealed;
  const old = aConnection({ refreshToken: sealed('k1', 'refresh'), accessToken: sealed('k1', 'access') });
  const anew = { refreshToken: sealed('k2', 'refresh'), accessToken: sealed('k2', 'access') };
  const under = async ({ connections }: Stores) =>
    Object.fromEntries(
      await Promise.all(['k1', 'k2'].map(async (key) => [key, await connections.listSealedUnder(key, 10)] as const)),
    );

  test('are found by the data key that they need, as far as is asked for', async () => {
    const stores = await fresh();
    const users = ['a', 'b', 'c'].map((name) => asId<UserId>(name));
    for (const user of users) await stores.connections.create({ ...old, userId: user });
    expect(await stores.connections.listSealedUnder('k1', 10)).toEqual(users);
    expect(await stores.connections.listSealedUnder('k1', 2)).toEqual(users.slice(0, 2));
    expect(await stores.connections.listSealedUnder('k2', 10)).toEqual([]);
  });

  test('move to another key with every write that brings a new refresh token', async () => {
    const stores = await fresh();
    await stores.connections.create(old);
    await stores.connections.saveTokens(old, { accessToken: anew.accessToken });
    expect(await under(stores)).toEqual({ k1: [userId], k2: [] });
    await stores.connections.resume(old, { accessTokenExpiresAt: now, ...anew }, now);
    expect(await under(stores)).toEqual({ k1: [], k2: [userId] });
  });

  test('are sealed anew only over those that were read: a refresh meanwhile wins', async () => {
    const stores = await fresh();
    await stores.connections.create(old);
    const refreshed = sealed('k1', 'fresher');
    await stores.connections.saveTokens(old, { accessToken: refreshed });
    await expect(stores.connections.reseal(old, anew)).rejects.toThrow(Superseded);
    expect(await stores.connections.load(userId)).toMatchObject({ accessToken: refreshed });

    await stores.connections.reseal({ ...old, accessToken: refreshed }, anew);
    expect(await stores.connections.load(userId)).toEqual({ ...old, ...anew });
    expect(await under(stores)).toEqual({ k1: [], k2: [userId] });
  });
});

describe.each(implementations)('connections that end and begin anew %s', (_, fresh) => {
  const settings: Settings = { ...defaultSettings, conflictPolicy: 'google_wins' };
  const grant = {
    refreshToken: 'r2' as Sealed,
    accessToken: 'a2' as Sealed,
    accessTokenExpiresAt: now,
    grantedAt: now,
  };
  const {
    refreshToken: _r,
    accessToken: _a,
    accessTokenExpiresAt: _e,
    state: _s,
    ...lasting
  } = aConnection({ settings });
  const ended = { ...lasting, state: 'disconnected' as const, connectGeneration: 2, since: now };

  test('[R13] leave no token behind, and no worker of before writes any more', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection({ settings, refreshTokenExpiresAt: now }));
    await connections.disconnect(aConnection(), now);
    expect(await connections.load(userId)).toEqual(ended);
    const late = aConnection();
    await expect(connections.saveTokens(late, grant)).rejects.toThrow(Superseded);
    await expect(connections.markNeedsReauth(late, { at: now, because: 'revoked' })).rejects.toThrow(Superseded);
    await expect(connections.disconnect(late, now)).rejects.toThrow(Superseded);
    await expect(connections.resume(late, grant, now)).rejects.toThrow(Superseded);
    expect(await connections.load(userId)).toEqual(ended);
  });

  test('keep the settings, and nothing of an older grant', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection({ settings, refreshTokenExpiresAt: now, endedBecause: 'time_limit' }));
    const next = { account: 'other@example.com', realTimeSync: true, grant };
    const later = plusMs(now, hour);
    await connections.startAfresh(aConnection(), next, later);
    const { grant: _g, ...named } = next;
    const afresh = aConnection({ settings, ...named, ...grant, connectGeneration: 2, since: later });
    expect(await connections.load(userId)).toEqual(afresh);
    await expect(connections.startAfresh(aConnection(), next, later)).rejects.toThrow(Superseded);
  });

  test('begin anew from having been ended', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection());
    await connections.disconnect(aConnection(), now);
    const read = (await connections.load(userId)) ?? expect.fail('There is no connection');
    await connections.startAfresh(read, { account: 'barber-1@example.com', realTimeSync: false, grant }, now);
    expect(await connections.load(userId)).toMatchObject({ state: 'connected', connectGeneration: 3, ...grant });
    await expect(connections.startAfresh(read, { account: 'x', realTimeSync: true, grant }, now)).rejects.toThrow(
      Superseded,
    );
  });
});

describe.each(implementations)('settings of a connection %s', (_, fresh) => {
  const settings: Settings = { ...defaultSettings, conflictPolicy: 'google_wins' };
  const tokens = { accessToken: 'fresh' as Sealed, refreshToken: 'rotated' as Sealed, accessTokenExpiresAt: now };

  test('outlive new tokens and a new consent', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection());
    await connections.saveSettings(aConnection(), settings);
    await connections.saveTokens(aConnection(), tokens);
    const renewed = aConnection({ ...tokens, settings });
    expect(await connections.load(userId)).toEqual(renewed);
    await connections.markNeedsReauth(renewed, ended);
    expect(await connections.load(userId)).toMatchObject({
      state: 'needs_reauth',
      since: now,
      endedBecause: ended.because,
    });
    await connections.resume(renewed, tokens, now);
    expect(await connections.load(userId)).toEqual({ ...renewed, since: now });
  });

  test('are saved although the tokens have been renewed meanwhile', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection());
    await connections.saveTokens(aConnection(), tokens);
    await connections.saveSettings(aConnection(), settings);
    expect(await connections.load(userId)).toEqual(aConnection({ ...tokens, settings }));
  });

  test('[R13] are not saved over another connection', async () => {
    const { connections } = await fresh();
    await expect(connections.saveSettings(aConnection(), settings)).rejects.toThrow(Superseded);
    await connections.create(aConnection({ connectGeneration: 2 }));
    await expect(connections.saveSettings(aConnection(), settings)).rejects.toThrow(Superseded);
    expect(await connections.load(userId)).toEqual(aConnection({ connectGeneration: 2 }));
  });
});
