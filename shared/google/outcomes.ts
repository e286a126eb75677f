/** What an unsuccessful answer from Google means for us. One table, read by everything that calls Google. */

/**
 * - `unauthorized`: the access token is no good; refresh it once.
 * - `expired`: the sync token or page token is no good; list everything again.
 * - `gone`: what was named does not exist (any more).
 * - `duplicate`: what was to be made exists already; read it.
 * - `stale`: it has changed since we read it; read it again and decide again.
 * - `unwatchable`: this calendar sends no notifications, ever.
 * - `forbidden`: not allowed, and repeating will not help.
 * - `rateLimited`: our pace, within a minute; try again when Google says, or later.
 * - `paused`: Google takes no more writes to this account for hours; reading goes on.
 * - `exhausted`: the project's quota for the day is used up; nothing helps for hours.
 * - `transient`: Google's trouble; try again later.
 * - `rejected`: the request is wrong; repeating will not help.
 */
export type Outcome =
  | 'unauthorized'
  | 'expired'
  | 'gone'
  | 'duplicate'
  | 'stale'
  | 'unwatchable'
  | 'forbidden'
  | 'rateLimited'
  | 'paused'
  | 'exhausted'
  | 'transient'
  | 'rejected';

/** Reasons that decide whatever the status: https://developers.google.com/workspace/calendar/api/guides/errors */
const byReason: ReadonlyMap<string, Outcome> = new Map([
  ['fullSyncRequired', 'expired'],
  ['updatedMinTooLongAgo', 'expired'],
  ['pushNotSupportedForRequestedResource', 'unwatchable'],
  ['push.webhookUrlUnauthorized', 'rejected'], // With 401 it would pass for a token that is no good [F27].
  ['push.webhookUrlNotHttps', 'rejected'],
  ['push.webhookUrlNoHostOrAddress', 'rejected'],
  ['userRateLimitExceeded', 'rateLimited'],
  ['rateLimitExceeded', 'rateLimited'],
  ['quotaExceeded', 'paused'],
  ['dailyLimitExceeded', 'exhausted'],
  ['conflict', 'transient'], // Two requests of one batch met; either succeeds alone.
]);

const byStatus: Readonly<Record<number, Outcome>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'gone',
  408: 'transient',
  409: 'duplicate',
  410: 'gone',
  412: 'stale',
  429: 'rateLimited',
};

/** `status` is undefined when no answer came: a reset connection, a time-out, a body that is not JSON. */
export const outcomeOf = (status: number | undefined, reason: string | undefined): Outcome => {
  if (status === undefined || status >= 500) return 'transient';
  if (reason === undefined && (status === 404 || status === 410)) return 'transient'; // A gateway's word, not Google's [R8].
  return byReason.get(reason ?? '') ?? byStatus[status] ?? 'rejected';
};
