/** Which foreign events take the barber's time: all but those that are free, declined, or no engagement. */
import type { CalendarEvent } from '../domain/calendar-event.ts';

/** Events that say where someone is, or whose birthday it is, rather than that they are busy. */
const neverBlocks: ReadonlySet<string> = new Set(['workingLocation', 'birthday']);

export const takesTime = (event: CalendarEvent): boolean =>
  !event.transparent && !event.declined && !neverBlocks.has(event.eventType);
