/** A block as it is once its calendar is synced no more: it takes no time. */

import type { Stamp } from '../decision/next-appointment.ts';
import { agreed, moved } from '../decision/sync-state.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';

/**
 * Undefined when there is nothing to write. The event is as good as never seen: so once the calendar is switched on again, a
 * listing brings the block back, although the event is no newer.
 */
export const freed = (before: Appointment, calendar: Calendar, { now, chainId }: Stamp): Appointment | undefined => {
  const { kind, status, link } = before;
  if (kind !== 'block' || status !== 'confirmed' || link?.calendarKey !== calendar.key) return undefined;
  const { observed: _observed, ...unseen } = link;
  const next = moved(before, { updatedAt: now, provenance: { actor: 'user', reason: 'calendar_disabled', chainId } });
  return agreed({ ...next, status: 'cancelled', link: unseen });
};
