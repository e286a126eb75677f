/** Where Google is: the real one, or another that both roots name together. */
import type { OAuthEndpoints } from './oauth.ts';

export type GoogleRoots = { GOOGLE_API_ROOT_URL?: string | undefined; GOOGLE_OAUTH_ROOT_URL?: string | undefined };

export type GoogleEndpoints = { api: string; oauth: OAuthEndpoints };

const google: GoogleEndpoints = {
  api: 'https://www.googleapis.com/',
  oauth: {
    authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    revoke: 'https://oauth2.googleapis.com/revoke',
  },
};

/** Throws when only one of the two roots is set: half of Google elsewhere is a mistake. */
export const googleEndpoints = ({
  GOOGLE_API_ROOT_URL: api,
  GOOGLE_OAUTH_ROOT_URL: oauth,
}: GoogleRoots): GoogleEndpoints => {
  if (api === undefined && oauth === undefined) return google;
  if (api === undefined || oauth === undefined) {
    throw new Error('GOOGLE_API_ROOT_URL and GOOGLE_OAUTH_ROOT_URL go together: set both or neither');
  }
  return {
    api: `${api}/`,
    oauth: { authorize: `${oauth}/o/oauth2/v2/auth`, token: `${oauth}/token`, revoke: `${oauth}/revoke` },
  };
};
