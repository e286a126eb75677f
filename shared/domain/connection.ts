/** A user's grant to one Google account. */
import type { UserId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Settings } from './settings.ts';

/** Ciphertext of the token vault (runtime/token-vault.ts); safe to store, useless without the data key. */
export type Sealed = string & { readonly sealed: unique symbol };

/** The data key that it was sealed under; undefined when it is of no form that is known. */
export const dataKeyOf = (sealed: Sealed): string | undefined => sealed.split('.')[1];

export type Connection = {
  userId: UserId;
  state: 'connected' | 'needs_reauth';
  /** The id of the account's primary calendar, which is its e-mail address. */
  account: string;
  /** Moves on when the user connects afresh; a worker of an older one changes nothing. */
  connectGeneration: number;
  realTimeSync: boolean;
  /** Absent: the defaults hold. */
  settings?: Settings;
  refreshToken: Sealed;
  accessToken: Sealed;
  accessTokenExpiresAt: Instant;
};
