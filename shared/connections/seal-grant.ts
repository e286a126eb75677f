/** Shell: a grant as it is kept. */
import type { Connection, SealedGrant } from '../domain/connection.ts';
import type { UserId } from '../domain/ids.ts';
import { type Instant, plusMs } from '../domain/instant.ts';
import type { Grant } from '../google/oauth.ts';
import type { TokenVault } from '../runtime/token-vault.ts';

type Consented = { userId: UserId; grant: Grant; now: Instant };

/**
 * Google may leave out the refresh token when it has given one before; one that has died is of no use then [F39]. Undefined
 * when there is no refresh token to keep.
 */
export const seal = async (
  vault: TokenVault,
  { userId, grant, now }: Consented,
  known: Connection | undefined,
): Promise<SealedGrant | undefined> => {
  const accessToken = await vault.seal(grant.accessToken, userId);
  const access = { accessToken, accessTokenExpiresAt: grant.accessTokenExpiresAt };
  if (grant.refreshToken !== undefined) {
    const refreshToken = await vault.seal(grant.refreshToken, userId);
    const { refreshTokenLifetimeMs: lifetimeMs } = grant;
    const end = lifetimeMs === undefined ? {} : { refreshTokenExpiresAt: plusMs(now, lifetimeMs) };
    return { ...access, refreshToken, grantedAt: now, ...end };
  }
  if (known?.state !== 'connected') return undefined;
  const { refreshToken, grantedAt, refreshTokenExpiresAt } = known;
  return {
    ...access,
    refreshToken,
    ...(grantedAt && { grantedAt }),
    ...(refreshTokenExpiresAt && { refreshTokenExpiresAt }),
  };
};
