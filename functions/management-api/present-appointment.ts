/** An appointment as clients of the API see it. */
import type * as z from 'zod/mini';
import { placeholderTitle, titleOf } from '../../shared/decision/booking-text.ts';
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
    title: titleFor(appointment),
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

export const presentClash = (appointment: Appointment): z.infer<typeof clash> => {
  const { id, fields } = appointment;
  return { id, title: titleFor(appointment), start: fields.start, end: fields.end };
};

/** What is kept from Google need not be kept from the barber's own diary. */
const titleFor = ({ fields, details }: Appointment): string =>
  fields.title === placeholderTitle
    ? titleOf(details, { service: true, clientName: true })
    : presentFields(fields).title;

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
