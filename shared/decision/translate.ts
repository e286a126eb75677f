/** An event in our terms: times in their zone, text only where it may be seen. event-content.ts goes the other way. */
import { longestNotes, longestTitle, type OwnedFields } from '../domain/appointment.ts';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import type { Instant } from '../domain/instant.ts';
import { readSpan } from './span.ts';

export type Translated = { kind: 'fields'; fields: OwnedFields; startsAt: Instant; endsAt: Instant };
export type Untranslatable = { kind: 'untranslatable'; reason: string };

/** What others see of an event whose text is hidden. */
export const hiddenTitle = 'Busy';

/**
 * `calendarZone` (IANA) holds for all-day events and for times that name no zone of their own. `textHidden`: its text is
 * nobody else's business, because the event is private or another barber's.
 */
export const translate = (
  event: CalendarEvent,
  calendarZone: string,
  textHidden: boolean,
): Translated | Untranslatable => {
  const span = readSpan(event.start, event.end, calendarZone);
  if (span.kind === 'untranslatable') return span;
  const { times, startsAt, endsAt } = span;
  const text = textHidden ? { title: hiddenTitle } : textOf(event);
  return { kind: 'fields', fields: { ...times, ...text }, startsAt, endsAt };
};

const textOf = (event: CalendarEvent): Pick<OwnedFields, 'title' | 'location' | 'notes'> => ({
  title: cut(event.summary ?? '', longestTitle),
  ...(event.location && { location: cut(event.location, longestTitle) }),
  ...(event.description && { notes: cut(event.description, longestNotes) }),
});

/** Whatever sends more than Google keeps must not cost the barber the time [R2]. Never through the middle of a character that takes two units. */
export const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;
