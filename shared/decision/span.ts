/** When an event takes place, read in its zone. Core: translate.ts and the appointments API read times the same way. */
import { Temporal } from 'temporal-polyfill';
import type { Times } from '../domain/appointment.ts';
import type { EventTime } from '../domain/calendar-event.ts';
import { epochMsOf, type Instant, instantAt } from '../domain/instant.ts';

export type Span = { times: Times; startsAt: Instant; endsAt: Instant };
export type ReadSpan = ({ kind: 'span' } & Span) | { kind: 'untranslatable'; reason: string };

/** `calendarZone` (IANA) holds for all-day events and for times that name no zone of their own. */
export const readSpan = (start: EventTime, end: EventTime, calendarZone: string): ReadSpan => {
  const span = spanOf(start, end, calendarZone);
  if (span === undefined) return { kind: 'untranslatable', reason: 'The start, end or time zone cannot be read' };
  if (span.startsAt >= span.endsAt) return { kind: 'untranslatable', reason: 'The end is not after the start' };
  return { kind: 'span', ...span };
};

/** Every day that a booking touches is written with it, so its length needs a limit; nobody is shaved for months. */
export const longestBookingDays = 31;

/** Civil days are counted, whatever the clocks do in between. `timeZone`: IANA. */
export const isTooLong = ({ startsAt, endsAt }: Pick<Span, 'startsAt' | 'endsAt'>, timeZone: string): boolean => {
  const start = Temporal.Instant.from(startsAt).toZonedDateTimeISO(timeZone);
  return start.add({ days: longestBookingDays }).epochMilliseconds < epochMsOf(endsAt);
};

const spanOf = (start: EventTime, end: EventTime, calendarZone: string): Span | undefined => {
  try {
    if (start.kind === 'date' && end.kind === 'date') return allDay(start.date, end.date, calendarZone);
    if (start.kind === 'dateTime' && end.kind === 'dateTime') return timed(start, end, calendarZone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // Temporal's word for an impossible date or an unknown zone.
  }
  return undefined;
};

const allDay = (start: string, end: string, calendarZone: string): Span => {
  const timeZone = ianaName(calendarZone);
  const midnight = (date: string) => Temporal.PlainDate.from(date).toZonedDateTime(timeZone);
  return {
    times: { allDay: true, start, end, timeZone },
    startsAt: instantAt(midnight(start).epochMilliseconds),
    endsAt: instantAt(midnight(end).epochMilliseconds),
  };
};

type DateTime = Extract<EventTime, { kind: 'dateTime' }>;

const timed = (start: DateTime, end: DateTime, calendarZone: string): Span => {
  const timeZone = ianaName(start.timeZone ?? calendarZone);
  const startsAt = zoned(start, timeZone);
  const endsAt = zoned(end, end.timeZone ?? timeZone).withTimeZone(timeZone);
  return {
    times: { allDay: false, start: rfc3339(startsAt), end: rfc3339(endsAt), timeZone },
    startsAt: instantAt(startsAt.epochMilliseconds),
    endsAt: instantAt(endsAt.epochMilliseconds),
  };
};

/**
 * Google gives an offset; a local time without one is read in its zone, as Google itself does. One that the clocks skip is
 * an hour later, and of one that comes twice it is the first: Temporal's default, and RFC 5545 §3.3.5.
 * Whole seconds: Google drops milliseconds, so they must be no difference [F54].
 */
const zoned = ({ dateTime }: DateTime, timeZone: string): Temporal.ZonedDateTime => {
  const time = hasOffset.test(dateTime)
    ? Temporal.Instant.from(dateTime).toZonedDateTimeISO(timeZone)
    : Temporal.PlainDateTime.from(dateTime).toZonedDateTime(timeZone);
  return time.round({ smallestUnit: 'second', roundingMode: 'floor' });
};

const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i;

/** Temporal would also take a bare offset for a zone, but that knows no summer time [F57]. */
const ianaName = (timeZone: string): string => {
  const { timeZoneId } = new Temporal.ZonedDateTime(0n, timeZone);
  if (/^[+-]/.test(timeZoneId)) throw new RangeError('A bare offset is no time zone');
  return timeZoneId;
};

const rfc3339 = (time: Temporal.ZonedDateTime): string =>
  time.toString({ timeZoneName: 'never', smallestUnit: 'second' });
