/** One record of the audit log: what changed, why and by whom. Each version of an appointment has exactly one. */
import type { Appointment, Provenance } from './appointment.ts';
import type { AppointmentId, UserId } from './ids.ts';
import type { Instant } from './instant.ts';

export type SyncEvent = {
  userId: UserId;
  appointmentId: AppointmentId;
  version: number;
  at: Instant;
  provenance: Provenance;
  before?: Appointment;
  after: Appointment;
};

/** The record of the write that resulted in `after`; undefined when it changed nothing that a reader can see. */
export const syncEventOf = (before: Appointment | undefined, after: Appointment): SyncEvent | undefined => {
  if (before?.version === after.version) return undefined;
  return {
    userId: after.userId,
    appointmentId: after.id,
    version: after.version,
    at: after.updatedAt,
    provenance: after.provenance,
    ...(before !== undefined && { before }),
    after,
  };
};
