/** What a `compare` hint asks for: publish how far both sides are apart, and have what differs mended. */
import type { Calendar, Drift } from '../domain/calendar.ts';
import type { ChainId } from '../domain/ids.ts';
import type { CalendarStore } from '../ports.ts';
import { listingHint, recheckHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import { driftAfter, isNews, persists } from '../schedule/comparison-plan.ts';
import { type CompareDeps, type ComparisonRun, compareSides } from './compare-sides.ts';

export type CompareCalendarDeps = CompareDeps & {
  calendars: Pick<CalendarStore, 'noteDrift'>;
  queue: SyncQueue;
  /** In [0, 1). */
  random(): number;
};

export const compareCalendar = async (
  deps: CompareCalendarDeps,
  calendar: Calendar,
  run: ComparisonRun & { chainId: ChainId },
): Promise<{ drift: Drift; persists: boolean }> => {
  const { now, chainId } = run;
  const found = await compareSides(deps, calendar, run);
  const drift = driftAfter(calendar.drift, found, now, deps.random());
  await deps.calendars.noteDrift(calendar, drift);

  // A listing mends it; and only a complete one says that a trouble is over.
  const wantsListing = drift.differing > 0 || calendar.trouble !== undefined;
  if (wantsListing) await deps.queue.send(listingHint(calendar.key, chainId, now));
  if (isNews(calendar.drift, found)) await deps.queue.send(recheckHint(calendar.key, chainId, now));
  return { drift, persists: persists(calendar.drift, found) };
};
