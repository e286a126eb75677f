/** Shell: changes one appointment as a person asks: fetch, decide, write; again when something else wrote meanwhile. */

import type { Stamp } from '../decision/next-appointment.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { AppointmentId, UserId } from '../domain/ids.ts';
import type { AppointmentStore, ConflictStore, Day } from '../sync/ports.ts';
import type { Destination } from './destination.ts';
import { type DestinationDeps, loadDestination } from './load-destination.ts';
import type { TimeReader } from './taken-time.ts';
import { underReview } from './under-review.ts';
import { untilWritten } from './until-written.ts';

export type ChangeDeps = DestinationDeps & {
  appointments: AppointmentStore & TimeReader;
  conflicts: Pick<ConflictStore, 'load'>;
};

/** `versions`: whichever the client believes to be current; all of them must be. */
export type Target = { userId: UserId; id: AppointmentId; versions: number[] };

export type Changed =
  | { kind: 'done'; appointment: Appointment }
  | { kind: 'absent' }
  | { kind: 'stale'; appointment: Appointment }
  | { kind: 'cancelled' }
  /** An event of a calendar that is only read. */
  | { kind: 'read-only'; calendar: string }
  | { kind: 'wrong'; errors: { field: string; message: string }[] }
  | { kind: 'clash'; clashing: Appointment[] };

export type Found = { before: Appointment; destination: Destination; calendars: Calendar[] };

/** `next` is to be written, while the days are as they were read. */
export type Decided = Changed | { kind: 'next'; next: Appointment; days?: Day[] | undefined };

export const changeAppointment = (
  deps: ChangeDeps,
  { userId, id }: Target,
  decide: (found: Found) => Decided | Promise<Decided>,
  { now }: Stamp,
): Promise<Changed> =>
  untilWritten<Changed>(async () => {
    const [before] = await deps.appointments.loadMany(userId, [id]);
    if (before === undefined) return { kind: 'absent' };

    const decided = await decide({ before, ...(await loadDestination(deps, userId)) });
    if (decided.kind !== 'next') return decided;

    const { days, next } = decided;
    const open = await openReview(deps, next);
    const { appointment, conflict } = open ? underReview(next, open, now) : { appointment: next };
    const written = await deps.appointments.save(appointment, { before, conflict, days });
    return written === 'conflict' ? written : { kind: 'done', appointment };
  });

/** One that has been decided meanwhile has moved the appointment too, so this write will lose. */
const openReview = async ({ conflicts }: ChangeDeps, { userId, sync }: Appointment) => {
  if (sync.state !== 'conflict') return undefined;
  const conflict = await conflicts.load(userId, sync.conflictId);
  return conflict?.status === 'open' ? conflict : undefined;
};

export const refusalOf = ({ before, calendars }: Found, { versions }: Target): Changed | undefined => {
  if (versions.some((version) => version !== before.version)) return { kind: 'stale', appointment: before };
  if (before.kind === 'booking') return undefined;
  const calendar = calendars.find(({ key }) => key === before.link?.calendarKey);
  if (calendar?.role === 'bookings') return undefined;
  return { kind: 'read-only', calendar: calendar?.summary ?? before.link?.calendarId ?? '' };
};
