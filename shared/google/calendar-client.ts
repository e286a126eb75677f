/**
 * Google Calendar's API as the product needs it: the only file that knows its URLs and shapes.
 * Every method throws a GoogleError for what is no success; the queue and the sweep repeat what is worth it.
 */
import { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js';
import * as z from 'zod';
import type { SyncWindow } from '../domain/calendar.ts';
import type { EventChange } from '../domain/calendar-event.ts';
import { asId, type CalendarId, type ChannelId } from '../domain/ids.ts';
import { epochMsOf, type Instant, instantAt } from '../domain/instant.ts';
import { eventFields, parseEventChange } from './event-schema.ts';
import { GoogleError, toGoogleError } from './google-error.ts';

/** Who calls: the access token, and the name under which Google counts the call against a user's quota. */
export type Caller = { accessToken: string; quotaUser: string };

export type ListedCalendar = {
  id: CalendarId;
  summary: string;
  timeZone: string;
  primary: boolean;
  /** The account owns the calendar; others are shared with it or subscribed to. */
  owned: boolean;
};

/** `cursor` asks for what has changed since; without one, everything in the window is listed. */
export type EventsRequest = { calendarId: CalendarId; window: SyncWindow; cursor?: string; pageToken?: string };

export type EventsPage = {
  kind: 'page';
  changes: EventChange[];
  /** The calendar's own time zone. */
  timeZone: string;
  next: { kind: 'more'; pageToken: string } | { kind: 'end'; cursor: string };
};

export type WatchRequest = {
  calendarId: CalendarId;
  channelId: ChannelId;
  address: string;
  token: string;
  expiresAt: Instant;
};

export type GoogleCalendar = {
  listCalendars(caller: Caller): Promise<ListedCalendar[]>;
  /** `expired`: the cursor or page token is no good any more. */
  listEvents(caller: Caller, request: EventsRequest): Promise<EventsPage | { kind: 'expired' }>;
  /** The expiry that Google grants may be earlier than the one asked for. */
  watch(caller: Caller, request: WatchRequest): Promise<{ resourceId: string; expiresAt: Instant }>;
  /** A channel that Google does not know (any more) counts as stopped. */
  stop(caller: Caller, channel: { id: ChannelId; resourceId: string }): Promise<void>;
};

const requestTimeoutMs = 15_000;
const eventsPerPage = 2_500;
const calendarsPerPage = 250;
/** Google stops adding calendars to a list at a few hundred; this bounds the loop, not the user. */
const maxCalendarPages = 20;

export const googleCalendar = (rootUrl: string): GoogleCalendar => {
  const api = new calendar_v3.Calendar({ rootUrl });

  return {
    async listCalendars(caller) {
      const calendars: ListedCalendar[] = [];
      let pageToken: string | undefined;
      for (let page = 0; page < maxCalendarPages; page++) {
        const query = { ...as(caller), maxResults: calendarsPerPage, ...(pageToken && { pageToken }) };
        const request = { ...options(caller), retry: true }; // A person waits for this one; no queue would repeat it.
        const data = await ask('calendarList.list', () => api.calendarList.list(query, request));
        const { items, nextPageToken } = readAs('calendarList.list', calendarListSchema, data);
        calendars.push(...items.map(toListedCalendar));
        if (nextPageToken === undefined) return calendars;
        pageToken = nextPageToken;
      }
      throw new Error(`The calendar list has more than ${maxCalendarPages} pages`);
    },

    async listEvents(caller, { calendarId, window, cursor, pageToken }) {
      const query = {
        ...as(caller),
        calendarId,
        maxResults: eventsPerPage,
        singleEvents: true,
        fields: `timeZone,nextPageToken,nextSyncToken,items(${eventFields})`,
        ...(cursor === undefined ? { timeMin: window.from, timeMax: window.to } : { syncToken: cursor }),
        ...(pageToken !== undefined && { pageToken }),
      };
      try {
        return toPage(await ask('events.list', () => api.events.list(query, options(caller))));
      } catch (error) {
        if (isExpired(error, query)) return { kind: 'expired' };
        throw error;
      }
    },

    async watch(caller, { calendarId, channelId, address, token, expiresAt }) {
      const requestBody = { id: channelId, type: 'web_hook', address, token, expiration: String(epochMsOf(expiresAt)) };
      const data = await ask('events.watch', () =>
        api.events.watch({ ...as(caller), calendarId, requestBody }, options(caller)),
      );
      const { resourceId, expiration } = readAs('events.watch', watchSchema, data);
      return { resourceId, expiresAt: expiration === undefined ? expiresAt : instantAt(expiration) };
    },

    async stop(caller, { id, resourceId }) {
      try {
        await ask('channels.stop', () =>
          api.channels.stop({ ...as(caller), requestBody: { id, resourceId } }, options(caller)),
        );
      } catch (error) {
        if (!(error instanceof GoogleError && error.outcome === 'gone')) throw error;
      }
    },
  };
};

const as = ({ quotaUser }: Caller) => ({ quotaUser });

const options = ({ accessToken }: Caller) => ({
  headers: { authorization: `Bearer ${accessToken}` },
  retry: false,
  timeout: requestTimeoutMs,
});

const ask = async (operation: string, request: () => Promise<{ data: unknown }>): Promise<unknown> => {
  try {
    return (await request()).data;
  } catch (cause) {
    throw toGoogleError(operation, cause);
  }
};

/** A body that is not as Google documents it says nothing, like no answer at all. */
const readAs = <T>(operation: string, schema: z.ZodType<T>, data: unknown): T => {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new GoogleError(operation, undefined, 'unreadable', parsed.error);
};

/** A malformed token is a 400 where an expired one is a 410; both mean: list everything again. */
const isExpired = (error: unknown, query: { syncToken?: string; pageToken?: string }): boolean =>
  error instanceof GoogleError &&
  (error.outcome === 'expired' ||
    ((error.status === 400 || error.status === 410) && (query.syncToken ?? query.pageToken) !== undefined));

const calendarListSchema = z.object({
  items: z
    .array(
      z.object({
        id: z.string().min(1),
        summary: z.string().default(''),
        summaryOverride: z.string().optional(),
        timeZone: z.string().default('UTC'),
        primary: z.boolean().default(false),
        accessRole: z.string().default('reader'),
      }),
    )
    .default([]),
  nextPageToken: z.string().optional(),
});

const toListedCalendar = (wire: z.infer<typeof calendarListSchema>['items'][number]): ListedCalendar => ({
  id: asId(wire.id),
  summary: wire.summaryOverride ?? wire.summary,
  timeZone: wire.timeZone,
  primary: wire.primary,
  owned: wire.accessRole === 'owner',
});

const eventsSchema = z.object({
  items: z.array(z.looseObject({ id: z.string().min(1) })).default([]),
  timeZone: z.string().default('UTC'),
  nextPageToken: z.string().optional(),
  nextSyncToken: z.string().optional(),
});

/** A page that names neither a next page nor a cursor is a broken answer, never the end of the list. */
const toPage = (data: unknown): EventsPage => {
  const { items, timeZone, nextPageToken, nextSyncToken } = readAs('events.list', eventsSchema, data);
  const changes = items.map(parseEventChange);
  if (nextPageToken !== undefined)
    return { kind: 'page', changes, timeZone, next: { kind: 'more', pageToken: nextPageToken } };
  if (nextSyncToken !== undefined)
    return { kind: 'page', changes, timeZone, next: { kind: 'end', cursor: nextSyncToken } };
  throw new GoogleError('events.list', undefined, 'unreadable', new Error('The page has no token'));
};

/** `expiration`: epoch milliseconds, a string by the discovery document and a number in the guide. */
const watchSchema = z.object({ resourceId: z.string().min(1), expiration: z.coerce.number().optional() });
