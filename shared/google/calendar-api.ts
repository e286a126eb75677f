/** Google Calendar as the product sees it: what can be asked of it, in our terms. */
import type { SyncWindow } from '../domain/calendar.ts';
import type { EventChange } from '../domain/calendar-event.ts';
import type { CalendarId, ChannelId, EventId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';

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

export type SeriesRequest = { calendarId: CalendarId; seriesId: EventId; window: SyncWindow };

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
  /** A deletion when the event is cancelled or unknown. */
  getEvent(caller: Caller, request: { calendarId: CalendarId; eventId: EventId }): Promise<EventChange>;
  /** The live occurrences of a series that overlap the window. None may mean that Google does not know the series. */
  listOccurrences(caller: Caller, request: SeriesRequest): Promise<ReadonlySet<EventId>>;
  /** The expiry that Google grants may be earlier than the one asked for. */
  watch(caller: Caller, request: WatchRequest): Promise<{ resourceId: string; expiresAt: Instant }>;
  /** A channel that Google does not know (any more) counts as stopped. */
  stop(caller: Caller, channel: { id: ChannelId; resourceId: string }): Promise<void>;
};
