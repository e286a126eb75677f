/** An appointment as clients of the API see it. */
import type * as z from 'zod';
import type { Appointment, EventLink, OwnedFields, SyncState } from '../../shared/domain/appointment.ts';
import type { clash, ownedFields, appointment as schema } from './schemas/appointments.ts';

type Shown = z.infer<typeof schema>;

/** What a calendar shows for an event without a title. */
const untitled = '(No title)';

export const presentAppointment = (appointment: Appointment): Shown => {
  const { id, kind, status, fields, details, version, updatedAt, sync, link } = appointment;
  return {
    id,
    kind,
    status,
    ...presentFields(fields),
    ...details,
    version,
    updatedAt,
    ...(link !== undefined && { calendar: presentLink(link) }),
    sync: presentSync(sync),
  };
};

export const presentFields = (fields: OwnedFields): z.infer<typeof ownedFields> => ({
  ...fields,
  title: fields.title || untitled,
});

export const presentClash = ({ id, fields }: Appointment): z.infer<typeof clash> => {
  const { title, start, end } = presentFields(fields);
  return { id, title, start, end };
};

const presentLink = ({ calendarId, eventId, recurringEventId }: EventLink): NonNullable<Shown['calendar']> => ({
  calendarId,
  eventId,
  ...(recurringEventId !== undefined && { recurringEventId }),
});

/** What is held waits for a person, as a conflict does. */
const presentSync = (sync: SyncState): Shown['sync'] => {
  switch (sync.state) {
    case 'local':
    case 'synced':
      return { state: sync.state };
    case 'pending':
      return { state: 'pending', ...(sync.reason !== undefined && { reason: sync.reason }) };
    case 'conflict':
    case 'held':
      return { state: 'conflict', conflictId: sync.conflictId };
    case 'quarantined':
      return { state: 'quarantined', reason: sync.reason };
  }
};
