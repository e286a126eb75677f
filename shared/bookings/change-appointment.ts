/** Shell: changes one appointment as a person asks: fetch, decide, write; again when something else wrote meanwhile. */

import { closeOverlaps, hasLeft } from '../appointments/overlapping.ts';
import { openConflictOf, type Stamp } from '../decision/next-appointment.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Conflict } from '../domain/conflict.ts';
import type { AppointmentId, UserId } from '../domain/ids.ts';
import type { AppointmentStore, ConflictStore, Day } from '../ports.ts';
import { untilWritten } from '../store/until-written.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Destination } from './destination.ts';
import { loadDestination } from './load-destination.ts';
import { loadOpenReview } from './open-review.ts';
import { outgoing } from './outgoing.ts';
import { isAnothersBooking } from './read-only.ts';
import { atHome } from './rehomed.ts';
import { type RetellDeps, retellIfOutdated } from './retell.ts';
import type { TimeReader } from './taken-time.ts';
import { underReview } from './under-review.ts';

export type ChangeDeps = RetellDeps & {
  appointments: AppointmentStore & TimeReader;
  conflicts: ConflictStore;
};

/** `versions`: those that the client believes to be current; every one of them must be. */
export type Target = { userId: UserId; id: AppointmentId; versions: number[] };

export type Changed =
  | { kind: 'done'; appointment: Appointment }
  | { kind: 'absent' }
  | { kind: 'stale'; appointment: Appointment }
  | { kind: 'cancelled' }
  /** An event of a calendar that is only read; another barber's booking; a text that was never shown. */
  | { kind: 'read-only'; because: 'calendar' | 'another_owner'; calendar: string }
  | { kind: 'read-only'; because: 'hidden_text' }
  | { kind: 'wrong'; errors: { field: string; message: string }[] }
  | { kind: 'clash'; clashing: Appointment[] };

export type Found = { before: Appointment; destination: Destination; calendars: Calendar[] };

/** `next` is to be written, while the days are as they were read. */
export type Decided = Changed | { kind: 'next'; next: Appointment; days?: Day[] | undefined };

export const changeAppointment = (
  deps: ChangeDeps,
  { userId, id }: Target,
  decide: (found: Found) => Decided | Promise<Decided>,
  stamp: Stamp,
): Promise<Changed> => {
  const attempts: Appointment[] = [];
  return untilWritten<Changed>(async () => {
    const [stored] = await deps.appointments.loadMany(userId, [id]);
    if (stored === undefined) return { kind: 'absent' };
    if (attempts.some((attempt) => isWritten(attempt, stored))) return { kind: 'done', appointment: stored };

    const around = await loadDestination(deps, userId);
    const before = openConflictOf(stored) === undefined ? atHome(stored, around, stamp.now) : stored; // Its review goes on.
    const decided = await decide({ before, ...around });
    if (decided.kind !== 'next') return decided;

    const { days, next } = decided;
    const open = await loadOpenReview(deps, next);
    const reviewed: { appointment: Appointment; conflict?: Conflict } = open
      ? underReview({ before, changed: next }, open, stamp.now)
      : { appointment: next };
    const appointment = outgoing(reviewed.appointment, around, stamp.now);
    attempts.push(appointment);
    const written = await deps.appointments.save(appointment, { before, conflict: reviewed.conflict, days });
    if (written === 'conflict') return written;
    if (hasLeft({ now: appointment, before })) await closeOverlaps(deps, [appointment], stamp);
    const isRetold = await retellIfOutdated(deps, userId, around.destination.settings.shared, stamp);
    const [latest = appointment] = isRetold ? await deps.appointments.loadMany(userId, [id]) : [];
    return { kind: 'done', appointment: latest };
  });
};

/** The answer to a write may be lost; the next attempt then finds its own write. */
const isWritten = (attempt: Appointment, stored: Appointment): boolean =>
  stored.version === attempt.version &&
  stored.provenance.chainId === attempt.provenance.chainId &&
  canonicalJson(saidBy(stored)) === canonicalJson(saidBy(attempt));

const saidBy = ({ status, fields, details }: Appointment) => ({ status, fields, details });

export const refusalOf = ({ before, calendars }: Found, { versions }: Target): Changed | undefined => {
  if (versions.some((version) => version !== before.version)) return { kind: 'stale', appointment: before };
  if (before.kind === 'booking') return undefined;
  const calendar = calendars.find(({ key }) => key === before.link?.calendarKey);
  const named = calendar?.summary ?? before.link?.calendarId ?? '';
  if (calendar?.role !== 'bookings') return { kind: 'read-only', because: 'calendar', calendar: named };
  return isAnothersBooking(before) ? { kind: 'read-only', because: 'another_owner', calendar: named } : undefined;
};
