/** An appointment: a booking, or a block of time that a foreign calendar event takes. */
import type { AppointmentId, CalendarId, CalendarKey, ChainId, EventId, UserId } from './ids.ts';
import type { Instant } from './instant.ts';

/**
 * When it takes place. Timed: `start` and `end` are RFC 3339 with the offset of `timeZone`.
 * All day: they are civil dates and `end` is exclusive; `timeZone` says whose days they are.
 */
export type Times = { allDay: boolean; start: string; end: string; timeZone: string };

/** The fields that an appointment and its event share (`design.md` §4). Nothing else is compared. */
export type OwnedFields = Times & { title: string; location?: string; notes?: string };

/** The event that an appointment stands for. */
export type EventLink = {
  calendarKey: CalendarKey;
  calendarId: CalendarId;
  connectGeneration: number;
  eventId: EventId;
  recurringEventId?: EventId;
  /** Google's version of the event; opaque. */
  etag: string;
  /** When Google last saw the event change. An event older than this decides nothing. */
  updated: Instant;
};

export type SyncState = { state: 'synced' } | { state: 'quarantined'; reason: string };

/** Who wrote this version of the item, and why. The audit log is projected from it. */
export type Provenance = { actor: 'google'; reason: string; chainId: ChainId };

export type Appointment = {
  id: AppointmentId;
  userId: UserId;
  kind: 'booking' | 'block';
  status: 'confirmed' | 'cancelled';
  fields: OwnedFields;
  startsAt: Instant;
  endsAt: Instant;
  /** Moves when something changes that a reader can see. */
  version: number;
  /** Moves with every write; every write is conditional on it. */
  revision: number;
  updatedAt: Instant;
  sync: SyncState;
  link: EventLink;
  provenance: Provenance;
};
