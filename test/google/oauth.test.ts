import { createHash } from 'node:crypto';
import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Google, startGoogle } from './server.ts';

const redirectUri = 'http://127.0.0.1:9/callback';
const events = 'https://www.googleapis.com/auth/calendar.events';
const list = 'https://www.googleapis.com/auth/calendar.calendarlist.readonly';
const ours = { clientId: '77-ours.apps.googleusercontent.com', clientSecret: 'secret' };

let google: Google;
const clock = { now: Date.now() };
beforeEach(async () => {
  clock.now = Date.now();
  google = await startGoogle({ now: () => clock.now });
  google.control.registerClient({ ...ours, redirectUris: [redirectUri] });
  google.control.createAccount({ email: 'barber@example.com' });
});
afterEach(() => google.stop());

function authClient(overrides: { clientId?: string; clientSecret?: string; redirectUri?: string } = {}) {
  const endpoints = {
    oauth2AuthBaseUrl: `${google.url}/o/oauth2/v2/auth`,
    oauth2TokenUrl: `${google.url}/token`,
    oauth2RevokeUrl: `${google.url}/revoke`,
  };
  return new OAuth2Client({ ...ours, redirectUri, endpoints, ...overrides });
}

const visit = (url: string) => fetch(url, { redirect: 'manual' });
const landing = async (url: string) => new URL((await visit(url)).headers.get('location') ?? 'about:blank');

async function consent(client: OAuth2Client, options: object = {}) {
  const url = client.generateAuthUrl({ access_type: 'offline', scope: [events, list], state: 's1', ...options });
  return landing(url);
}
async function connect(client: OAuth2Client, options: object = {}) {
  const code = (await consent(client, options)).searchParams.get('code') ?? '';
  return (await client.getToken(code)).tokens;
}

test('[G5] consent redirects to exactly the registered address with code and state', async () => {
  const url = await consent(authClient());
  expect(url.origin + url.pathname).toBe(redirectUri);
  expect(url.searchParams.get('state')).toBe('s1');
  expect(url.searchParams.get('code')).toMatch(/^4\//);
});

test.each([
  ['an address that is not registered', { redirectUri: `${redirectUri}/` }, 'redirect_uri_mismatch'],
  ['an unknown client', { clientId: '78-other' }, 'invalid_client'],
])('[G5] %s gets an error page and no redirect', async (_, overrides, error) => {
  const page = await visit(authClient(overrides).generateAuthUrl({ scope: events }));
  expect(page.status).toBe(400);
  expect(await page.text()).toContain(error);
});

test('[G5] a code gives access and, the first time, a refresh token', async () => {
  const tokens = await connect(authClient());
  expect(tokens).toMatchObject({ token_type: 'Bearer', scope: `${events} ${list}` });
  expect(tokens.refresh_token).toBeTypeOf('string');
  expect(tokens.expiry_date).toBeGreaterThan(Date.now() + 3_500_000);
});

test('[G5] no second refresh token unless consent is asked for again', async () => {
  await connect(authClient());
  expect((await connect(authClient())).refresh_token).toBeUndefined();
  expect((await connect(authClient(), { prompt: 'consent' })).refresh_token).toBeTypeOf('string');
});

test('[G5] online access gives no refresh token', async () => {
  expect((await connect(authClient(), { access_type: 'online' })).refresh_token).toBeUndefined();
});

test('[G5] a code works once', async () => {
  const client = authClient();
  const code = (await consent(client)).searchParams.get('code') ?? '';
  await client.getToken(code);
  await expect(client.getToken(code)).rejects.toMatchObject({ message: 'invalid_grant', code: 400 });
});

test('[G5] a code that was left lying is worthless', async () => {
  const client = authClient();
  const code = (await consent(client)).searchParams.get('code') ?? '';
  clock.now += 11 * 60_000;
  await expect(client.getToken(code)).rejects.toThrow('invalid_grant');
});

test('[G5] a code needs the address it was issued for', async () => {
  const code = (await consent(authClient())).searchParams.get('code') ?? '';
  const other = authClient({ redirectUri: `${redirectUri}2` });
  await expect(other.getToken(code)).rejects.toThrow('redirect_uri_mismatch');
});

test('[G5] a wrong client secret is refused', async () => {
  const code = (await consent(authClient())).searchParams.get('code') ?? '';
  const thief = authClient({ clientSecret: 'guess' });
  await expect(thief.getToken(code)).rejects.toMatchObject({ message: 'invalid_client', code: 401 });
});

test('[G5] PKCE: only the verifier behind the S256 challenge redeems the code', async () => {
  const client = authClient();
  const codeVerifier = 'v'.repeat(50);
  const challenge = createHash('sha256').update(codeVerifier).digest('base64url');
  const pkce = { code_challenge: challenge, code_challenge_method: CodeChallengeMethod.S256 };
  const first = (await consent(client, pkce)).searchParams.get('code') ?? '';
  await expect(client.getToken({ code: first, codeVerifier: 'w'.repeat(50) })).rejects.toThrow('invalid_grant');
  const second = (await consent(client, pkce)).searchParams.get('code') ?? '';
  expect((await client.getToken({ code: second, codeVerifier })).tokens.access_token).toBeTypeOf('string');
});

test('[G5] a person may refuse', async () => {
  google.control.setConsent({ email: 'barber@example.com', refuse: true });
  const url = await consent(authClient());
  expect(url.searchParams.get('error')).toBe('access_denied');
  expect(url.searchParams.get('state')).toBe('s1');
  expect(url.searchParams.has('code')).toBe(false);
});

test('[G5] a person may untick scopes; the token reply says what was granted', async () => {
  google.control.setConsent({ email: 'barber@example.com', untick: [list] });
  expect((await connect(authClient())).scope).toBe(events);
});

test('[G5] include_granted_scopes adds what was granted before', async () => {
  await connect(authClient());
  const options = { scope: ['openid'], include_granted_scopes: true, prompt: 'consent' };
  expect((await connect(authClient(), options)).scope?.split(' ').sort()).toEqual([list, events, 'openid'].sort());
});

test('[G5] among several accounts login_hint chooses; without it a person does', async () => {
  google.control.createAccount({ email: 'second@example.com' });
  const client = authClient();
  const hinted = await consent(client, { login_hint: 'second@example.com' });
  expect(hinted.searchParams.get('code')).toMatch(/^4\//);
  const page = await visit(client.generateAuthUrl({ scope: events }));
  const links = [...(await page.text()).matchAll(/href="([^"]+)"/g)].map(([, href]) => href?.replaceAll('&amp;', '&'));
  expect(links).toHaveLength(2);
  expect((await landing(google.url + links[1])).searchParams.get('code')).toMatch(/^4\//);
});

test('[G5] a refresh keeps the refresh token and gives a new access token', async () => {
  const client = authClient();
  const tokens = await connect(client);
  client.setCredentials({ refresh_token: tokens.refresh_token ?? null });
  const { credentials } = await client.refreshAccessToken();
  expect(credentials.access_token).not.toBe(tokens.access_token);
  expect(credentials.refresh_token).toBe(tokens.refresh_token);
});

test('[G5] when rotation is on, a refresh replaces the refresh token and the old one dies', async () => {
  google.control.changeSettings({ rotateRefreshTokens: true });
  const client = authClient();
  const tokens = await connect(client);
  client.setCredentials({ refresh_token: tokens.refresh_token ?? null });
  const renewed = new Promise<string>((resolve) => client.on('tokens', (t) => resolve(t.refresh_token ?? '')));
  await client.refreshAccessToken();
  expect(await renewed).not.toBe(tokens.refresh_token);
  client.setCredentials({ refresh_token: tokens.refresh_token ?? null });
  await expect(client.refreshAccessToken()).rejects.toThrow('invalid_grant');
});

test.each(['access_token', 'refresh_token'] as const)('[G5] revoking the %s ends every grant', async (name) => {
  const client = authClient();
  const tokens = await connect(client);
  expect((await client.revokeToken(tokens[name] ?? '')).status).toBe(200);
  client.setCredentials({ refresh_token: tokens.refresh_token ?? null });
  await expect(client.refreshAccessToken()).rejects.toMatchObject({ message: 'invalid_grant', code: 400 });
  await expect(client.revokeToken(tokens[name] ?? '')).rejects.toMatchObject({ status: 400 });
});

test('[G5] a revocation reaches the other clients of the project, and no other project', async () => {
  const sibling = { clientId: '77-sibling', clientSecret: 's' };
  const stranger = { clientId: '78-stranger', clientSecret: 's' };
  for (const other of [sibling, stranger]) google.control.registerClient({ ...other, redirectUris: [redirectUri] });
  const [a, b] = [authClient(sibling), authClient(stranger)];
  a.setCredentials({ refresh_token: (await connect(a)).refresh_token ?? null });
  b.setCredentials({ refresh_token: (await connect(b)).refresh_token ?? null });
  await authClient().revokeToken((await connect(authClient())).access_token ?? '');
  await expect(a.refreshAccessToken()).rejects.toThrow('invalid_grant');
  await expect(b.refreshAccessToken()).resolves.toBeDefined();
});

test('[G5] a person revokes the grant in the account settings', async () => {
  const client = authClient();
  client.setCredentials({ refresh_token: (await connect(client)).refresh_token ?? null });
  google.control.revokeGrant({ email: 'barber@example.com' });
  await expect(client.refreshAccessToken()).rejects.toThrow('invalid_grant');
});

test('[G5] the oldest of more than 100 refresh tokens dies silently', async () => {
  const client = authClient();
  const first = (await connect(client)).refresh_token ?? null;
  for (let count = 0; count < 99; count += 1) await connect(client, { prompt: 'consent' });
  client.setCredentials({ refresh_token: first });
  await expect(client.refreshAccessToken()).resolves.toBeDefined();
  await connect(client, { prompt: 'consent' });
  client.setCredentials({ refresh_token: first });
  await expect(client.refreshAccessToken()).rejects.toThrow('invalid_grant');
});
