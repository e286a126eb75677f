/**
 * The OAuth adapter, by the real `google-auth-library` over HTTP.
 * https://developers.google.com/identity/protocols/oauth2/web-server
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GrantRevoked } from '../../shared/domain/errors.ts';
import { day, second } from '../../shared/domain/instant.ts';
import { googleEndpoints } from '../../shared/google/endpoints.ts';
import { type GoogleOAuth, googleOAuth } from '../../shared/google/oauth.ts';
import { type Google, startGoogle } from '../google/server.ts';

const email = 'barber@example.com';
const redirectUri = 'http://127.0.0.1:9/callback';
const codeVerifier = 'a'.repeat(43);
const codeChallenge = 'ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA'; // base64url of its SHA-256

let google: Google;
let oauth: GoogleOAuth;
beforeEach(async () => {
  google = await startGoogle();
  google.control.createAccount({ email });
  const endpoints = googleEndpoints({ GOOGLE_API_ROOT_URL: google.url, GOOGLE_OAUTH_ROOT_URL: google.url });
  oauth = googleOAuth({ clientId: '77-ours', clientSecret: 'secret' }, endpoints.oauth);
});
afterEach(() => google.stop());

const linkTo = (chooseAccount: boolean) =>
  new URL(oauth.authorizationUrl({ redirectUri, state: 'state', codeChallenge, chooseAccount }));
const consent = async (chooseAccount = false) => {
  const { headers } = await fetch(linkTo(chooseAccount), { redirect: 'manual' });
  const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
  return oauth.exchange({ redirectUri, code, codeVerifier });
};
const lasting = async () => (await consent()).refreshToken ?? expect.fail('Google gave no refresh token');

describe('a consent', () => {
  test('brings a refresh token each time, and has no end of its own', async () => {
    expect(await consent()).not.toHaveProperty('refreshTokenLifetimeMs');
    expect(await lasting()).toBeTypeOf('string');
  });

  test('with another account to come lets the user choose it, and brings a refresh token as well', async () => {
    expect(linkTo(false).searchParams.get('prompt')).toBe('consent');
    expect(linkTo(true).searchParams.get('prompt')).toBe('select_account consent');
    await consent();
    expect((await consent(true)).refreshToken).toBeTypeOf('string');
  });

  test('[F38] for a limited time says for how long', async () => {
    google.control.orderFault({ kind: 'replace', path: '/token', fields: { refresh_token_expires_in: 604_799 } });
    expect((await consent()).refreshTokenLifetimeMs).toBe(7 * day - 1 * second);
  });
});

describe('a refresh', () => {
  test('[F35] that meets invalid_grant, and nothing else, says that the grant is no more', async () => {
    const token = await lasting();
    google.control.revokeGrant({ email });
    await expect(oauth.refresh(token)).rejects.toThrow(GrantRevoked);
    await expect(oauth.refresh(token)).rejects.toMatchObject({ reason: undefined });
    for (const reason of ['invalid_client', 'unauthorized_client', 'temporarily_unavailable']) {
      google.control.orderFault({ kind: 'status', status: 400, reason, path: '/token' });
      await expect(oauth.refresh(token)).rejects.toMatchObject({ name: 'GoogleError', reason });
    }
  });

  test('[F35] that is asked to sign in again says so', async () => {
    const token = await lasting();
    const message = 'reauth related error (invalid_rapt)';
    google.control.orderFault({ kind: 'status', status: 400, reason: 'invalid_grant', message, path: '/token' });
    const refused = oauth.refresh(token);
    await expect(refused).rejects.toThrow(GrantRevoked);
    await expect(refused).rejects.toMatchObject({ reason: 'invalid_rapt' });
  });
});

describe('a revocation', () => {
  test('ends the grant, its access tokens too, and doing so again is well', async () => {
    const { accessToken, refreshToken = '' } = await consent();
    await oauth.revoke(refreshToken);
    await expect(oauth.refresh(refreshToken)).rejects.toThrow(GrantRevoked);
    const authorization = `Bearer ${accessToken}`;
    const list = await fetch(`${google.url}/calendar/v3/users/me/calendarList`, { headers: { authorization } });
    expect(list.status).toBe(401);
    await oauth.revoke(refreshToken);
  });

  test('that Google does not answer fails, and says so', async () => {
    const token = await lasting();
    google.control.orderFault({ kind: 'status', status: 503, reason: 'backendError', path: '/revoke', times: null });
    await expect(oauth.revoke(token)).rejects.toMatchObject({ name: 'GoogleError', status: 503 });
    google.control.clearFaults();
    google.control.orderFault({ kind: 'status', status: 400, reason: 'invalid_request', path: '/revoke' });
    await expect(oauth.revoke(token)).rejects.toMatchObject({ name: 'GoogleError', status: 400 });
    expect((await oauth.refresh(token)).accessToken).toBeTypeOf('string');
  });
});
