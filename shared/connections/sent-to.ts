/** A booking as it is once another calendar takes the bookings: on its way there. */

import type { Stamp } from '../decision/next-appointment.ts';
import { moved, pendingAt } from '../decision/sync-state.ts';
import type { Appointment, Pending } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';

/**
 * Undefined when there is nothing to write: it lies there, is on its way, is wanted in no calendar, or waits for a person
 * or for its event to become readable; those stay in their calendar until the request is repeated.
 */
export const sentTo = (before: Appointment, to: Calendar, { now, chainId }: Stamp): Appointment | undefined => {
  const { kind, status, sync } = before;
  if (kind !== 'booking' || status !== 'confirmed') return undefined;
  if (sync.state !== 'synced' && sync.state !== 'pending') return undefined;
  if (headedFor(before) === to.key) return undefined;
  const next = moved(before, { updatedAt: now, provenance: { actor: 'user', reason: 'change_calendar', chainId } });
  return { ...next, sync: { ...pendingAt(to, now), ...preferenceOf(sync) } };
};

const headedFor = ({ sync, link }: Appointment) =>
  sync.state === 'pending' ? sync.target.calendarKey : link?.calendarKey;

/** A person has said that our side wins, wherever it goes. */
const preferenceOf = (sync: Appointment['sync']): Pick<Pending, 'prefer'> =>
  sync.state === 'pending' && sync.prefer !== undefined ? { prefer: sync.prefer } : {};
