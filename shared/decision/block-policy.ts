/** Which foreign events take the barber's time (`design.md` §4). */
import type { CalendarEvent } from '../domain/calendar-event.ts';

/** Events that say where someone is, or whose birthday it is, rather than that they are busy. */
const neverBlocks: ReadonlySet<string> = new Set(['workingLocation', 'birthday']);

export const takesTime = (event: CalendarEvent): boolean =>
  !event.transparent && !event.declined && !neverBlocks.has(event.eventType);
