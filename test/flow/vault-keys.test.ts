/** Tokens come under the active data key, whatever happens meanwhile: over stores in memory, and a vault of named keys. */
import { beforeEach, describe, expect, test } from 'vitest';
import {
  resealRoute,
  retireVaultKeyRoute,
  rotateVaultKeyRoute,
  type VaultKeysDeps,
  vaultKeysRoute,
} from '../../functions/management-api/routes/vault-keys.ts';
import { resealReply, retireReply, vaultKeysReply } from '../../functions/management-api/schemas/vault-keys.ts';
import type { Connection, Sealed } from '../../shared/domain/connection.ts';
import { VaultLocked } from '../../shared/domain/errors.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, type Instant, plusMs } from '../../shared/domain/instant.ts';
import type { VaultKeys } from '../../shared/store/vault-keys.ts';
import type { ResealDeps } from '../../shared/vault/reseal.ts';
import { apiOver } from '../support/api-calls.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aConnection, now } from '../support/samples.ts';

let stores: Stores;
let ring: { keys: string[]; since: Instant | undefined };
let errors: unknown[][];
beforeEach(() => {
  stores = memoryStores();
  ring = { keys: ['k1'], since: undefined };
  errors = [];
});

const activeId = () => ring.keys.at(-1) ?? '';
const vaultKeys: VaultKeys = {
  list: async () => ring.keys.map((id) => ({ id, madeAt: now })),
  active: async () => ({ id: activeId(), ...(ring.since && { since: ring.since }) }),
  rotate: async (since) => {
    ring = { keys: [...ring.keys, `k${ring.keys.length + 1}`], since };
    return { id: activeId(), since };
  },
  remove: async (id) => {
    ring.keys = ring.keys.filter((key) => key !== id);
  },
};
const vault = {
  seal: async (text: string) => `v1.${activeId()}.${text}` as Sealed,
  open: async (sealed: Sealed) => {
    const [, key = '', text = ''] = sealed.split('.');
    if (!ring.keys.includes(key)) throw new VaultLocked(`KMS does not unwrap data key ${key}: AccessDeniedException`);
    return text;
  },
};
const deps = (overrides: Partial<Stores['connections']> = {}): VaultKeysDeps & ResealDeps => ({
  vaultKeys,
  vault,
  connections: { ...stores.connections, ...overrides },
  dataKeys: { lookUpActive: async () => activeId() },
  log: { error: (message, _error, fields) => void errors.push([message, fields]) },
});
const api = (overrides: Partial<Stores['connections']> = {}) =>
  apiOver({
    vaultKeys: vaultKeysRoute(deps(overrides)),
    rotateVaultKey: rotateVaultKeyRoute(deps(overrides)),
    reseal: resealRoute(deps(overrides)),
    retireVaultKey: retireVaultKeyRoute(deps(overrides)),
  });
const reseal = async (overrides: Partial<Stores['connections']> = {}) =>
  resealReply.parse((await api(overrides)('reseal')).body);
const retire = (id: string) => api()('retireVaultKey', { body: { id } });

const users = ['ann', 'bob', 'cid'].map((name) => asId<Connection['userId']>(name));
const connectAll = async () => {
  for (const userId of users) {
    const tokens = { refreshToken: await vault.seal('refresh'), accessToken: await vault.seal('access') };
    await stores.connections.create(aConnection({ userId, ...tokens }));
  }
};
const tokensOf = async (userId = users[0]) => {
  const connection = userId && (await stores.connections.load(userId));
  if (!connection || connection.state === 'disconnected') return expect.fail('It is not connected');
  return [connection.refreshToken, connection.accessToken];
};
const longAgo = plusMs(now, -3 * hour);

test('after a rotation every token is brought under the new key, once; then nothing is left to do', async () => {
  await connectAll();
  expect(await reseal()).toEqual({ resealed: 0, failed: 0, more: false });
  expect((await api()('rotateVaultKey')).body).toEqual({ id: 'k2', since: now });
  expect(await reseal()).toEqual({ resealed: 3, failed: 0, more: false });
  expect(await tokensOf()).toEqual(['v1.k2.refresh', 'v1.k2.access']);
  expect(await reseal()).toEqual({ resealed: 0, failed: 0, more: false });
});

test('[R13] a token that a job has renewed meanwhile stays as the job has written it, and comes next', async () => {
  await connectAll();
  await vaultKeys.rotate(longAgo);
  const renewed = 'v1.k1.fresher' as Sealed;
  const racing: Stores['connections']['reseal'] = async (read, tokens) => {
    if (read.userId === users[0]) await stores.connections.saveTokens(read, { accessToken: renewed });
    return stores.connections.reseal(read, tokens);
  };
  expect(await reseal({ reseal: racing })).toEqual({ resealed: 2, failed: 0, more: true });
  expect(await tokensOf()).toEqual(['v1.k1.refresh', renewed]);
  expect(await reseal()).toEqual({ resealed: 1, failed: 0, more: false });
  expect(await tokensOf()).toEqual(['v1.k2.refresh', 'v1.k2.fresher']);
});

test('[F43] tokens that cannot be opened hold up no others, and it is told whose they are', async () => {
  await connectAll();
  await stores.connections.create(
    aConnection({ userId: asId('dee'), refreshToken: 'v1.k1.refresh' as Sealed, accessToken: 'v1.k9.lost' as Sealed }),
  );
  await vaultKeys.rotate(longAgo);
  expect(await reseal()).toEqual({ resealed: 3, failed: 1, more: false });
  expect(errors).toEqual([['The tokens of a connection could not be sealed anew', { userId: 'dee' }]]);
});

describe('a key', () => {
  beforeEach(async () => {
    await connectAll();
    await vaultKeys.rotate(longAgo);
  });

  test('is told of with what it is for, and nothing else', async () => {
    expect(vaultKeysReply.parse((await api()('vaultKeys')).body)).toEqual({
      active: { id: 'k2', since: longAgo },
      items: [
        { id: 'k1', madeAt: now, active: false, inUse: true },
        { id: 'k2', madeAt: now, active: true, inUse: false },
      ],
    });
  });

  test('is retired once nothing needs it, and not before', async () => {
    expect(await retire('k1')).toMatchObject({
      status: 409,
      body: { type: 'urn:bookedbarber:problem:vault-key-kept' },
    });
    await reseal();
    expect(retireReply.parse((await retire('k1')).body)).toEqual({ retired: 'k1' });
    expect(ring.keys).toEqual(['k2']);
    expect(await vault.open((await tokensOf())[0] as Sealed)).toBe('refresh');
  });

  test('that is active, or was until a moment ago, is kept', async () => {
    await reseal();
    expect(await retire('k2')).toMatchObject({ status: 409 });
    ring.since = plusMs(now, -hour);
    expect(await retire('k1')).toMatchObject({ status: 409 });
    expect(ring.keys).toEqual(['k1', 'k2']);
  });

  test('that is not there is not found; what is no key is refused', async () => {
    expect(await retire('k7')).toMatchObject({ status: 404 });
    expect(await retire('../k1')).toMatchObject({ status: 400, body: { errors: [{ field: 'id' }] } });
  });
});
