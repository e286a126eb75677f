/** When everything is listed anew, and when only changes are. */
import type { Calendar } from '../domain/calendar.ts';
import { day, type Instant, plusMs } from '../domain/instant.ts';
import { queryVersion } from '../google/query.ts';

const intervalMs = 30 * day;
const jitter = 0.25;
/** The last generation of a calendar is no older than this, unless something keeps the next one from ending. */
export const longestIntervalMs = intervalMs * (1 + jitter);

/** The cursor to go on from; none when a generation is due, or when the cursor belongs to another query [F9]. */
export const cursorOf = (calendar: Calendar, now: Instant): string | undefined => {
  const { cursor, nextGenerationAt } = calendar;
  if (calendar.queryVersion !== queryVersion) return undefined;
  if (nextGenerationAt !== undefined && nextGenerationAt <= now) return undefined;
  return cursor;
};

/**
 * About a month after the last one: increments do not bring what the moving window reaches, and a generation does.
 * `random` lies in [0, 1) and spreads calendars that were connected together.
 */
export const nextGenerationAt = (startedAt: Instant, random: number): Instant =>
  plusMs(startedAt, intervalMs * (1 + (2 * random - 1) * jitter));
