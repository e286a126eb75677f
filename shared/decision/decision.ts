/** What is to be done about one appointment and its event. Data: apply.ts and push.ts carry it out. */
import type { Appointment, OwnedFields, Settlement, SideState } from '../domain/appointment.ts';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import type { ConflictKind } from '../domain/conflict.ts';
import type { AppointmentId, ConflictId, EventId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Merged } from './merge.ts';
import type { Translated } from './translate.ts';

/**
 * Both sides are there. `base`: what both last agreed on, as this event shows it (sides.ts). `told`: what Google has, where that is
 * not its own word (dispute.ts).
 */
export type WithEvent = {
  event: CalendarEvent;
  translated: Translated;
  appointment: Appointment;
  base?: OwnedFields;
  told?: SideState;
};

export type Decision =
  | { kind: 'nothing' }
  /** An older version than the one we know: it says nothing of how things stand. */
  | { kind: 'stale' }
  /** `id`: when it is not the event's first block. */
  | { kind: 'create'; event: CalendarEvent; translated: Translated; id?: AppointmentId }
  | ({ kind: 'update' } & WithEvent)
  | ({ kind: 'restore'; settled?: Settlement } & WithEvent)
  | { kind: 'note'; event?: CalendarEvent; appointment: Appointment; inReview?: InReview; told?: SideState }
  /** Google is to be told; what it has now is the base. */
  | ({ kind: 'push'; settled?: Settlement } & WithEvent)
  | ({ kind: 'merge'; merged: Merged; settled: Settlement } & WithEvent)
  | { kind: 'cancel'; event?: CalendarEvent; appointment: Appointment; settled?: Settlement }
  /** Google's event is gone for good, and a new one is to be made. */
  | { kind: 'recreate'; appointment: Appointment; settled: Settlement }
  | Disputed
  /** One of too many changes to bookings at once; a person releases it [R9]. */
  | { kind: 'hold'; event?: CalendarEvent; appointment: Appointment; base?: OwnedFields; conflictId: ConflictId }
  | { kind: 'park-event'; eventId: EventId; reason: string }
  | { kind: 'park-appointment'; eventId: EventId; appointment: Appointment; reason: string }
  /** It is parked for this reason already. */
  | { kind: 'parked' };

/** It waits for a person, as before; only the version, or the calendar, is another. */
export type InReview = { base?: OwnedFields };

/** A person decides. */
export type Disputed = {
  kind: 'conflict';
  appointment: Appointment;
  event?: CalendarEvent;
  base?: OwnedFields;
  told?: SideState;
  about: Extract<ConflictKind, 'fields' | 'deleted_in_google' | 'deleted_in_bookedbarber'>;
  theirs: SideState;
  theirsAt: Instant;
};
