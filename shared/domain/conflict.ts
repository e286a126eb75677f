/** A difference that the policy may not settle alone; it waits in the review queue for a person. */
import type { Appointment, OwnedFields, SideState } from './appointment.ts';
import type { AppointmentId, CalendarKey, ChainId, ConflictId, UserId } from './ids.ts';
import type { Instant } from './instant.ts';

/**
 * - `fields`: both sides changed the same part.
 * - `deleted_in_google`: deleted there, edited here; `deleted_in_bookedbarber`: the other way round.
 * - `overlap`: a change in Google has double-booked the barber. It is applied already.
 * - `mass_change`: one run would have cancelled or moved too many bookings [R9]. They are held.
 */
export type ConflictKind = 'fields' | 'deleted_in_google' | 'deleted_in_bookedbarber' | 'overlap' | 'mass_change';

export type Choice = 'google' | 'bookedbarber' | 'merged';

export type Resolution = {
  choice: Choice;
  at: Instant;
  by: UserId;
  /** Fingerprint of the appointment as the resolution left it: it can be undone while that holds. */
  left: string;
  /** The appointment as it was before, to go back to. */
  before: Appointment;
};

export type Conflict = {
  id: ConflictId;
  userId: UserId;
  calendarKey: CalendarKey;
  kind: ConflictKind;
  /** `agreed`: both sides came to the same by themselves. */
  status: 'open' | 'resolved' | 'agreed';
  /** Moves with every write; every write is conditional on it. */
  revision: number;
  openedAt: Instant;
  updatedAt: Instant;
  chainId: ChainId;
  /** The appointment in question; of a mass change the first one. */
  appointmentId: AppointmentId;
  base?: OwnedFields;
  ours: SideState;
  theirs: SideState;
  /** When theirs was changed, as far as can be told. */
  theirsAt: Instant;
  /** Of an overlap: the appointment that it overlaps with, as it was. */
  other?: { appointmentId: AppointmentId; fields: OwnedFields };
  /** Of a mass change: all that are held. */
  held?: AppointmentId[];
  resolution?: Resolution;
};
