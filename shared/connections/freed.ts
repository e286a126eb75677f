/** A block once its calendar is no longer synced: it takes no time. */

import { unseen } from '../bookings/outgoing.ts';
import type { Stamp } from '../decision/next-appointment.ts';
import { moved } from '../decision/sync-state.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';

/** Undefined when there is nothing to write. */
export const freed = (before: Appointment, calendar: Calendar, { now, chainId }: Stamp): Appointment | undefined => {
  const { kind, status, link } = before;
  if (kind !== 'block' || status !== 'confirmed' || link?.calendarKey !== calendar.key) return undefined;
  const next = moved(before, { updatedAt: now, provenance: { actor: 'user', reason: 'calendar_disabled', chainId } });
  return unseen(next, link);
};
