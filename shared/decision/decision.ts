/** What is to be done about one appointment and its event. Data: apply.ts and push.ts carry it out. */
import type { Appointment, Settlement } from '../domain/appointment.ts';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import type { ConflictKind, SideState } from '../domain/conflict.ts';
import type { AppointmentId, ConflictId, EventId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Merged } from './merge.ts';
import type { Translated } from './translate.ts';

/** Both sides are there. */
export type WithEvent = { event: CalendarEvent; translated: Translated; appointment: Appointment };

export type Decision =
  | { kind: 'nothing' }
  /** An older version than the one we know: it says nothing of how things stand. */
  | { kind: 'stale' }
  /** `id`: when it is not the event's first block. */
  | { kind: 'create'; event: CalendarEvent; translated: Translated; id?: AppointmentId }
  | ({ kind: 'update' } & WithEvent)
  | ({ kind: 'restore'; settled?: Settlement } & WithEvent)
  /** `inReview`: what Google has is what the review item says; the version, or the calendar, is another. */
  | { kind: 'note'; event?: CalendarEvent; appointment: Appointment; inReview?: true }
  /** Google is to be told; what it has now is the base. */
  | ({ kind: 'push'; settled?: Settlement } & WithEvent)
  | ({ kind: 'merge'; merged: Merged; settled: Settlement } & WithEvent)
  | { kind: 'cancel'; event?: CalendarEvent; appointment: Appointment; settled?: Settlement }
  /** Google's event is gone for good; ours is to be made anew. */
  | { kind: 'recreate'; appointment: Appointment; settled: Settlement }
  | Disputed
  /** One of too many changes to bookings at once; a person releases it [R9]. */
  | { kind: 'hold'; event?: CalendarEvent; appointment: Appointment; conflictId: ConflictId }
  | { kind: 'park-event'; eventId: EventId; reason: string }
  | { kind: 'park-appointment'; eventId: EventId; appointment: Appointment; reason: string }
  /** It is parked for this reason already. */
  | { kind: 'parked' };

/** A person decides. */
export type Disputed = {
  kind: 'conflict';
  appointment: Appointment;
  event?: CalendarEvent;
  about: Extract<ConflictKind, 'fields' | 'deleted_in_google' | 'deleted_in_bookedbarber'>;
  theirs: SideState;
  theirsAt: Instant;
};
