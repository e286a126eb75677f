/** Looks for an event in the other calendars of its user: a person may have moved it there. */
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { CalendarEvent, EventChange } from '../domain/calendar-event.ts';
import type { CalendarId, EventId } from '../domain/ids.ts';
import { GoogleError } from '../google/google-error.ts';
import type { Outcome } from '../google/outcomes.ts';

/** A deletion when Google does not know the event (any more). */
export type GetEvent = (eventId: EventId, calendarId: CalendarId) => Promise<EventChange>;

export type Elsewhere = { calendar: Calendar; event: CalendarEvent };

export const findElsewhere = async (
  getEvent: GetEvent,
  calendars: Calendar[],
  { link }: Appointment,
): Promise<Elsewhere | undefined> => {
  if (link === undefined) return undefined;
  for (const calendar of calendars) {
    if (calendar.key === link.calendarKey || !calendar.enabled) continue;
    const change = await getIfReadable(getEvent, link.eventId, calendar.calendarId);
    if (change.kind === 'event') return { calendar, event: change.event };
  }
  return undefined;
};

/** A calendar that we may not read counts as not having the event: one that is refused for good must not hold up another [R10]. */
export const getIfReadable: (getEvent: GetEvent, ...of: Parameters<GetEvent>) => Promise<EventChange> = async (
  getEvent,
  eventId,
  calendarId,
) => {
  try {
    return await getEvent(eventId, calendarId);
  } catch (error) {
    if (error instanceof GoogleError && forGood.has(error.outcome)) return { kind: 'deleted', id: eventId };
    throw error;
  }
};

const forGood: ReadonlySet<Outcome> = new Set(['forbidden', 'gone', 'rejected']);
