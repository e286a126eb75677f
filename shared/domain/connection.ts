/** A user's grant to one Google account. */
import { calendarKeyOf } from './derived-ids.ts';
import type { CalendarId, CalendarKey, UserId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Settings } from './settings.ts';

/** Ciphertext of the token vault (runtime/token-vault.ts); safe to store, useless without the data key. */
export type Sealed = string & { readonly sealed: unique symbol };

/** The data key that it was sealed under; undefined when its form is unknown. */
export const dataKeyOf = (sealed: Sealed): string | undefined => sealed.split('.')[1];

type Common = {
  userId: UserId;
  /** The id of the account's primary calendar, which is its e-mail address. */
  account: string;
  /** Moves on when the user connects afresh or disconnects; a worker of an older one changes nothing [R13]. */
  connectGeneration: number;
  realTimeSync: boolean;
  /** Absent: the defaults hold. */
  settings?: Settings;
  /** When it came to be in this state. */
  since?: Instant;
};

/**
 * Why Google no longer honours a grant, as far as can be told.
 * - `testing_period`: the OAuth app is in testing, where Google ends every grant after seven days [F38].
 * - `time_limit`: the user has granted access for a while only.
 * - `session_control`: the administrator of the account has users sign in again.
 * - `revoked`: all else: withdrawn by the user, unused for half a year, one of too many.
 */
export type GrantEnd = 'testing_period' | 'time_limit' | 'session_control' | 'revoked';

/** What a consent brings. */
export type SealedGrant = {
  refreshToken: Sealed;
  accessToken: Sealed;
  accessTokenExpiresAt: Instant;
  /** When the user consented. */
  grantedAt?: Instant;
  /** Known only where Google says so: most grants have no end. */
  refreshTokenExpiresAt?: Instant;
};

export type GrantedConnection = Common &
  SealedGrant & {
    state: 'connected' | 'needs_reauth';
    /** Why it needs consent again. */
    endedBecause?: GrantEnd;
  };

/** The account and the settings are remembered, should the user come back. */
export type DisconnectedConnection = Common & { state: 'disconnected' };

export type Connection = GrantedConnection | DisconnectedConnection;

/** Whether it belongs to the connected account, and not to one that was replaced. */
export const isOfAccount = (
  { userId, account }: Pick<Connection, 'userId' | 'account'>,
  { key, calendarId }: { key: CalendarKey; calendarId: CalendarId },
): boolean => key === calendarKeyOf(userId, account, calendarId);
