/** What Google answers, on the wire → in our terms. An answer that is not as Google documents it says nothing. */
import * as z from 'zod/mini';
import type { CalendarEvent } from '../domain/calendar-event.ts';
import { asId, type EventId } from '../domain/ids.ts';
import { type Instant, instantAt } from '../domain/instant.ts';
import type { EventReading, EventsPage, ListedCalendar } from './calendar-api.ts';
import { copyOf } from './event-body.ts';
import { parseEventChange } from './event-schema.ts';
import { GoogleError } from './google-error.ts';

const readAs = <T>(operation: string, schema: z.ZodMiniType<T>, data: unknown): T => {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new GoogleError(operation, undefined, 'unreadable', parsed.error);
};

/** A page of a list that is wanted whole. */
export type ListPage<T> = { items: T[]; nextPageToken?: string | undefined };

const calendarListSchema = z.object({
  items: z._default(
    z.array(
      z.object({
        id: z.string().check(z.minLength(1)),
        summary: z._default(z.string(), ''),
        summaryOverride: z.optional(z.string()),
        timeZone: z._default(z.string(), 'UTC'),
        primary: z._default(z.boolean(), false),
        accessRole: z._default(z.string(), 'reader'),
      }),
    ),
    [],
  ),
  nextPageToken: z.optional(z.string()),
});

export const readCalendars = (data: unknown): ListPage<ListedCalendar> => {
  const { items, nextPageToken } = readAs('calendarList.list', calendarListSchema, data);
  const calendars = items.map(({ id, summary, summaryOverride, timeZone, primary, accessRole }) => ({
    id: asId<ListedCalendar['id']>(id),
    summary: summaryOverride ?? summary,
    timeZone,
    primary,
    owned: accessRole === 'owner',
    writable: accessRole === 'owner' || accessRole === 'writer', // Another writer's PUT could drop details hidden from it.
  }));
  return { items: calendars, nextPageToken };
};

const wireEventSchema = z.looseObject({ id: z.string().check(z.minLength(1)) });

const eventsSchema = z.object({
  items: z._default(z.array(wireEventSchema), []),
  timeZone: z._default(z.string(), 'UTC'),
  nextPageToken: z.optional(z.string()),
  nextSyncToken: z.optional(z.string()),
});

/** A page that names neither a next page nor a cursor is a broken answer, never the end of the list. */
export const readEvents = (data: unknown): EventsPage => {
  const { items, timeZone, nextPageToken, nextSyncToken } = readAs('events.list', eventsSchema, data);
  const page = { kind: 'page', changes: items.map(parseEventChange), timeZone } as const;
  if (nextPageToken !== undefined) return { ...page, next: { kind: 'more', pageToken: nextPageToken } };
  if (nextSyncToken !== undefined) return { ...page, next: { kind: 'end', cursor: nextSyncToken } };
  throw new GoogleError('events.list', undefined, 'unreadable', new Error('The page has no token'));
};

export const readEvent = (data: unknown) => parseEventChange(readAs('events.get', wireEventSchema, data));

/** An event that was asked for whole. */
export const readCopy = (data: unknown): EventReading => {
  const wire = readAs('events.get', wireEventSchema, data);
  const change = parseEventChange(wire);
  return change.kind === 'event' ? { change, copy: copyOf(wire, change.event.etag) } : { change };
};

/** The event as it is after our write. */
export const readWritten = (operation: string, data: unknown): CalendarEvent => {
  const change = parseEventChange(readAs(operation, wireEventSchema, data));
  if (change.kind === 'event') return change.event;
  throw new GoogleError(operation, undefined, 'unreadable', new Error(`What was written is ${change.kind}`));
};

const occurrencesSchema = z.object({
  items: z._default(z.array(z.object({ id: z.string().check(z.minLength(1)), status: z.optional(z.string()) })), []),
  nextPageToken: z.optional(z.string()),
});

export const readOccurrences = (data: unknown): ListPage<EventId> => {
  const { items, nextPageToken } = readAs('events.instances', occurrencesSchema, data);
  return { items: items.filter(({ status }) => status !== 'cancelled').map(({ id }) => asId(id)), nextPageToken };
};

/** `expiration`: epoch milliseconds, a string by the discovery document and a number in the guide. */
const watchSchema = z.object({
  resourceId: z.string().check(z.minLength(1)),
  expiration: z.optional(z.coerce.number().check(z.minimum(0), z.maximum(Date.UTC(9999, 0)))),
});

/** Google leaves the expiry out when it is the one that was asked for. */
export const readWatch = (data: unknown, askedFor: Instant): { resourceId: string; expiresAt: Instant } => {
  const { resourceId, expiration } = readAs('events.watch', watchSchema, data);
  return { resourceId, expiresAt: expiration === undefined ? askedFor : instantAt(expiration) };
};
