/** When the sweep must look at a calendar again, if nothing else does before. */

import type { Calendar } from '../domain/calendar.ts';
import { hour, type Instant, minute, plusMs } from '../domain/instant.ts';
import { roundMs } from '../schedule/round-interval.ts';
import { isWatched } from './standing.ts';

/** Even a watched calendar is synced this often: Google loses notifications now and then. */
const backstopMs = 1 * hour;
/** A calendar without a live channel is polled. */
const pollMs = 12 * minute;
/** Spreads what was due together over half of the interval: a quarter to either side. */
const jittered = (intervalMs: number, random: number): number => intervalMs * (0.75 + random / 2);

/** With real-time sync off, the backstop is all that was asked for. */
const intervalOf = (calendar: Calendar, now: Instant): number =>
  calendar.realTimeSync && calendar.trouble === undefined && !isWatched(calendar, now) ? pollMs : backstopMs;

/** Too long without a complete sync: the change of a lost notification shall not wait any longer. */
export const isSyncOverdue = (calendar: Calendar, now: Instant): boolean =>
  calendar.coveredBefore === undefined || plusMs(calendar.coveredBefore, jittered(intervalOf(calendar, now), 0)) <= now;

/**
 * When the last complete sync is too old, or sooner when the channel wants something before that, or a pause ends. One whose
 * sync is overdue has just been sent a hint. `random` lies in [0, 1).
 */
export const nextDueAt = (calendar: Calendar, now: Instant, random: number): Instant => {
  const { channel, writesPausedUntil, coveredBefore } = calendar;
  const from = coveredBefore === undefined || isSyncOverdue(calendar, now) || now < coveredBefore ? now : coveredBefore;
  const backstop = plusMs(from, jittered(intervalOf(calendar, now), random));
  const tended = [channel?.renewAt, channel?.settleAt].map((at) => at && later(at, now));
  const wanted = [...tended, writesPausedUntil].filter((at) => at !== undefined && now < at && at < backstop);
  return wanted.toSorted()[0] ?? backstop;
};

/** For a calendar that was switched off: by then the agenda's index shows its last blocks, which are still to be freed. */
export const lastLookAt = (now: Instant): Instant => plusMs(now, 10 * minute);

/** One that is switched off stays due until its channel has been stopped, and is never due again after that. */
export const isDoneWith = ({ enabled, channel }: Calendar): boolean => enabled || channel === undefined;

/** What was due by now has just been tried, or asked for by a hint that may be lost: the next round looks again. */
const later = (at: Instant, now: Instant): Instant => (at <= now ? plusMs(now, roundMs) : at);
