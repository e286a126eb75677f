/** Since when something is known to wait for a calendar: what the queue itself does not tell of a single group. */
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Instant } from '../domain/instant.ts';

/**
 * The oldest of: a change here that Google has not heard of, the first of the syncs that have failed since, a listing that
 * is not complete. A notification that lies in the queue is not known to the table; it is seconds old, or one of these.
 */
export const waitingSince = ({ trouble, checkpoint }: Calendar, pending: Appointment[] = []): Instant | undefined => {
  const marks = pending.flatMap(({ sync }) => (sync.state === 'pending' ? [sync.since] : []));
  const known = [...marks, trouble?.since, checkpoint?.startedAt].filter((since) => since !== undefined);
  return known.toSorted()[0];
};
