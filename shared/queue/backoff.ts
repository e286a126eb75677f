/** How long a hint that failed waits before it is tried again: full jitter under a doubling limit. */
const firstLimitSeconds = 2;
const lastLimitSeconds = 15 * 60;

/**
 * `failures`: how often in a row, 1 the first time; `random` lies in [0, 1). What Google asks for (`retryAfterMs`) comes
 * first and the jitter on top of it, so that those told alike do not come back together. Whole seconds, from 1 to 900.
 */
export const backoffSeconds = (failures: number, random: number, retryAfterMs = 0): number => {
  const limit = Math.min(firstLimitSeconds * 2 ** (failures - 1), lastLimitSeconds);
  const jitter = 1 + Math.floor(random * limit);
  return Math.min(Math.ceil(retryAfterMs / 1_000) + jitter, lastLimitSeconds);
};

/** A wait this short is spent in place, because SQS hides for whole seconds only. */
export const shortWaitMs = 300;

/** Seconds to hide a hint that is due in `forMs` (at least 1); up to `shortWaitMs` may remain, which the consumer waits in place. */
export const deferralSeconds = (forMs: number): number =>
  Math.max(1, Math.floor((forMs + 1_000 - shortWaitMs - 1) / 1_000));
