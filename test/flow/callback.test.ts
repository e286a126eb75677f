/** The callback route: it sends the user back to a page that the stage config knows, never to one that a request names. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { callbackRoute } from '../../functions/management-api/routes/callback.ts';
import { connectRoute } from '../../functions/management-api/routes/connect.ts';
import type { ConnectDeps } from '../../shared/connections/connect.ts';
import { askConsent, type ConsentDeps } from '../../shared/connections/consent.ts';
import type { Sealed } from '../../shared/domain/connection.ts';
import { GrantRevoked } from '../../shared/domain/errors.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, minute, plusMs } from '../../shared/domain/instant.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import { scopes } from '../../shared/google/oauth.ts';
import type { Log } from '../../shared/runtime/observability.ts';
import { memoryStores } from '../support/memory-store.ts';
import { aConnection, now, userId } from '../support/samples.ts';

const callbackPages = { settings: 'https://app.example.com/settings?tab=calendar' };
const request = { params: {}, headers: {}, body: undefined, now, chainId: asId<never>('chain') };

let logged: string[];
const log: Log = { info: () => undefined, error: (message) => void logged.push(message) };

let consentDeps: ConsentDeps;
let deps: Parameters<typeof callbackRoute>[0];
beforeEach(() => {
  logged = [];
  const stores = memoryStores();
  consentDeps = {
    states: stores.states,
    redirectUri: 'https://api.example.com/callback',
    newSecret: () => 'state',
    oauth: {
      authorizationUrl: () => 'https://google.example/',
      exchange: async ({ code }) => {
        if (code !== 'good') throw new GrantRevoked('used up');
        const granted = Object.values(scopes);
        return { accessToken: 'a', accessTokenExpiresAt: plusMs(now, hour), refreshToken: 'r', scopes: granted };
      },
      refresh: () => expect.fail('Nothing is refreshed here'),
      revoke: () => expect.fail('Nothing is revoked here'),
    },
  };
  const mine = { primary: true, owned: true, writable: true };
  const primary = { id: asId<never>('ann@example.com'), summary: '', timeZone: 'UTC', ...mine };
  const connecting: ConnectDeps = {
    ...stores,
    google: { listCalendars: async () => [primary] } as Partial<ConnectDeps['google']> as ConnectDeps['google'],
    vault: { seal: async (text) => text as Sealed, open: async (text) => text },
    queue: { send: async () => undefined },
    oauth: async () => consentDeps.oauth,
    within: (work) => work,
  };
  deps = { consent: async () => consentDeps, connecting, callbackPages, log };
});

const consented = (returnTo?: string) => askConsent(consentDeps, { userId, returnTo }, now);
const callback = (query: Record<string, string>) =>
  callbackRoute(deps)({ ...request, query: { state: 'state', ...query } });

test('without a page the answer is JSON, whatever Google adds to the query', async () => {
  await consented();
  expect(await callback({ code: 'good', scope: 'x', authuser: '0' })).toEqual({
    status: 200,
    body: { connected: true, account: 'ann@example.com', calendars: 1 },
  });
});

test('with a page the user is sent there, told how it went', async () => {
  const page = 'https://app.example.com/settings?tab=calendar';
  await consented('settings');
  expect(await callback({ code: 'good' })).toEqual({ status: 302, location: `${page}&connected=true` });
  await consented('settings');
  expect(await callback({ error: 'access_denied' })).toEqual({
    status: 302,
    location: `${page}&error=consent-refused`,
  });
  await consented('settings');
  expect(await callback({ code: 'bad' })).toEqual({ status: 302, location: `${page}&error=consent-state-invalid` });
});

test('the user sees the page even when Google is down, and the trouble is logged', async () => {
  consentDeps.oauth.exchange = async () => {
    throw new GoogleError('token exchange', 503, undefined, undefined);
  };
  await consented('settings');
  const page = 'https://app.example.com/settings?tab=calendar';
  expect(await callback({ code: 'good' })).toEqual({ status: 302, location: `${page}&error=google-unavailable` });
  expect(logged).toEqual(['A consent could not be completed']);
});

test('[R15] a page that the config does not name is refused before anything is asked of Google', async () => {
  const route = connectRoute({ consent: deps.consent, callbackPages });
  for (const returnTo of ['https://evil.example', '//evil.example', '__proto__', 'constructor']) {
    const asked = route({ ...request, userId, query: { returnTo } });
    await expect(asked).rejects.toMatchObject({ slug: 'invalid-request', errors: [{ field: 'returnTo' }] });
  }
});

describe('[R15] a state', () => {
  const other = asId<typeof userId>('barber-2');
  const refused = { slug: 'consent-state-invalid', status: 400 };

  test.each<[string, () => Promise<unknown>]>([
    ['that nobody asked for', () => callback({ code: 'good', state: 'made-up' })],
    ['that is empty of meaning', () => callback({ code: 'good', state: '__proto__' })],
    ['that is the hash we keep of one', () => callback({ code: 'good', state: sha256('state') })],
  ])('%s is refused', async (_, call) => {
    await consented();
    await expect(call()).rejects.toMatchObject(refused);
    expect(await callback({ code: 'good' })).toMatchObject({ status: 200 });
  });

  test('is good once, also when Google had refused the code', async () => {
    await consented();
    await expect(callback({ code: 'bad' })).rejects.toMatchObject(refused);
    await expect(callback({ code: 'good' })).rejects.toMatchObject(refused);
    expect(await deps.connecting.connections.load(userId)).toBeUndefined();
  });

  test('is good for ten minutes', async () => {
    await consented();
    const late = { ...request, now: plusMs(now, 10 * minute), query: { state: 'state', code: 'good' } };
    await expect(callbackRoute(deps)(late)).rejects.toMatchObject(refused);
  });

  test('connects who has asked for it, whatever the query says', async () => {
    await consented();
    await callback({ code: 'good', userId: other, user: other });
    expect(await deps.connecting.connections.load(other)).toBeUndefined();
    expect(await deps.connecting.connections.load(userId)).toMatchObject({ account: 'ann@example.com' });
  });
});

describe('[R15] that another account may take the place', () => {
  beforeEach(async () => {
    await deps.connecting.connections.create(aConnection({ account: 'before@example.com' }));
    consentDeps.oauth.revoke = async () => undefined;
  });
  const ask = async (query: Record<string, string>) => {
    const route = connectRoute({ consent: deps.consent, callbackPages });
    await route({ ...request, userId, query });
  };
  const account = async () => (await deps.connecting.connections.load(userId))?.account;

  test('is said when the link is asked for', async () => {
    await ask({ replaceAccount: 'true' });
    expect(await callback({ code: 'good' })).toMatchObject({ status: 200, body: { account: 'ann@example.com' } });
    expect(await account()).toBe('ann@example.com');
  });

  test.each<[string, Record<string, string>]>([
    ['not at all', {}],
    ['to be not so', { replaceAccount: 'false' }],
  ])('%s: it is refused, whatever comes back', async (_, query) => {
    for (const smuggled of [{}, { replaceAccount: 'true' }, { 'consent.replaceAccount': 'true' }]) {
      await ask(query);
      await expect(callback({ code: 'good', ...smuggled })).rejects.toMatchObject({
        slug: 'other-account',
        status: 409,
      });
    }
    expect(await account()).toBe('before@example.com');
  });

  test.each(['yes', '1', 'TRUE', ''])('is not said by %j', async (replaceAccount) => {
    await expect(ask({ replaceAccount })).rejects.toMatchObject({ errors: [{ field: 'replaceAccount' }] });
  });

  test('[F39] is of no use without the boxes ticked: nothing is touched', async () => {
    consentDeps.oauth.exchange = async () => ({
      accessToken: 'a',
      accessTokenExpiresAt: plusMs(now, hour),
      refreshToken: 'r',
      scopes: [scopes.calendarList],
    });
    await ask({ replaceAccount: 'true' });
    const refusal = callback({ code: 'good' });
    await expect(refusal).rejects.toMatchObject({ slug: 'consent-incomplete' });
    await expect(refusal).rejects.toThrow('tick: “View and edit events on all your calendars”');
    expect(await account()).toBe('before@example.com');
  });

  test.each<[string, () => void]>([
    [
      'a refresh token',
      () => {
        const { exchange } = consentDeps.oauth;
        consentDeps.oauth.exchange = async (asked) => {
          const { refreshToken: _, ...grant } = await exchange(asked);
          return grant;
        };
      },
    ],
    ['a calendar', () => (deps.connecting.google.listCalendars = async () => [])],
  ])('is of no use without %s either', async (_, without) => {
    without();
    await ask({ replaceAccount: 'true' });
    await expect(callback({ code: 'good' })).rejects.toMatchObject({ slug: 'consent-incomplete', status: 403 });
    expect(await account()).toBe('before@example.com');
  });

  test('[F37] what the former account was not told is logged, and keeps nobody from connecting', async () => {
    consentDeps.oauth.revoke = async () => {
      throw new GoogleError('token revocation', 503, undefined, undefined);
    };
    await ask({ replaceAccount: 'true' });
    expect(await callback({ code: 'good' })).toMatchObject({ status: 200 });
    expect(logged).toEqual(['Google was not told all of a disconnection']);
  });
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
