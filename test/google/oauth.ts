/**
 * OAuth 2 of Google accounts: codes, tokens, revocation. Access tokens die by the clock,
 * refresh tokens by revocation or by being the oldest of more than 100.
 * https://developers.google.com/identity/protocols/oauth2/web-server
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Reply } from './answer.ts';
import type { Grant } from './state.ts';
import type { World } from './world.ts';

const liveTokensPerAccount = 100;

/** Clients of one Cloud project share the number before the hyphen. */
export const projectOf = (clientId: string): string => clientId.split('-')[0] ?? clientId;

/** POST /token, form-encoded. */
export function exchange(world: World, form: URLSearchParams): Reply {
  const clientId = form.get('client_id') ?? '';
  const client = world.state.clients[clientId];
  if (!isKnownClient(world, clientId) || (client && client.clientSecret !== form.get('client_secret'))) {
    return failure(401, 'invalid_client', 'The OAuth client was not found.');
  }
  if (form.get('grant_type') === 'authorization_code') return redeemCode(world, clientId, form);
  if (form.get('grant_type') === 'refresh_token') return refresh(world, clientId, form);
  return failure(400, 'unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type')}`);
}

function redeemCode(world: World, clientId: string, form: URLSearchParams): Reply {
  const name = form.get('code') ?? '';
  const code = world.state.codes[name];
  delete world.state.codes[name]; // Single use, also when the exchange fails.
  if (!code || code.clientId !== clientId || code.expiresAt <= world.now()) {
    return failure(400, 'invalid_grant', 'Malformed auth code.');
  }
  if (code.redirectUri !== form.get('redirect_uri')) return failure(400, 'redirect_uri_mismatch', 'Bad Request');
  const verifier = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  if (code.challenge !== undefined && code.challenge !== verifier) {
    return failure(400, 'invalid_grant', 'Invalid code verifier.');
  }
  const grant: Grant = { clientId, email: code.email, scopes: code.scopes };
  const refreshToken = code.refresh ? { refresh_token: issueRefreshToken(world, grant) } : {};
  return tokenReply(world, grant, refreshToken);
}

function refresh(world: World, clientId: string, form: URLSearchParams): Reply {
  const token = form.get('refresh_token') ?? '';
  const grant = world.state.refreshTokens[token];
  if (grant?.clientId !== clientId) return failure(400, 'invalid_grant', 'Token has been expired or revoked.');
  if (!world.settings.rotateRefreshTokens) return tokenReply(world, grant, {});
  delete world.state.refreshTokens[token];
  return tokenReply(world, grant, { refresh_token: issueRefreshToken(world, grant) });
}

function tokenReply(world: World, grant: Grant, extra: object): Reply {
  const seconds = world.settings.accessTokenSeconds;
  const accessToken = issueAccessToken(world, grant, seconds);
  const scope = grant.scopes.join(' ');
  const body = { access_token: accessToken, expires_in: seconds, scope, token_type: 'Bearer', ...extra };
  return { status: 200, body };
}

export function issueAccessToken(world: World, grant: Grant, seconds: number): string {
  const token = `ya29.a0${randomBytes(32).toString('base64url')}`;
  world.state.accessTokens[token] = { ...grant, expiresAt: world.now() + seconds * 1000 };
  return token;
}

function issueRefreshToken(world: World, grant: Grant): string {
  const { refreshTokens } = world.state;
  const token = `1//0${randomBytes(32).toString('base64url')}`;
  refreshTokens[token] = grant;
  const same = grantsOf(world, grant.clientId, grant.email);
  const ofSame = Object.keys(refreshTokens).filter((key) => same.includes(refreshTokens[key] as Grant));
  for (const oldest of ofSame.slice(0, -liveTokensPerAccount)) delete refreshTokens[oldest];
  return token;
}

/** POST /revoke?token=…: an access or a refresh token ends all grants of that user to the project. */
export function revoke(world: World, token: string): Reply {
  const grant = world.state.accessTokens[token] ?? world.state.refreshTokens[token];
  if (!grant) return failure(400, 'invalid_token', 'Token expired or revoked');
  revokeGrants(world, grant.email, projectOf(grant.clientId));
  return { status: 200, body: {} };
}

export function revokeGrants(world: World, email: string, project?: string): void {
  for (const tokens of [world.state.accessTokens, world.state.refreshTokens]) {
    for (const [token, grant] of Object.entries(tokens)) {
      const isProject = project === undefined || projectOf(grant.clientId) === project;
      if (grant.email === email && isProject) delete tokens[token];
    }
  }
}

/** What an account has granted to a client for longer than an access token lives. */
export const grantsOf = (world: World, clientId: string, email: string): Grant[] =>
  Object.values(world.state.refreshTokens).filter((grant) => grant.clientId === clientId && grant.email === email);

/** While no client is registered, any client id will do. */
export const isKnownClient = (world: World, clientId: string): boolean =>
  clientId !== '' && (Object.keys(world.state.clients).length === 0 || world.state.clients[clientId] !== undefined);

const failure = (status: number, error: string, description: string): Reply => ({
  status,
  body: { error, error_description: description },
});
