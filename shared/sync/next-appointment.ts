/** The appointment as a decision leaves it: what is written, whole, in one conditional write. */
import type { Appointment, EventLink, Provenance } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import { blockIdOf } from '../domain/derived-ids.ts';
import type { ChainId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Decision } from './decide.ts';
import type { Translated } from './translate.ts';

/** The decisions that write an appointment. */
export type Change = Exclude<Decision, { kind: 'nothing' | 'parked' | 'park-event' }>;

/** When and because of what it is written. */
export type Stamp = { now: Instant; chainId: ChainId };

export const nextAppointment = (change: Change, calendar: Calendar, stamp: Stamp): Appointment => {
  const written = { updatedAt: stamp.now, provenance: provenanceOf(change, stamp) };
  switch (change.kind) {
    case 'create':
      return {
        id: blockIdOf(calendar.key, change.event.id),
        userId: calendar.userId,
        kind: 'block',
        version: 1,
        revision: 1,
        ...written,
        ...confirmed(change.event, change.translated, calendar),
      };
    case 'update':
    case 'restore':
      return { ...moved(change.appointment), ...written, ...confirmed(change.event, change.translated, calendar) };
    case 'note':
      return { ...change.appointment, revision: change.appointment.revision + 1, link: linkOf(change.event, calendar) };
    case 'cancel':
      return {
        ...moved(change.appointment),
        ...written,
        status: 'cancelled',
        sync: { state: 'synced' },
        ...(change.event !== undefined && { link: linkOf(change.event, calendar) }),
      };
    case 'park-appointment':
      return { ...moved(change.appointment), ...written, sync: { state: 'quarantined', reason: change.reason } };
  }
};

const provenanceOf = ({ kind }: Change, { chainId }: Stamp): Provenance => ({ actor: 'google', reason: kind, chainId });

const moved = (appointment: Appointment): Appointment => ({
  ...appointment,
  version: appointment.version + 1,
  revision: appointment.revision + 1,
});

const confirmed = (event: CalendarEvent, { fields, startsAt, endsAt }: Translated, calendar: Calendar) => ({
  status: 'confirmed' as const,
  fields,
  startsAt,
  endsAt,
  sync: { state: 'synced' as const },
  link: linkOf(event, calendar),
});

const linkOf = (event: CalendarEvent, calendar: Calendar): EventLink => ({
  calendarKey: calendar.key,
  calendarId: calendar.calendarId,
  connectGeneration: calendar.connectGeneration,
  eventId: event.id,
  ...(event.recurringEventId !== undefined && { recurringEventId: event.recurringEventId }),
  etag: event.etag,
  updated: event.updated,
});
