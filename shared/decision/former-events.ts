/**
 * A booking and the accounts that it has been in. An account that another replaces keeps the events that it has: should it
 * be connected again, the booking meets its event there instead of getting a second one [R3]. Pure.
 */

import type { Appointment, EventLink, FormerLink } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { EventId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { pendingAt } from './sync-state.ts';

type Place = Pick<Calendar, 'key' | 'calendarId' | 'connectGeneration'>;

/** Nobody swaps accounts all the time; without a limit the item would grow with each. */
const rememberedAtMost = 5;

/** Without its event, which belongs to another account. */
export const parted = ({ link, base: _base, edits: _edits, ...booking }: Appointment): Appointment =>
  link === undefined
    ? booking
    : { ...booking, former: [formerOf(link), ...(booking.former ?? [])].slice(0, rememberedAtMost) };

const formerOf = ({ calendarKey, calendarId, eventId, idGeneration }: EventLink): FormerLink => ({
  calendarKey,
  calendarId,
  eventId,
  ...(idGeneration !== undefined && { idGeneration }),
});

/**
 * Linked again to an event of before, which nobody has looked after meanwhile: what is here holds, and the log says what it
 * replaces. One that has been deleted there is made anew: that was no wish to cancel what had moved elsewhere.
 */
export const reunited = (parting: Appointment, event: FormerLink, place: Place, now: Instant): Appointment => ({
  ...parting,
  base: parting.fields,
  link: { ...event, connectGeneration: place.connectGeneration },
  former: (parting.former ?? []).filter(({ calendarKey }) => calendarKey !== event.calendarKey),
  sync: { ...pendingAt(place, now), prefer: 'bookedbarber' },
});

/** A listing shows a former event of a booking that has since been in another account. */
export const metAgain = (booking: Appointment, calendar: Calendar, eventId: EventId): Appointment => {
  const isHere = booking.link?.connectGeneration === calendar.connectGeneration;
  const event = booking.former?.find((former) => former.calendarKey === calendar.key && former.eventId === eventId);
  if (event === undefined || isHere) return booking;
  return reunited(parted(booking), event, calendar, booking.updatedAt);
};
