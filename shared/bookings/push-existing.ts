/** Shell: bookings from before the calendar was connected go to Google as well, once their owner says so. */

import type { Stamp } from '../decision/next-appointment.ts';
import { kept } from '../decision/sync-state.ts';
import type { UserId } from '../domain/ids.ts';
import { pendingHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import { type ChangeFutureDeps, changeFuture } from './change-future.ts';
import { type DestinationDeps, loadDestination } from './load-destination.ts';
import { firstState } from './to-be-told.ts';

export type PushExistingDeps = DestinationDeps & ChangeFutureDeps & { queue: SyncQueue };

/** `more`: repeating the call continues. */
export type PushedExisting =
  | { kind: 'done'; marked: number; more: boolean }
  | { kind: 'not-connected' }
  | { kind: 'no-calendar' };

/** What is marked already is not marked again. */
export const pushExisting = async (deps: PushExistingDeps, userId: UserId, stamp: Stamp): Promise<PushedExisting> => {
  const { destination } = await loadDestination(deps, userId);
  if (!destination.connected) return { kind: 'not-connected' };
  if (destination.bookings === undefined) return { kind: 'no-calendar' };

  const marked = await changeFuture(
    deps,
    userId,
    (before) =>
      before.kind === 'booking' && before.sync.state === 'local'
        ? { ...kept(before), sync: firstState(before, destination, stamp.now) }
        : undefined,
    stamp,
  );
  if (marked.changed > 0) {
    await deps.queue.send(pendingHint(destination.bookings.key, stamp.chainId, stamp.now)); // The marks alone send no hint.
  }
  return { kind: 'done', marked: marked.changed, more: marked.more };
};
