/** The times that a user asks for, in their zone; or what is wrong with them, field by field. */

import { isTooLong, longestBookingDays, readSpan, type Span } from '../decision/span.ts';
import { canonicalZone } from '../decision/time-zone.ts';
import type { Times } from '../domain/appointment.ts';
import type { EventTime } from '../domain/calendar-event.ts';

export type TimesError = { field: keyof Times; message: string };
export type ReadTimes = ({ kind: 'span' } & Span) | { kind: 'wrong'; errors: TimesError[] };

export const readTimes = (asked: Times): ReadTimes => {
  if (!isTimeZone(asked.timeZone)) return wrong('timeZone', 'Must be an IANA time zone, such as Europe/Vienna');
  const misfits = (['start', 'end'] as const).filter((field) => isDate(asked[field]) !== asked.allDay);
  if (misfits.length > 0) return { kind: 'wrong', errors: misfits.map((field) => misfit(field, asked.allDay)) };

  const span = readSpan(toTime(asked.start), toTime(asked.end), asked.timeZone);
  if (span.kind === 'untranslatable') return wrong('end', span.reason);
  if (isTooLong(span, span.times.timeZone)) {
    return wrong('end', `Must be at most ${longestBookingDays} days after the start`);
  }
  return span;
};

/** A bare offset knows no summer time [F57]. */
const isTimeZone = (name: string): boolean => !/^[+-]/.test(name) && canonicalZone(name) !== undefined;

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);

const misfit = (field: 'start' | 'end', allDay: boolean): TimesError => ({
  field,
  message: allDay ? 'Must be a date, because it is all day' : 'Must be a time; a date only with "allDay": true',
});

const toTime = (text: string): EventTime =>
  isDate(text) ? { kind: 'date', date: text } : { kind: 'dateTime', dateTime: text };

const wrong = (field: keyof Times, message: string): ReadTimes => ({ kind: 'wrong', errors: [{ field, message }] });
