/** What an answer of Google's that is no success means for us. One table, read by everything that calls Google. */

/**
 * - `unauthorized`: the access token is no good; refresh it once.
 * - `expired`: the sync token or page token is no good; list everything again.
 * - `gone`: what was named does not exist (any more).
 * - `unwatchable`: this calendar sends no notifications, ever.
 * - `forbidden`: not allowed, and repeating will not help.
 * - `transient`: Google's trouble or our pace; try again later.
 * - `rejected`: the request is wrong; repeating will not help.
 */
export type Outcome = 'unauthorized' | 'expired' | 'gone' | 'unwatchable' | 'forbidden' | 'transient' | 'rejected';

/** Reasons that decide whatever the status: https://developers.google.com/workspace/calendar/api/guides/errors */
const byReason: ReadonlyMap<string, Outcome> = new Map([
  ['fullSyncRequired', 'expired'],
  ['updatedMinTooLongAgo', 'expired'],
  ['pushNotSupportedForRequestedResource', 'unwatchable'],
  ['userRateLimitExceeded', 'transient'],
  ['rateLimitExceeded', 'transient'],
  ['quotaExceeded', 'transient'],
  ['dailyLimitExceeded', 'transient'],
]);

const byStatus: Readonly<Record<number, Outcome>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'gone',
  408: 'transient',
  410: 'gone',
  429: 'transient',
};

/** `status` is undefined when no answer came: a reset connection, a time-out, a body that is not JSON. */
export const outcomeOf = (status: number | undefined, reason: string | undefined): Outcome => {
  if (status === undefined || status >= 500) return 'transient';
  return byReason.get(reason ?? '') ?? byStatus[status] ?? 'rejected';
};
