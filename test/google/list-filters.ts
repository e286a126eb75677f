/**
 * Which events a listing shows: deleted ones, searches, and the window. Pure.
 * https://developers.google.com/workspace/calendar/api/v3/reference/events/list
 */
import { timeRangeEmpty } from './errors.ts';
import { asSeries, instanceOf } from './instances.ts';
import { occurrences } from './recurrence.ts';
import type { Calendar, EventBody, StoredEvent } from './state.ts';
import { instantOf } from './time.ts';

export type ListQuery = {
  eventTypes?: string[];
  iCalUID?: string;
  maxAttendees?: number;
  maxResults?: number;
  orderBy?: 'startTime' | 'updated';
  originalStart?: string;
  pageToken?: string;
  privateExtendedProperty?: string[];
  q?: string;
  sharedExtendedProperty?: string[];
  showDeleted?: boolean;
  showHiddenInvitations?: boolean;
  singleEvents?: boolean;
  syncToken?: string;
  timeMax?: string;
  timeMin?: string;
  timeZone?: string;
  updatedMin?: string;
};
type Window = { from: number; to: number; zone: string; now: number; inclusive: boolean };

/** Full listings: cancelled events only when asked for, or when they are holes in a series that is shown as a rule. */
export function isListed(calendar: Calendar, query: ListQuery, { body }: StoredEvent): boolean {
  if (query.updatedMin !== undefined) return Date.parse(body.updated) >= Date.parse(query.updatedMin);
  if (body.status !== 'cancelled' || query.showDeleted) return true;
  return !query.singleEvents && asSeries(calendar.events[body.recurringEventId ?? '']?.body) !== undefined;
}

export function matches(query: ListQuery, body: EventBody): boolean {
  const properties = (body.extendedProperties ?? {}) as Record<
    'private' | 'shared',
    Record<string, string> | undefined
  >;
  const has = (kind: 'private' | 'shared', wanted: string[] = []) =>
    wanted.every((text) => Object.entries(properties[kind] ?? {}).some(([key, value]) => text === `${key}=${value}`));
  const text = JSON.stringify([body.summary, body.description, body.location, body.attendees, body.organizer]);
  return (
    (query.eventTypes?.includes(body.eventType) ?? true) &&
    (query.iCalUID === undefined || query.iCalUID === body.iCalUID) &&
    (query.q === undefined || text.toLowerCase().includes(query.q.toLowerCase())) &&
    has('private', query.privateExtendedProperty) &&
    has('shared', query.sharedExtendedProperty)
  );
}

/** `timeMin` bounds the end, `timeMax` the start, both exclusive; fractions of a second are ignored. */
export function readWindow(calendar: Calendar, query: ListQuery, now: number, inclusive = false): Window {
  const bound = (text: string | undefined, open: number) =>
    text === undefined ? open : Math.floor(Date.parse(text) / 1000) * 1000;
  const window = { from: bound(query.timeMin, -Infinity), to: bound(query.timeMax, Infinity) };
  if (window.from >= window.to) throw timeRangeEmpty();
  return { ...window, zone: calendar.timeZone, now, inclusive };
}

export function isWithin(event: EventBody, window: Window): boolean {
  if (window.from === -Infinity && window.to === Infinity) return true;
  const series = asSeries(event);
  if (series) {
    const instances = occurrences(series, window.now).map((original) => instanceOf(event, original));
    return instances.some((instance) => isWithin(instance, window));
  }
  const end = instantOf(event.end, window.zone);
  return (window.inclusive ? end >= window.from : end > window.from) && instantOf(event.start, window.zone) < window.to;
}

export const sameStart = (calendar: Calendar, body: EventBody, text: string): boolean =>
  body.originalStartTime !== undefined &&
  instantOf(body.originalStartTime, calendar.timeZone) ===
    (text.includes('T') ? Date.parse(text) : instantOf({ date: text }, calendar.timeZone));
