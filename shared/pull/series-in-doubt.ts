/** Which series a deletion may speak of. */
import type { Appointment } from '../domain/appointment.ts';
import type { EventChange } from '../domain/calendar-event.ts';
import type { EventId } from '../domain/ids.ts';

/** Of a deleted occurrence its series; of a deletion that no appointment is known for, what it names, in case it is a series. */
export const seriesInDoubt = (change: EventChange, known: Appointment | undefined): EventId | undefined => {
  if (change.kind !== 'deleted') return undefined;
  return known === undefined ? change.id : known.link?.recurringEventId;
};
