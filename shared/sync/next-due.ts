/** When the sweep must look at a calendar again, if nothing else does before. */
import type { Calendar } from '../domain/calendar.ts';
import { hour, type Instant, plusMs } from '../domain/instant.ts';

type Waiting = Pick<Calendar, 'channel' | 'writesPausedUntil'>;

const intervalMs = 1 * hour;

/**
 * About an hour from now, or sooner when the channel wants something before that, or a pause ends.
 * `random` lies in [0, 1) and spreads calendars that were due together over half an hour.
 */
export const nextDueAt = ({ channel, writesPausedUntil }: Waiting, now: Instant, random: number): Instant => {
  const backstop = plusMs(now, intervalMs * (0.75 + random / 2));
  const wanted = [channel?.renewAt, writesPausedUntil].filter((at) => at !== undefined && now < at && at < backstop);
  return wanted.toSorted()[0] ?? backstop;
};
