/** Calls Google for a connection, with its cached access token or, once that has expired or is about to, a fresh one. */
import type { GrantedConnection } from '../domain/connection.ts';
import { type Instant, minute, plusMs } from '../domain/instant.ts';
import type { Caller } from '../google/calendar-api.ts';
import { GoogleError } from '../google/google-error.ts';
import type { GoogleOAuth } from '../google/oauth.ts';
import { quotaUserOf } from '../google/quota-user.ts';
import type { ConnectionStore } from '../ports.ts';
import type { TokenVault } from '../runtime/token-vault.ts';

export type AccessDeps = {
  oauth: Pick<GoogleOAuth, 'refresh'>;
  vault: TokenVault;
  connections: Pick<ConnectionStore, 'saveTokens'>;
};

/** Runs one call as the connection's user. A 401 is answered with one refresh [F12]; throws GrantRevoked when that fails. */
export type CallGoogle = <T>(call: (caller: Caller) => Promise<T>) => Promise<T>;

const refreshBeforeExpiryMs = 5 * minute;

export const googleAccess = (deps: AccessDeps, connection: GrantedConnection, now: Instant): CallGoogle => {
  const quotaUser = quotaUserOf(connection.userId);
  let accessToken: Promise<string> | undefined;

  const cached = (): Promise<string> =>
    plusMs(now, refreshBeforeExpiryMs) < connection.accessTokenExpiresAt
      ? deps.vault.open(connection.accessToken, connection.userId)
      : refreshed(deps, connection);

  return async (call) => {
    accessToken ??= cached();
    try {
      return await call({ accessToken: await accessToken, quotaUser });
    } catch (error) {
      if (!(error instanceof GoogleError && error.outcome === 'unauthorized')) throw error;
      accessToken = refreshed(deps, connection);
      return call({ accessToken: await accessToken, quotaUser });
    }
  };
};

const refreshed = async ({ oauth, vault, connections }: AccessDeps, connection: GrantedConnection): Promise<string> => {
  const { userId } = connection;
  const grant = await oauth.refresh(await vault.open(connection.refreshToken, userId));
  await connections.saveTokens(connection, {
    accessToken: await vault.seal(grant.accessToken, userId),
    accessTokenExpiresAt: grant.accessTokenExpiresAt,
    ...(grant.refreshToken !== undefined && { refreshToken: await vault.seal(grant.refreshToken, userId) }),
  });
  return grant.accessToken;
};
