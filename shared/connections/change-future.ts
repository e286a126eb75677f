/** Shell: changes all confirmed appointments of a user that are not over, page by page. Repeating it changes the rest. */
import pMap from 'p-map';
import { untilWritten } from '../bookings/until-written.ts';
import { openConflictOf, type Stamp } from '../decision/next-appointment.ts';
import { agreedItem } from '../decision/review-items.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { UserId } from '../domain/ids.ts';
import { instantAt } from '../domain/instant.ts';
import type { AgendaReader, AppointmentStore, ConflictStore } from '../sync/ports.ts';

export type ChangeFutureDeps = {
  appointments: Pick<AppointmentStore, 'loadMany' | 'save'> & AgendaReader;
  conflicts: Pick<ConflictStore, 'load'>;
};

/** Undefined when there is nothing to write. */
export type NextOf = (before: Appointment) => Appointment | undefined;

/** No appointment begins later (booking requests are read so). */
const endOfTime = instantAt(Date.UTC(2200, 1));
const itemsPerPage = 200;
const pagesAtMost = 50;
const writesAtOnce = 8;

/** Throws when there are absurdly many; those that have been written are written. */
export const changeFuture = async (
  deps: ChangeFutureDeps,
  userId: UserId,
  nextOf: NextOf,
  stamp: Stamp,
): Promise<void> => {
  const request = { userId, from: stamp.now, to: endOfTime, limit: itemsPerPage, includeCancelled: false };
  const change = (listed: Appointment) => changeOne(deps, listed, nextOf, stamp);
  let after: string | undefined;
  for (let nth = 1; nth <= pagesAtMost; nth++) {
    const page = await deps.appointments.list({ ...request, ...(after !== undefined && { after }) });
    const affected = page.items.filter((listed) => nextOf(listed) !== undefined);
    await pMap(affected, change, { concurrency: writesAtOnce });
    if (page.after === undefined) return;
    after = page.after;
  }
  throw new Error(`More than ${pagesAtMost * itemsPerPage} appointments ahead`);
};

/** The list lags behind, so what is written is made of what is read again. */
const changeOne = (
  deps: ChangeFutureDeps,
  { userId, id }: Appointment,
  nextOf: NextOf,
  stamp: Stamp,
): Promise<'saved' | 'nothing'> =>
  untilWritten<'saved' | 'nothing'>(async () => {
    const [before] = await deps.appointments.loadMany(userId, [id]);
    const next = before && nextOf(before);
    if (before === undefined || next === undefined) return 'nothing';
    return deps.appointments.save(next, { before, conflict: await closedItem(deps, before, next, stamp) });
  });

/** One that waits for a person no more leaves nothing to decide. */
const closedItem = async ({ conflicts }: ChangeFutureDeps, before: Appointment, next: Appointment, stamp: Stamp) => {
  const id = openConflictOf(before);
  if (id === undefined || openConflictOf(next) !== undefined) return undefined;
  const open = await conflicts.load(before.userId, id);
  return open?.status === 'open' ? agreedItem(open, stamp) : undefined;
};
