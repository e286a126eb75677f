/** The values that a person gives for an outcome of their own → all that the appointment shall say. */
import { applied, type BookingEdit } from '../bookings/booking-request.ts';
import { readTimes } from '../bookings/booking-times.ts';
import { sideOf } from '../decision/sides.ts';
import type { OwnedFields } from '../domain/appointment.ts';
import type { Dispute } from './review.ts';

export type GivenValues = Pick<BookingEdit, 'title' | 'text' | 'times'>;

export type MergedValues =
  | { kind: 'values'; values: OwnedFields }
  | { kind: 'wrong'; errors: { field: string; message: string }[] };

/** What they leave out stays as it is here. */
export const mergedValues = (dispute: Dispute, { title, text, times }: GivenValues): MergedValues => {
  const fields = fieldsBefore(dispute);
  const { allDay, start, end, timeZone } = fields;
  const span = Object.keys(times).length === 0 ? undefined : readTimes({ allDay, start, end, timeZone, ...times });
  if (span?.kind === 'wrong') return { kind: 'wrong', errors: span.errors.map(inValues) };
  const changes = { ...text, ...span?.times, ...(title !== undefined && { title }) };
  return { kind: 'values', values: applied<OwnedFields>(fields, changes) };
};

const inValues = ({ field, message }: { field: string; message: string }) => ({ field: `values.${field}`, message });

/** Before the decision, so that repeating the same values means the same; if it was cancelled here, Google's fields. */
const fieldsBefore = ({ conflict, appointment }: Dispute): OwnedFields => {
  const before = conflict.resolution?.before ?? appointment;
  const sides = [sideOf(before), conflict.theirs];
  return sides.find((side) => side !== 'gone') ?? before.fields;
};
