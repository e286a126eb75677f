/** A moment as ISO 8601 in UTC with milliseconds, so that text order is time order in the table and in code. */
declare const brand: unique symbol;
export type Instant = string & { readonly [brand]: 'Instant' };

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The clocks of SQS and of our functions are taken to be within this of each other; all other clocks may be wrong. */
export const clockMarginMs = 1 * second;

/** Throws a RangeError when `epochMs` is no time value, or outside of the years 0 to 9999, which text would not sort. */
export const instantAt = (epochMs: number): Instant => {
  const text = new Date(epochMs).toISOString();
  if (text.length !== textLength) throw new RangeError('Outside of the years 0 to 9999');
  return text as Instant;
};

const textLength = '2026-11-22T10:00:00.000Z'.length;

export const epochMsOf = (instant: Instant): number => Date.parse(instant);

export const plusMs = (instant: Instant, ms: number): Instant => instantAt(epochMsOf(instant) + ms);

/** Seconds since the epoch, the unit of DynamoDB's TTL attribute. */
export const epochSecondsOf = (instant: Instant): number => Math.floor(epochMsOf(instant) / second);
