/** Beside its fields, an event is told lines of ours, and only the parts that are shared. Has it been told so? */

import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Instant } from '../domain/instant.ts';
import type { Shared } from '../domain/settings.ts';
import { footerOf } from './booking-text.ts';
import { pendingAt } from './sync-state.ts';

/** A block is told no such thing, and an event that is yet to be made will be told all of it. */
export const isToldAsShared = ({ kind, status, details, link }: Appointment, shared: Shared): boolean => {
  if (kind === 'block' || status === 'cancelled' || link?.observed === undefined) return true;
  const { footer = '', untold = [] } = link;
  const isSplitSo = (['location', 'notes'] as const).every((part) => untold.includes(part) !== shared[part]);
  return isSplitSo && footer === footerOf(details, shared);
};

/** Both say the same, but our own lines, or what is shared, may have changed while it waited: it is pending until that is told. */
export const untilToldInFull = (
  appointment: Appointment,
  shared: Shared,
  to: Pick<Calendar, 'key' | 'calendarId'>,
  now: Instant,
): Appointment =>
  appointment.sync.state !== 'synced' || isToldAsShared(appointment, shared)
    ? appointment
    : { ...appointment, sync: pendingAt(to, now) };
