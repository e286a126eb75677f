/** When the sweep must look at a calendar again, if nothing else does before. */
import { isWatched } from '../channels/standing.ts';
import type { Calendar } from '../domain/calendar.ts';
import { hour, type Instant, minute, plusMs } from '../domain/instant.ts';
import { roundMs } from '../renewal/round-interval.ts';

/** A calendar that its channel tells of is asked about this often all the same: Google loses notifications now and then. */
const backstopMs = 1 * hour;
/** One that nothing tells of is polled. */
const pollMs = 12 * minute;
/** Jitter spreads what was due together over half of the interval, half to either side. */
const jittered = (intervalMs: number, random: number): number => intervalMs * (0.75 + random / 2);

/** A person who has switched real-time sync off has asked for no more than that. */
const intervalOf = (calendar: Calendar, now: Instant): number =>
  calendar.realTimeSync && calendar.trouble === undefined && !isWatched(calendar, now) ? pollMs : backstopMs;

/** It has been too long without a complete sync: what a lost notification was about would wait no longer. */
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

/** A calendar has been switched off: by then the index of the agenda shows the last that had been stored of it, which still takes time. */
export const lastLookAt = (now: Instant): Instant => plusMs(now, 10 * minute);

/** One that is switched off is due once more for as long as its channel could not be stopped, and then no more. */
export const isDoneWith = ({ enabled, channel }: Calendar): boolean => enabled || channel === undefined;

/** What should have been done by now has just been tried, or asked for by a hint that may be lost: the next round looks. */
const later = (at: Instant, now: Instant): Instant => (at <= now ? plusMs(now, roundMs) : at);
