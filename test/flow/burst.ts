/** A burst of notifications of one calendar as the queue would hand it out, in virtual time. */
import type { CalendarKey } from '../../shared/domain/ids.ts';
import { plusMs } from '../../shared/domain/instant.ts';
import type { Hint } from '../../shared/queue/hint.ts';
import { syncCalendar } from '../../shared/sync/sync-calendar.ts';
import { calendarKey, now } from '../support/samples.ts';
import { received, type SyncJob } from './sync-job.ts';

/** From the queue to us. */
const deliveryMs = 20;

export type Burst = { sentMs: number[]; listingMs: number; key?: CalendarKey; reason?: Hint['reason'] };

/** This many moments, evenly over that time. */
export const spread = (count: number, overMs: number): number[] =>
  Array.from({ length: count }, (_, index) => Math.round((index * overMs) / Math.max(1, count - 1)));

/**
 * The queue hands the group's next message out when the one before is done; a deferred one comes back when it may.
 * Resolves with how many listings that took.
 */
export const receiveBurst = async (
  job: SyncJob,
  { sentMs, listingMs, key = calendarKey, reason = 'notification' }: Burst,
): Promise<number> => {
  let clockMs = 0;
  let listings = 0;
  for (const sent of sentMs) {
    clockMs = Math.max(clockMs, sent + deliveryMs);
    for (;;) {
      const hint = received({ reason, calendarKey: key }, plusMs(now, sent));
      const outcome = await syncCalendar(job.deps(), { ...hint, now: plusMs(now, clockMs) });
      if (outcome.kind === 'synced') {
        clockMs += listingMs;
        listings += outcome.pull.pages;
      }
      if (outcome.kind !== 'deferred') break;
      clockMs += outcome.forMs;
    }
  }
  return listings;
};
