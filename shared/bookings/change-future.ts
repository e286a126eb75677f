/** Shell: changes the confirmed appointments of a user that are not over, as many as there is time for. */
import pMap from 'p-map';
import { closeOverlaps, hasLeft } from '../appointments/overlapping.ts';
import { openConflictOf, type Stamp } from '../decision/next-appointment.ts';
import { agreedItem } from '../decision/review-items.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Conflict } from '../domain/conflict.ts';
import type { AppointmentId, UserId } from '../domain/ids.ts';
import type { AgendaReader, AppointmentLister, AppointmentStore, ConflictStore } from '../ports.ts';
import { untilWritten } from '../store/until-written.ts';
import { loadOpenReview } from './open-review.ts';
import { underReview } from './under-review.ts';

export type ChangeFutureDeps = {
  appointments: Pick<AppointmentStore, 'loadMany' | 'save'> & AppointmentLister & AgendaReader;
  conflicts: Pick<ConflictStore, 'load' | 'list' | 'save'>;
};

/** Undefined when there is nothing to write; it must say so of its own result, or the change would be made over and over. */
export type NextOf = (before: Appointment) => Appointment | undefined;

/** `more`: there is more to change; repeating the call continues. */
export type FutureChanged = { changed: number; more: boolean };

const itemsPerPage = 200;
const pagesAtMost = 500;
/** A request to the API lives for half a minute. */
const changesAtMost = 2_000;
const writesAtOnce = 8;

/** `finish`: once the review of one that is in dispute has followed. Read from the table itself: an appointment that an index does not show yet would never be changed. */
export const changeFuture = async (
  deps: ChangeFutureDeps,
  userId: UserId,
  nextOf: NextOf,
  stamp: Stamp,
  finish = (next: Appointment): Appointment => next,
): Promise<FutureChanged> => {
  let changed = 0;
  let after: AppointmentId | undefined;
  for (let page = 1; page <= pagesAtMost; page++) {
    const read = await deps.appointments.listOf(userId, { limit: itemsPerPage, ...(after !== undefined && { after }) });
    const ahead = read.items.filter(({ status, endsAt }) => status === 'confirmed' && endsAt > stamp.now);
    const affected = ahead.filter((listed) => nextOf(listed) !== undefined);
    const change = (listed: Appointment) => changeOne(deps, listed, { nextOf, finish }, stamp);
    const written = (await pMap(affected, change, { concurrency: writesAtOnce })).filter((one) => one !== 'nothing');
    const left = written.filter(hasLeft).map(({ now }) => now);
    await closeOverlaps(deps, left, stamp);
    changed += written.length;
    after = read.after;
    if (after === undefined) return { changed, more: false };
    if (changed >= changesAtMost) return { changed, more: true };
  }
  throw new Error(`More than ${pagesAtMost * itemsPerPage} appointments`);
};

type Written = { now: Appointment; before: Appointment };

/** There are many, and one may have changed since it was listed: it is read again before it is written. */
const changeOne = (
  deps: ChangeFutureDeps,
  { userId, id }: Appointment,
  { nextOf, finish }: { nextOf: NextOf; finish(next: Appointment): Appointment },
  stamp: Stamp,
): Promise<Written | 'nothing'> =>
  untilWritten<Written | 'nothing'>(async () => {
    const [before] = await deps.appointments.loadMany(userId, [id]);
    const next = before && nextOf(before);
    if (before === undefined || next === undefined) return 'nothing';
    const open = await loadOpenReview(deps, before);
    const { appointment: decided, conflict }: Reviewed = open
      ? reviewed(before, next, open, stamp)
      : { appointment: next };
    const appointment = finish(decided);
    const written = await deps.appointments.save(appointment, { before, conflict });
    return written === 'conflict' ? written : { now: appointment, before };
  });

type Reviewed = { appointment: Appointment; conflict?: Conflict };

/** Once the appointment no longer waits for a person there is nothing left to decide. */
const reviewed = (before: Appointment, next: Appointment, open: Conflict, stamp: Stamp): Reviewed =>
  openConflictOf(next) === undefined
    ? { appointment: next, conflict: agreedItem(open, stamp) }
    : underReview({ before, changed: next }, open, stamp.now);
