/** An appointment that is about to be written: is there more that Google must hear, and can it be heard there? */

import { agreed } from '../decision/sync-state.ts';
import { untilToldInFull } from '../decision/told-as-shared.ts';
import type { Appointment, EventLink } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Instant } from '../domain/instant.ts';
import { bookingsPlaceOf, type Destination, targetOf } from './destination.ts';
import { atHome } from './rehomed.ts';

export type Surroundings = { destination: Destination; calendars: Calendar[] };

export const outgoing = (appointment: Appointment, around: Surroundings, now: Instant): Appointment => {
  const { destination, calendars } = around;
  const placed = isUndecided(appointment) ? appointment : atHome(appointment, around, now);
  return unblocked(rerouted(completed(placed, destination, now), calendars), calendars);
};

/** Until a person has decided, the booking keeps the event that the decision is about. */
const isUndecided = ({ sync }: Appointment): boolean => sync.state === 'conflict' || sync.state === 'held';

const completed = (appointment: Appointment, destination: Destination, now: Instant): Appointment => {
  const target = targetOf(appointment, destination, now);
  return target === undefined ? appointment : untilToldInFull(appointment, destination.settings.shared, target, now);
};

/** Nothing is pushed to a calendar that is no longer synced: a booking goes to the one that takes the bookings now [R6]. */
const rerouted = (appointment: Appointment, calendars: Calendar[]): Appointment => {
  const { kind, sync } = appointment;
  if (kind !== 'booking' || sync.state !== 'pending') return appointment;
  const isSynced = calendars.some(({ key, enabled }) => enabled && key === sync.target.calendarKey);
  const place = bookingsPlaceOf(calendars);
  if (isSynced || place === undefined) return appointment;
  return { ...appointment, sync: { ...sync, target: { calendarKey: place.key, calendarId: place.calendarId } } };
};

/** Whatever a person decided about it, a block of a calendar that is no longer synced takes no time, like the others (freed.ts). */
const unblocked = (appointment: Appointment, calendars: Calendar[]): Appointment => {
  const { kind, status, link, sync } = appointment;
  if (kind !== 'block' || status !== 'confirmed' || link === undefined || sync.state === 'conflict') return appointment;
  const isSynced = calendars.some(({ key, enabled }) => enabled && key === link.calendarKey);
  return isSynced ? appointment : unseen(appointment, link);
};

/** As good as never seen: once its calendar is synced again, a listing brings it back, although the event is no newer. */
export const unseen = (block: Appointment, { observed: _observed, ...link }: EventLink): Appointment =>
  agreed({ ...block, status: 'cancelled', link });
