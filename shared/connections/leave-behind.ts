/**
 * Shell: what a calendar that is synced no more leaves behind: its blocks take no time, and bookings of an account that has
 * been replaced go where bookings go now. Asks nothing of Google.
 */
import { type ChangeFutureDeps, changeFuture } from '../bookings/change-future.ts';
import { type DestinationDeps, loadDestination } from '../bookings/load-destination.ts';
import { rehomed } from '../bookings/rehomed.ts';
import type { Stamp } from '../decision/next-appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import { continuationHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import { freed } from './freed.ts';

export type LeaveBehindDeps = DestinationDeps & ChangeFutureDeps & { queue: SyncQueue };

/** In the calendar's own queue group: a pull that was under way when it was switched off can bring in nothing afterwards. */
export const leaveBehind = async (deps: LeaveBehindDeps, calendar: Calendar, stamp: Stamp): Promise<void> => {
  const { userId, key } = calendar;
  const around = await loadDestination(deps, userId);
  const { more } = await changeFuture(
    deps,
    userId,
    (before) => freed(before, calendar, stamp) ?? rehomed(before, around, stamp),
    stamp,
  );
  if (more) await deps.queue.send(continuationHint(key, stamp.chainId, stamp.now));
};
