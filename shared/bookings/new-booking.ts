/** A request → the booking that it makes. */

import { titleOf } from '../decision/booking-text.ts';
import type { Stamp } from '../decision/next-appointment.ts';
import type { Span } from '../decision/span.ts';
import type { Appointment, BookingDetails, OwnedFields } from '../domain/appointment.ts';
import type { AppointmentId, UserId } from '../domain/ids.ts';
import { applied, type BookingRequest } from './booking-request.ts';
import { byUser } from './by-user.ts';
import type { Destination } from './destination.ts';
import { firstState } from './to-be-told.ts';

export type NewBooking = {
  id: AppointmentId;
  userId: UserId;
  asked: Omit<BookingRequest, 'times'>;
  span: Span;
  requestFingerprint: string;
};

export const newBooking = (
  { id, userId, asked, span, requestFingerprint }: NewBooking,
  destination: Destination,
  stamp: Stamp,
): Appointment => {
  const { times, startsAt, endsAt } = span;
  const details = applied<BookingDetails>({}, asked.details);
  const title = asked.title ?? titleOf(details, destination.settings.shared);
  return {
    id,
    userId,
    kind: 'booking',
    status: 'confirmed',
    fields: applied<OwnedFields>({ ...times, title }, asked.text),
    startsAt,
    endsAt,
    ...(Object.keys(details).length > 0 && { details }),
    version: 1,
    revision: 1,
    ...byUser('create', stamp),
    sync: firstState({ endsAt }, destination, stamp.now),
    requestFingerprint,
  };
};
