/** When both sides of a calendar are compared without a write (drift), what of them, and what follows from the result. */
import type { Calendar, Drift, SyncWindow } from '../domain/calendar.ts';
import { clockMarginMs, day, type Instant, plusMs } from '../domain/instant.ts';
import { cursorOf, longestIntervalMs } from './generation-plan.ts';
import { windowAt } from './window.ts';

const intervalMs = 1 * day;

/** Not before its first listing has ended, nor while everything is being listed anew: both sides then differ for a known reason. */
export const isComparable = (calendar: Calendar, now: Instant): boolean =>
  calendar.enabled && calendar.checkpoint === undefined && cursorOf(calendar, now) !== undefined;

/** What the sweep asks. A calendar that cannot even be synced is not compared. */
export const isComparisonDue = (calendar: Calendar, now: Instant): boolean => {
  const { drift, trouble } = calendar;
  return isComparable(calendar, now) && trouble === undefined && (drift === undefined || drift.nextAt <= now);
};

/** Without the far end of the window: only the next generation brings what it has come to reach since. */
export const comparedWindow = (now: Instant): SyncWindow => {
  const { from, to } = windowAt(now);
  return { from, to: plusMs(to, -longestIntervalMs) };
};

/** The result of a comparison; `partial`: not everything was compared. */
export type Compared = Pick<Drift, 'compared' | 'differing' | 'partial'>;

/**
 * About a day later again. A difference that was not there before is mended at once and looked at again, by the next sweep
 * at the latest; one that outlives its mending is not mended over and over. `random` lies in [0, 1).
 */
export const driftAfter = (before: Drift | undefined, found: Compared, now: Instant, random: number): Drift => ({
  ...found,
  at: now,
  nextAt: isNews(before, found) ? now : plusMs(now, intervalMs * (0.75 + random / 2)),
});

/** What differs is mended by a generation, which is due at once, also by the clock of whoever is asked for it. */
export const mending = ({ at, differing }: Drift): Pick<Calendar, 'nextGenerationAt'> =>
  differing === 0 ? {} : { nextGenerationAt: plusMs(at, -clockMarginMs) };

/** Both sides have come to differ since they were last compared. */
export const isNews = (before: Drift | undefined, { differing }: Compared): boolean =>
  differing > 0 && (before?.differing ?? 0) === 0;

/** What differed before was to be mended, and both sides differ still. */
export const persists = (before: Drift | undefined, found: Compared): boolean =>
  found.differing > 0 && !isNews(before, found);
