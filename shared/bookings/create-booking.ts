/** Shell: makes the booking that a request asks for, once, unless its time is taken. */

import type { Stamp } from '../decision/next-appointment.ts';
import { retitled } from '../decision/retitled.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { AppointmentId, UserId } from '../domain/ids.ts';
import type { AppointmentStore } from '../ports.ts';
import { untilWritten } from '../store/until-written.ts';
import type { BookingRequest } from './booking-request.ts';
import { readTimes, type TimesError } from './booking-times.ts';
import { requestFingerprintOf } from './canonical-json.ts';
import { loadDestination } from './load-destination.ts';
import { newBooking } from './new-booking.ts';
import { type RetellDeps, retell, retellIfOutdated } from './retell.ts';
import { findTaken, type TimeReader } from './taken-time.ts';

export type CreateDeps = RetellDeps & { appointments: AppointmentStore & TimeReader };

export type Creation = { id: AppointmentId; userId: UserId; request: BookingRequest; allowOverlap: boolean };

export type Created =
  | { kind: 'done'; appointment: Appointment }
  | { kind: 'wrong'; errors: TimesError[] }
  | { kind: 'clash'; clashing: Appointment[] }
  /** Another request has made an appointment of this id. */
  | { kind: 'reused' };

/** A repeated request finds the booking that it made, whatever has become of it. */
export const createBooking = async (deps: CreateDeps, creation: Creation, stamp: Stamp): Promise<Created> => {
  const { id, userId, request, allowOverlap } = creation;
  const { times, ...asked } = request;
  const span = readTimes(times);
  if (span.kind === 'wrong') return span;
  const requestFingerprint = requestFingerprintOf({ request, allowOverlap });
  const { destination } = await loadDestination(deps, userId);
  const { shared: used } = destination.settings;

  const created = await untilWritten<Created>(async () => {
    const [known] = await deps.appointments.loadMany(userId, [id]);
    if (known !== undefined) {
      if (known.requestFingerprint !== requestFingerprint) return { kind: 'reused' };
      const isCutOff = asked.title === undefined && retitled(known, used) !== known.fields.title;
      if (isCutOff) await retell(deps, userId, used, stamp); // The try before could not ask any more.
      return { kind: 'done', appointment: known };
    }
    const taken = allowOverlap ? undefined : await findTaken(deps.appointments, { userId, self: id, ...span });
    if (taken !== undefined && taken.clashing.length > 0) return { kind: 'clash', clashing: taken.clashing };

    const appointment = newBooking({ id, userId, asked, span, requestFingerprint }, destination, stamp);
    const written = await deps.appointments.save(appointment, { days: taken?.days });
    return written === 'conflict' ? written : { kind: 'done', appointment };
  });
  if (created.kind !== 'done' || !(await retellIfOutdated(deps, userId, used, stamp))) return created;
  const [latest = created.appointment] = await deps.appointments.loadMany(userId, [id]);
  return { kind: 'done', appointment: latest };
};
