/** When the sweep must look at a calendar again, if nothing else does before. */
import type { Calendar } from '../domain/calendar.ts';
import { hour, type Instant, plusMs } from '../domain/instant.ts';

const intervalMs = 1 * hour;

/**
 * About an hour from now, or sooner when the channel wants something before that.
 * `random` lies in [0, 1) and spreads calendars that were due together over half an hour.
 */
export const nextDueAt = (channel: Calendar['channel'], now: Instant, random: number): Instant => {
  const backstop = plusMs(now, intervalMs * (0.75 + random / 2));
  const wanted = channel?.renewAt;
  return wanted !== undefined && now < wanted && wanted < backstop ? wanted : backstop;
};
