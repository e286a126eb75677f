/** An appointment as clients of the API see it. */
import type * as z from 'zod';
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { appointment as schema } from './schemas.ts';

/** What a calendar shows for an event without a title. */
const untitled = '(No title)';

export const presentAppointment = ({ id, kind, status, fields, ...rest }: Appointment): z.infer<typeof schema> => {
  const { link, version, updatedAt, sync } = rest;
  return {
    id,
    kind,
    status,
    ...fields,
    title: fields.title || untitled,
    version,
    updatedAt,
    calendar: {
      calendarId: link.calendarId,
      eventId: link.eventId,
      ...(link.recurringEventId !== undefined && { recurringEventId: link.recurringEventId }),
    },
    sync,
  };
};
