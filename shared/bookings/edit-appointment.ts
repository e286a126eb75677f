/** Shell: a person edits an appointment; new times must be free. */

import type { Stamp } from '../decision/next-appointment.ts';
import type { Appointment, Times } from '../domain/appointment.ts';
import type { BookingEdit } from './booking-request.ts';
import { type ReadTimes, readTimes } from './booking-times.ts';
import {
  type ChangeDeps,
  type Changed,
  changeAppointment,
  type Decided,
  type Found,
  refusalOf,
  type Target,
} from './change-appointment.ts';
import { editBooking } from './edit-booking.ts';
import { overwritesHiddenText } from './read-only.ts';
import { findTaken } from './taken-time.ts';

export type AskedEdit = { edit: BookingEdit; allowOverlap: boolean };

export const editAppointment = (deps: ChangeDeps, target: Target, asked: AskedEdit, stamp: Stamp): Promise<Changed> =>
  changeAppointment(deps, target, (found) => refusalOf(found, target) ?? decide(deps, found, asked, stamp), stamp);

const decide = async (
  deps: ChangeDeps,
  { before, destination }: Found,
  { edit, allowOverlap }: AskedEdit,
  stamp: Stamp,
): Promise<Decided> => {
  if (before.status === 'cancelled') return { kind: 'cancelled' };
  const span = timesAfter(before, edit.times);
  const errors = [
    ...(before.kind === 'block' ? detailsOfBlock(edit) : []),
    ...(span?.kind === 'wrong' ? span.errors : []),
  ];
  if (span?.kind === 'wrong' || errors.length > 0) return { kind: 'wrong', errors };

  const next = editBooking(before, { edit, span }, destination, stamp);
  if (next === undefined) return { kind: 'done', appointment: before };
  if (overwritesHiddenText(before, next.fields)) return { kind: 'read-only', because: 'hidden_text' };
  if (allowOverlap || !isMoved(before, next)) return { kind: 'next', next };

  const { days, clashing } = await findTaken(deps.appointments, { ...next, self: next.id });
  return clashing.length > 0 ? { kind: 'clash', clashing } : { kind: 'next', next, days };
};

/** Times that the edit does not mention stay; undefined when it mentions none. */
const timesAfter = ({ fields }: Appointment, edit: Partial<Times>): ReadTimes | undefined => {
  if (Object.keys(edit).length === 0) return undefined;
  const { allDay, start, end, timeZone } = fields;
  return readTimes({ allDay, start, end, timeZone, ...edit });
};

const detailsOfBlock = ({ details }: BookingEdit) =>
  Object.keys(details).map((field) => ({ field, message: 'Only a booking has this' }));

const isMoved = (before: Appointment, next: Appointment): boolean =>
  before.startsAt !== next.startsAt || before.endsAt !== next.endsAt;
