/** Shell: bookings from before the calendar was connected go to Google as well, once their owner says so. */
import pMap from 'p-map';
import { kept } from '../decision/sync-state.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { ChainId, UserId } from '../domain/ids.ts';
import { type Instant, instantAt } from '../domain/instant.ts';
import { pendingHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import type { AgendaReader, AppointmentStore } from '../sync/ports.ts';
import type { Destination } from './destination.ts';
import { type DestinationDeps, loadDestination } from './load-destination.ts';
import { firstState } from './told.ts';

export type PushExistingDeps = DestinationDeps & {
  appointments: Pick<AppointmentStore, 'save'> & AgendaReader;
  queue: SyncQueue;
};

/** No booking begins later (booking requests are read so). */
const endOfTime = instantAt(Date.UTC(2200, 1));
const itemsPerPage = 200;
const pagesAtMost = 25;
const savesAtOnce = 8;

export type PushedExisting = { kind: 'done'; marked: number } | { kind: 'not-connected' } | { kind: 'no-calendar' };

/** What is marked already is not marked again. */
export const pushExisting = async (
  deps: PushExistingDeps,
  userId: UserId,
  { now, chainId }: { now: Instant; chainId: ChainId },
): Promise<PushedExisting> => {
  const { destination } = await loadDestination(deps, userId);
  if (!destination.connected) return { kind: 'not-connected' };
  if (destination.bookings === undefined) return { kind: 'no-calendar' };

  const request = { userId, from: now, to: endOfTime, limit: itemsPerPage, includeCancelled: false };
  let marked = 0;
  let after: string | undefined;
  for (let nth = 1; nth <= pagesAtMost; nth++) {
    const page = await deps.appointments.list({ ...request, ...(after !== undefined && { after }) });
    marked += await markAll(deps, page.items, destination, now);
    if (page.after === undefined) break;
    after = page.after;
  }
  if (marked > 0) await deps.queue.send(pendingHint(destination.bookings.key, chainId, now)); // A mark alone hints nobody.
  return { kind: 'done', marked };
};

const markAll = async (
  { appointments }: PushExistingDeps,
  items: Appointment[],
  destination: Destination,
  now: Instant,
): Promise<number> => {
  const local = items.filter(({ kind, sync }) => kind === 'booking' && sync.state === 'local');
  const mark = async (before: Appointment) =>
    appointments.save({ ...kept(before), sync: firstState(before, destination, now) }, { before });
  const written = await pMap(local, mark, { concurrency: savesAtOnce }); // Who has changed it meanwhile has marked it.
  return written.filter((outcome) => outcome === 'saved').length;
};
