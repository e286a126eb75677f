/**
 * What a client may write into an event: read-only fields are ignored, extended properties cut
 * silently, times normalised, impossible values refused. Pure.
 * https://developers.google.com/workspace/calendar/api/v3/reference/events
 */
import { violations } from './discovery.ts';
import { duplicate, invalid, required, timeRangeEmpty, unknownName } from './errors.ts';
import { checkRecurrence } from './recurrence.ts';
import type { Calendar, EventBody } from './state.ts';
import { type EventTime, instantOf, normaliseTime } from './time.ts';

export type Json = Record<string, unknown>;
/** Query parameters that change what a write may carry. */
export type WriteOptions = {
  conferenceDataVersion?: number;
  eventLabelVersion?: number;
  supportsAttachments?: boolean;
};

const readOnly = new Set([
  ...['kind', 'etag', 'id', 'iCalUID', 'htmlLink', 'created', 'updated', 'creator', 'organizer', 'sequence'],
  ...['recurringEventId', 'originalStartTime', 'hangoutLink', 'locked', 'privateCopy', 'attendeesOmitted'],
]);

/** The writable part of a request body; fields that are `null` stay, for PATCH to delete. */
export function writable(body: Json, options: WriteOptions): Json {
  const wrong = violations({ $ref: 'Event' }, withoutNulls(body))[0];
  if (wrong?.endsWith(': unknown')) throw unknownName(wrong.slice(1, -': unknown'.length), 'field');
  if (wrong) throw invalid(`Invalid value: ${wrong.slice(1)}`);
  const kept = Object.fromEntries(Object.entries(body).filter(([name]) => !readOnly.has(name)));
  for (const name of ignoredFields(options)) delete kept[name];
  if (options.eventLabelVersion === 1) kept.eventLabelId ||= null; // Not set: removed, by PATCH too.
  if (isObject(kept.extendedProperties)) kept.extendedProperties = cutProperties(kept.extendedProperties);
  return kept;
}

/** Fields that stay as they are, whatever is written, unless the client says that it understands them. */
export function ignoredFields(options: WriteOptions): string[] {
  return [
    options.eventLabelVersion === 1 ? 'colorId' : 'eventLabelId',
    ...(options.supportsAttachments === true ? [] : ['attachments']),
    ...(options.conferenceDataVersion === 1 ? [] : ['conferenceData']),
  ];
}

/** Keys over 44 characters are dropped, values over 1024 cut, both silently. */
function cutProperties(properties: Json): Json {
  const cut = (map: unknown) =>
    isObject(map)
      ? Object.fromEntries(
          Object.entries(map)
            .filter(([key]) => key.length <= 44)
            .map(([key, value]) => [key, typeof value === 'string' ? value.slice(0, 1024) : value]),
        )
      : map;
  return Object.fromEntries(Object.entries(properties).map(([kind, map]) => [kind, cut(map)]));
}

/** PATCH: objects merge, arrays are replaced whole, `null` deletes. */
export function mergePatch(current: Json, patch: Json): Json {
  const merged: Json = { ...current };
  for (const [name, value] of Object.entries(patch)) {
    const known = merged[name];
    if (value === null) delete merged[name];
    else if (isObject(value)) merged[name] = mergePatch(isObject(known) ? known : {}, value);
    else merged[name] = value;
  }
  return merged;
}

export function withoutNulls(body: Json): Json {
  return mergePatch({}, body);
}

const defaults: Json = { status: 'confirmed', eventType: 'default', reminders: { useDefault: true } };

/** The event with normalised times, or the refusal Google would answer. */
export function checked(calendar: Calendar, event: Json): EventBody {
  if (!isObject(event.start)) throw required('Missing start time.');
  if (!isObject(event.end)) throw required('Missing end time.');
  const start = normaliseTime(event.start, calendar.timeZone, 'start');
  const end = normaliseTime(event.end, calendar.timeZone, 'end');
  if ((start.date === undefined) !== (end.date === undefined)) throw invalid('Invalid start time.');
  if (instantOf(end, calendar.timeZone) <= instantOf(start, calendar.timeZone)) throw timeRangeEmpty();
  checkReminders(event.reminders);
  const body = { ...defaults, ...event, start, end } as EventBody;
  if (Array.isArray(event.attendees)) body.attendees = event.attendees.map((guest) => asGuest(calendar, guest));
  if (body.recurrence?.length === 0) delete body.recurrence;
  if (body.recurrence) checkSeries(event.start, { start, end, recurrence: body.recurrence });
  return body;
}

/** The entry of the calendar's own person bears `self`. */
function asGuest(calendar: Calendar, { self: _, ...guest }: Json): Json {
  const self = guest.email === calendar.id ? { self: true } : {};
  return { responseStatus: 'needsAction', ...guest, ...self };
}

function checkSeries(given: EventTime, series: { start: EventTime; end: EventTime; recurrence: string[] }): void {
  if (given.dateTime && !given.timeZone) throw required('Missing time zone definition for start time.');
  checkRecurrence(series);
}

function checkReminders(reminders: unknown): void {
  const overrides = isObject(reminders) && Array.isArray(reminders.overrides) ? reminders.overrides : [];
  if (overrides.length > 5) throw invalid('Too many override reminders.');
  if (overrides.some(({ minutes }) => !(minutes >= 0 && minutes <= 40320))) throw invalid('Invalid reminder minutes.');
}

/** A client's own id: base32hex, 5–1024 characters, never used in this calendar, not even by a deleted event. */
export function checkNewId(calendar: Calendar, id: unknown): asserts id is string {
  if (typeof id !== 'string' || !/^[a-v0-9]{5,1024}$/.test(id)) throw invalid('Invalid resource id value.');
  if (calendar.events[id]) throw duplicate();
}

export function checkEventType(previous: string | undefined, next: unknown): void {
  if (previous !== undefined && next !== undefined && next !== previous) throw invalid('Event type cannot be changed.');
  if (previous === undefined && next === 'fromGmail') throw invalid('Event type fromGmail cannot be created.');
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
