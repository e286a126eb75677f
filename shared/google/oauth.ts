/** Google's OAuth 2 for web servers, with PKCE: https://developers.google.com/identity/protocols/oauth2/web-server */
import { CodeChallengeMethod, type Credentials, OAuth2Client } from 'google-auth-library';
import * as z from 'zod/mini';
import { GrantRevoked } from '../domain/errors.ts';
import { type Instant, instantAt, second } from '../domain/instant.ts';
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
  /** Given where the consent is for a limited time: so long the refresh token lives. */
  refreshTokenLifetimeMs?: number;
  /** What the user has ticked, which may be less than what was asked for. */
  scopes: string[];
};

export type GoogleOAuth = {
  /** `chooseAccount`: Google asks for the account even where only one is signed in. */
  authorizationUrl(request: {
    redirectUri: string;
    state: string;
    codeChallenge: string;
    chooseAccount: boolean;
  }): string;
  /** Throws GrantRevoked when the code is used up, expired or not ours. */
  exchange(request: { redirectUri: string; code: string; codeVerifier: string }): Promise<Grant>;
  /** Throws GrantRevoked on `invalid_grant`, the only answer that means that the user must consent again. */
  refresh(refreshToken: string): Promise<Grant>;
  /** Ends every grant of the account to us, on all of its devices. A grant that Google no longer knows counts as ended. */
  revoke(refreshToken: string): Promise<void>;
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
    authorizationUrl: ({ redirectUri, state, codeChallenge, chooseAccount }) =>
      connect().generateAuthUrl({
        redirect_uri: redirectUri,
        access_type: 'offline',
        prompt: chooseAccount ? 'select_account consent' : 'consent', // Without consent a second one brings no refresh token.
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

    async revoke(refreshToken) {
      try {
        await connect().revokeToken(refreshToken);
      } catch (cause) {
        const said = failureOf(cause)?.error;
        if (said !== 'invalid_token') throw toGoogleError('token revocation', cause, said);
      }
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
    const failure = failureOf(cause);
    if (failure?.error !== 'invalid_grant') throw toGoogleError(operation, cause, failure?.error);
    throw new GrantRevoked(`Google refused the ${operation}`, { reason: reasonIn(failure), cause });
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
    ...lifetimeOf(tokens),
    scopes: tokens.scope?.split(' ') ?? [],
  };
};

/** The library passes on fields of the reply that it does not know. */
const lifetimeSchema = z.object({ refresh_token_expires_in: z.number().check(z.positive()) });

const lifetimeOf = (tokens: Credentials): Pick<Grant, 'refreshTokenLifetimeMs'> => {
  const { data } = lifetimeSchema.safeParse(tokens);
  return data === undefined ? {} : { refreshTokenLifetimeMs: data.refresh_token_expires_in * second };
};

/**
 * The body of a refusal: https://www.rfc-editor.org/rfc/rfc6749#section-5.2; the subtype is Google's own. The library's
 * message is no help: for some cases it puts the whole body there.
 */
const failureSchema = z.object({
  error: z.string(),
  error_subtype: z.optional(z.string()),
  error_description: z._default(z.string(), ''),
});
type Failure = z.infer<typeof failureSchema>;

const refusalSchema = z.object({ response: z.object({ data: failureSchema }) });

const failureOf = (cause: unknown): Failure | undefined => refusalSchema.safeParse(cause).data?.response.data;

/** `reauth related error (invalid_rapt)`: where there is no subtype, the word is in the description. */
const reasonIn = ({ error_subtype, error_description }: Failure): string | undefined =>
  error_subtype ?? /\(([a-z_]{1,40})\)$/.exec(error_description)?.[1];
