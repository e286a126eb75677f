/** A Google Calendar event as the sync core sees it: parsed, without Google's wire shapes. */
import type { EventId } from './ids.ts';
import type { Instant } from './instant.ts';

export type EventTime = { kind: 'date'; date: string } | { kind: 'dateTime'; dateTime: string; timeZone?: string };

export type CalendarEvent = {
  id: EventId;
  etag: string;
  updated: Instant;
  /** Google's `eventType`: `default`, `focusTime`, `workingLocation`, … */
  eventType: string;
  transparent: boolean;
  /** The calendar's owner has declined the invitation. */
  declined: boolean;
  /** Visibility `private` or `confidential`: its text is nobody else's business. */
  confidential: boolean;
  summary?: string;
  description?: string;
  location?: string;
  start: EventTime;
  end: EventTime;
  recurringEventId?: EventId;
  /** Who put it there, when it was BookedBarber: opaque, see derived-ids.ts. */
  mark?: string;
};

/** What we write to an event: only these, and only those that are given. */
export type EventContent = {
  summary?: string;
  /** Empty: there shall be none. */
  location?: string;
  description?: string;
  times?: { start: EventTime; end: EventTime };
};

/** Without a mark: not ours. */
export type Whose = Pick<CalendarEvent, 'mark'>;

/** What a listing says of one event id. */
export type EventChange =
  | { kind: 'event'; event: CalendarEvent }
  /** `shown`: Google still shows what it was, and with that whose. No more than the id is certain. */
  | { kind: 'deleted'; id: EventId; shown?: Whose; updated?: Instant }
  | { kind: 'unreadable'; id: EventId; reason: string; updated?: Instant };

export const eventIdOf = (change: EventChange): EventId => (change.kind === 'event' ? change.event.id : change.id);

/** Undefined when that is not said. */
export const whoseIs = (change: EventChange): Whose | undefined => {
  switch (change.kind) {
    case 'event':
      return change.event;
    case 'deleted':
      return change.shown;
    case 'unreadable':
      return undefined;
  }
};
