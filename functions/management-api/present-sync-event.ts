/** A record of the audit log as clients of the API see it. */
import type * as z from 'zod/mini';
import type { Settlement } from '../../shared/domain/appointment.ts';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import { presentAppointment, presentFields } from './present-appointment.ts';
import type { syncLogEntry } from './schemas/sync.ts';

type Shown = z.infer<typeof syncLogEntry>;

export const presentSyncEvent = (event: SyncEvent): Shown => {
  const { appointmentId, version, at, provenance, before, after } = event;
  const { actor, reason, chainId, settled } = provenance;
  const { link } = after;
  return {
    id: `${appointmentId}:${version}`,
    at,
    appointmentId,
    version,
    action: reason,
    actor,
    chainId,
    ...(link !== undefined && { calendar: { calendarId: link.calendarId, eventId: link.eventId } }),
    ...(settled !== undefined && { settled: presentSettlement(settled) }),
    ...(before !== undefined && { before: presentAppointment(before) }),
    after: presentAppointment(after),
  };
};

const presentSettlement = ({ policy, theirs, chosen }: Settlement): NonNullable<Shown['settled']> => ({
  policy,
  theirs: theirs === 'gone' ? theirs : presentFields(theirs),
  chosen,
});
