/** Google Calendar as the product sees it: what can be asked of it, in our terms. */
import type { SyncWindow } from '../domain/calendar.ts';
import type { CalendarEvent, EventChange, EventContent } from '../domain/calendar-event.ts';
import type { CalendarId, ChannelId, EventId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { EventCopy } from './event-body.ts';

/** Who calls: the access token, and the name under which Google counts the call against a user's quota. */
export type Caller = { accessToken: string; quotaUser: string };

export type ListedCalendar = {
  id: CalendarId;
  summary: string;
  timeZone: string;
  primary: boolean;
  /** The account owns the calendar; others are shared with it or subscribed to. */
  owned: boolean;
  /** It may write whatever it can read there. */
  writable: boolean;
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

export type EventRef = { calendarId: CalendarId; eventId: EventId };

/** `copy`: of a live event that could be read, to be changed. */
export type EventReading = { change: EventChange; copy?: EventCopy };

export type Written = { kind: 'written'; event: CalendarEvent };

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
  getEvent(caller: Caller, request: EventRef): Promise<EventChange>;
  /** The live occurrences of a series that overlap the window. None may mean that Google does not know the series. */
  listOccurrences(caller: Caller, request: SeriesRequest): Promise<ReadonlySet<EventId>>;
  /** The expiry that Google grants may be earlier than the one asked for. */
  watch(caller: Caller, request: WatchRequest): Promise<{ resourceId: string; expiresAt: Instant }>;
  /** `unknown`: Google knows no such pair of id and resource, or the channel has ended. */
  stop(caller: Caller, channel: { id: ChannelId; resourceId: string }): Promise<'stopped' | 'unknown'>;
};

/** Nobody is ever sent an e-mail about what these write. */
export type EventWriter = {
  /** `duplicate`: the calendar has, or had, an event of this id. */
  insertEvent(
    caller: Caller,
    request: EventRef & { mark: string; content: EventContent },
  ): Promise<Written | { kind: 'duplicate' }>;
  readEvent(caller: Caller, request: EventRef): Promise<EventReading>;
  /** `stale`: it has changed since it was copied. */
  updateEvent(
    caller: Caller,
    request: EventRef & { copy: EventCopy; content: EventContent },
  ): Promise<Written | { kind: 'stale' } | { kind: 'gone' }>;
  /** `stale`: it is no longer the version of this etag. */
  deleteEvent(caller: Caller, request: EventRef & { etag: string }): Promise<'deleted' | 'stale'>;
  /** `gone`: it is not there (any more), which may be so because an earlier move of ours went through. */
  moveEvent(caller: Caller, request: EventRef & { destination: CalendarId }): Promise<Written | { kind: 'gone' }>;
};
