/**
 * Event times: an event starts and ends on a civil date or at an instant with a zone. Kept in UTC,
 * shown in the zone of the calendar or of the request. Pure.
 */
import { Temporal } from 'temporal-polyfill';
import { invalid } from './errors.ts';

export type EventTime = { date?: string; dateTime?: string; timeZone?: string };

const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/i;

/** As kept: `dateTime` in UTC without fractions, always with the zone it was given in. Refuses what Google refuses. */
export function normaliseTime(time: EventTime, calendarZone: string, name: 'start' | 'end'): EventTime {
  if ((time.date === undefined) === (time.dateTime === undefined)) throw invalid(`Invalid ${name} time.`);
  try {
    if (time.date !== undefined) return { date: Temporal.PlainDate.from(time.date).toString() };
    const given = time.dateTime as string;
    if (!hasOffset.test(given) && !time.timeZone) throw invalid(`Missing time zone definition for ${name} time.`);
    const zone = time.timeZone ?? calendarZone;
    const instant = hasOffset.test(given)
      ? Temporal.Instant.from(given)
      : Temporal.PlainDateTime.from(given).toZonedDateTime(zone).toInstant();
    return { dateTime: formatInstant(instant.epochMilliseconds, 'UTC'), timeZone: zone };
  } catch (error) {
    if (error instanceof RangeError) throw invalid(`Invalid ${name} time.`);
    throw error;
  }
}

/** Epoch milliseconds; an all-day time means midnight in the zone. */
export function instantOf(time: EventTime, zone: string): number {
  if (time.dateTime !== undefined) return Date.parse(time.dateTime);
  return Temporal.PlainDate.from(time.date ?? '').toZonedDateTime(zone).epochMilliseconds;
}

/** RFC 3339 in the zone, whole seconds, as Google writes it: `Z` for UTC, else the offset. */
export function formatInstant(epochMs: number, zone: string): string {
  if (zone === 'UTC') return `${new Date(epochMs).toISOString().slice(0, -5)}Z`; // Of what is asked, the most by far.
  const zoned = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone);
  return zoned.toString({ timeZoneName: 'never', fractionalSecondDigits: 0 }).replace(/\+00:00$/, 'Z');
}

export function showTime(time: EventTime, zone: string): EventTime {
  if (time.dateTime === undefined) return time;
  return { ...time, dateTime: formatInstant(Date.parse(time.dateTime), zone) };
}

export function isZone(name: string): boolean {
  try {
    return formatInstant(0, name) !== '';
  } catch {
    return false;
  }
}
