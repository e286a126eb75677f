/** Google's OAuth 2 for web servers, with PKCE: https://developers.google.com/identity/protocols/oauth2/web-server */
import { CodeChallengeMethod, type Credentials, OAuth2Client } from 'google-auth-library';
import { GrantRevoked } from '../domain/errors.ts';
import { type Instant, instantAt } from '../domain/instant.ts';
import { GoogleError, toGoogleError } from './google-error.ts';

/** What we ask for: events read, written and watched, and the list of calendars to choose from. */
export const scopes = {
  events: 'https://www.googleapis.com/auth/calendar.events',
  calendarList: 'https://www.googleapis.com/auth/calendar.calendarlist.readonly',
} as const;

export type OAuthClient = { clientId: string; clientSecret: string };
export type OAuthEndpoints = { authorize: string; token: string; revoke: string };

export type Grant = {
  accessToken: string;
  accessTokenExpiresAt: Instant;
  /** Given on the first consent, and in the rare case that Google replaces it. */
  refreshToken?: string;
  /** What the user has ticked, which may be less than what was asked for. */
  scopes: string[];
};

export type GoogleOAuth = {
  authorizationUrl(request: { redirectUri: string; state: string; codeChallenge: string }): string;
  /** Throws GrantRevoked when the code is used up, expired or not ours. */
  exchange(request: { redirectUri: string; code: string; codeVerifier: string }): Promise<Grant>;
  /** Throws GrantRevoked on `invalid_grant`, the only answer that means that the user must consent again. */
  refresh(refreshToken: string): Promise<Grant>;
};

const requestTimeoutMs = 10_000;

/** The library itself repeats a request for tokens that met a 5xx, three times within seconds; nothing else is repeated. */
export const googleOAuth = (client: OAuthClient, endpoints: OAuthEndpoints): GoogleOAuth => {
  const connect = () =>
    new OAuth2Client({
      ...client,
      transporterOptions: { timeout: requestTimeoutMs, redirect: 'error' },
      endpoints: {
        oauth2AuthBaseUrl: endpoints.authorize,
        oauth2TokenUrl: endpoints.token,
        oauth2RevokeUrl: endpoints.revoke,
      },
    });

  return {
    authorizationUrl: ({ redirectUri, state, codeChallenge }) =>
      connect().generateAuthUrl({
        redirect_uri: redirectUri,
        access_type: 'offline',
        prompt: 'consent', // Without it a second consent brings no refresh token.
        scope: Object.values(scopes),
        include_granted_scopes: true,
        state,
        code_challenge: codeChallenge,
        code_challenge_method: CodeChallengeMethod.S256,
      }),

    exchange: ({ redirectUri, code, codeVerifier }) =>
      granted('token exchange', connect(), (oauth) =>
        oauth.getToken({ code, codeVerifier, redirect_uri: redirectUri }),
      ),

    refresh: (refreshToken) => {
      const oauth = connect();
      oauth.setCredentials({ refresh_token: refreshToken });
      return granted('token refresh', oauth, () => oauth.getAccessToken());
    },
  };
};

/** Only the `tokens` event shows a refresh token that Google has replaced: the library then puts the old one back. */
const granted = async (
  operation: string,
  oauth: OAuth2Client,
  request: (oauth: OAuth2Client) => Promise<unknown>,
): Promise<Grant> => {
  let grant: Grant | undefined;
  oauth.once('tokens', (tokens) => {
    grant = toGrant(tokens);
  });
  try {
    await request(oauth);
  } catch (cause) {
    throw isInvalidGrant(cause)
      ? new GrantRevoked(`Google refused the ${operation}`, { cause })
      : toGoogleError(operation, cause);
  }
  if (grant === undefined) throw new GoogleError(operation, undefined, 'unreadable', undefined);
  return grant;
};

const toGrant = (tokens: Credentials): Grant | undefined => {
  if (!tokens.access_token || !tokens.expiry_date) return undefined;
  return {
    accessToken: tokens.access_token,
    accessTokenExpiresAt: instantAt(tokens.expiry_date),
    ...(tokens.refresh_token && { refreshToken: tokens.refresh_token }),
    scopes: tokens.scope?.split(' ') ?? [],
  };
};

const isInvalidGrant = (error: unknown): boolean => error instanceof Error && error.message === 'invalid_grant';
