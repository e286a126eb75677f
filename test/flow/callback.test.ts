/** The callback route: it sends the user back to a page that the stage config knows, never to one that a request names. */
import { beforeEach, expect, test } from 'vitest';
import { callbackRoute } from '../../functions/management-api/routes/callback.ts';
import { connectRoute } from '../../functions/management-api/routes/connect.ts';
import type { ConnectDeps } from '../../shared/connections/connect.ts';
import { askConsent, type ConsentDeps } from '../../shared/connections/consent.ts';
import type { Sealed } from '../../shared/domain/connection.ts';
import { GrantRevoked } from '../../shared/domain/errors.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, plusMs } from '../../shared/domain/instant.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import { scopes } from '../../shared/google/oauth.ts';
import type { Log } from '../../shared/runtime/observability.ts';
import { memoryStores } from '../support/memory-store.ts';
import { now, userId } from '../support/samples.ts';

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
