/** A record of the audit log as clients of the API see it. */
import type * as z from 'zod';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import { presentAppointment } from './present-appointment.ts';
import type { syncLogEntry } from './schemas.ts';

export const presentSyncEvent = (event: SyncEvent): z.infer<typeof syncLogEntry> => {
  const { appointmentId, version, at, provenance, before, after } = event;
  const { actor, reason, chainId } = provenance;
  const { calendarId, eventId } = after.link;
  return {
    id: `${appointmentId}:${version}`,
    at,
    appointmentId,
    version,
    action: reason,
    actor,
    chainId,
    calendar: { calendarId, eventId },
    ...(before !== undefined && { before: presentAppointment(before) }),
    after: presentAppointment(after),
  };
};
