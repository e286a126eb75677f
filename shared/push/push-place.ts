/** What a step of the push works with, and its results. */

import type { CarryOutDeps } from '../appointments/carry-out.ts';
import type { OverlapDeps } from '../appointments/overlapping.ts';
import type { Look } from '../decision/next-appointment.ts';
import type { Context } from '../decision/sides.ts';
import type { Appointment, Pending } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Instant } from '../domain/instant.ts';
import type { CalendarRegistry } from '../store/calendars.ts';
import type { EventsOf } from './events-of.ts';

export type StepDeps = CarryOutDeps & OverlapDeps & { calendars: Pick<CalendarRegistry, 'listOf'>; events: EventsOf };

/**
 * `calendar`: whose group of the queue we are in; what is pending for it is pushed, wherever it lay before. `askedAt`: when the
 * hint was sent. `remainingMs`: none is left once others may have been given the calendar's hints.
 */
export type PushPlace = {
  calendar: Calendar;
  context: Context;
  stamp: Look;
  askedAt: Instant;
  remainingMs(): number;
};

/**
 * For what is answered of an event that was never seen. `isLate`: our time has run out, so others may have had the calendar since
 * Google answered, and have passed over the event's deletion, which decides nothing of what nobody has seen [R5][R13].
 */
export const inTime = async <T>(
  { remainingMs }: PushPlace,
  call: () => Promise<T>,
): Promise<{ answer: T; isLate: boolean }> => {
  const answer = await call();
  return { answer, isLate: remainingMs() <= 0 };
};

export type Due = Appointment & { sync: Pending };

/**
 * `noted`: something was written here only. `left`: what is to come of it is for the listing to decide. `late`: whoever comes
 * next is to ask.
 */
export type Stepped = 'told' | 'noted' | 'left' | 'late';

/** The event that an appointment is linked to, as Google names it. */
export const refOf = ({ link }: Pick<Appointment, 'link'>) => {
  if (link === undefined) throw new Error('No event has been planned');
  return { calendarId: link.calendarId, eventId: link.eventId };
};
