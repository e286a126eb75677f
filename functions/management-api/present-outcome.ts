/** What has come of a request about one appointment: the appointment, or why not. */
import type { Changed } from '../../shared/bookings/change-appointment.ts';
import type { Created } from '../../shared/bookings/create-booking.ts';
import type { Appointment } from '../../shared/domain/appointment.ts';
import { presentAppointment, presentClash } from './present-appointment.ts';
import { invalidRequest, Problem } from './problem.ts';
import type { Reply } from './route.ts';

/** Throws a Problem unless it is done. */
export const replyTo = (outcome: Changed | Created): Extract<Reply, { body: unknown }> => {
  if (outcome.kind === 'done') return showing(outcome.appointment);
  throw refusalOf(outcome);
};

export const showing = (appointment: Appointment) => ({
  status: 200 as const,
  headers: { etag: `"${appointment.version}"` },
  body: presentAppointment(appointment),
});

const refusalOf = (outcome: Exclude<Changed | Created, { kind: 'done' }>): Problem => {
  switch (outcome.kind) {
    case 'absent':
      return noSuchAppointment();
    case 'wrong':
      return invalidRequest(outcome.errors);
    case 'stale': {
      const members = { appointment: presentAppointment(outcome.appointment) };
      return new Problem('version-mismatch', 'The appointment has another version by now', { members });
    }
    case 'cancelled':
      return new Problem('appointment-cancelled', 'What is cancelled can be changed no more. Book anew.');
    case 'read-only':
      return new Problem('read-only', whyReadOnly(outcome));
    case 'clash':
      return doubleBooking(outcome.clashing);
    case 'reused':
      return new Problem(
        'idempotency-key-reused',
        'Another request was made with this idempotency key. Take a new one.',
      );
  }
};

const whyReadOnly = (outcome: Extract<Changed, { kind: 'read-only' }>): string => {
  switch (outcome.because) {
    case 'calendar':
      return `Nothing is changed in the calendar “${outcome.calendar}”: its events only take time`;
    case 'another_owner':
      return `It is a booking of someone else, who shares the calendar “${outcome.calendar}”`;
    case 'hidden_text':
      return 'The text of this event is not shown here, and is not overwritten unseen. Its times may be changed.';
  }
};

export const doubleBooking = (clashing: Appointment[]): Problem => {
  const conflicts = clashing.map(presentClash);
  const titles = conflicts.map(({ title }) => `“${title}”`).join(', ');
  const detail = `The time is taken by ${titles}. With "allowOverlap": true it is booked all the same.`;
  return new Problem('double-booking', detail, { members: { conflicts } });
};

export const noSuchAppointment = (): Problem => new Problem('not-found', 'There is no such appointment');
