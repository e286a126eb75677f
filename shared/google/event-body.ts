/** What we write → Google's wire shape of an event. Whatever is not ours stays as it is. */
import * as z from 'zod/mini';
import type { EventContent, EventTime } from '../domain/calendar-event.ts';
import type { EventId } from '../domain/ids.ts';
import { markProperty, type WireEvent } from './event-schema.ts';

const whole = Symbol('An event as Google keeps it');

/** All of an event as Google keeps it, to be written back. Only this file can look inside; no log or JSON shows it. */
export type EventCopy = { readonly [whole]: { wire: WireEvent; etag: string } };

export const copyOf = (wire: WireEvent, etag: string): EventCopy => ({ [whole]: { wire, etag } });

export const newEvent = (eventId: EventId, mark: string, content: EventContent) => ({
  ...bodyOf(content),
  id: eventId,
  extendedProperties: { private: { [markProperty]: mark } },
});

/**
 * How an event is changed: PUT takes the whole event and costs a third of PATCH, which takes what changes.
 * https://developers.google.com/workspace/calendar/api/guides/version-resources
 */
export type Rewrite = { method: 'PUT' | 'PATCH'; etag: string; body: object; eventLabelVersion: 0 | 1 };

/**
 * Only version 1 of `eventLabelVersion` processes the label of an event, and then ignores its colour.
 * https://developers.google.com/workspace/calendar/api/v3/reference/events/update
 */
export const rewriteOf = ({ [whole]: { wire, etag } }: EventCopy, content: EventContent): Rewrite => {
  const changes = bodyOf(content);
  if (!replaceable.safeParse(wire).success) return { method: 'PATCH', etag, body: changes, eventLabelVersion: 0 };
  const eventLabelVersion = wire.eventLabelId === undefined ? 0 : 1;
  return { method: 'PUT', etag, body: { ...wire, ...changes }, eventLabelVersion };
};

/** The organiser's own copy, with all its attendees; PUT on a guest's would reset what only the organiser may. */
const replaceable = z.object({
  organizer: z.object({ self: z.literal(true) }),
  locked: z.optional(z.literal(false)),
  attendeesOmitted: z.optional(z.literal(false)),
});

/** Null takes a field away, and in a body of PUT or POST it is one that was not sent. */
const bodyOf = ({ summary, location, description, times }: EventContent) => ({
  ...(summary !== undefined && { summary: summary || null }),
  ...(location !== undefined && { location: location || null }),
  ...(description !== undefined && { description: description || null }),
  ...(times !== undefined && { start: timeOf(times.start), end: timeOf(times.end) }),
});

/** PATCH merges: the form that a time had before goes only when told so. */
const timeOf = (time: EventTime) => {
  if (time.kind === 'date') return { date: time.date, dateTime: null };
  const { dateTime, timeZone } = time;
  return { dateTime, date: null, ...(timeZone !== undefined && { timeZone }) };
};
