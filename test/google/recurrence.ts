/**
 * Recurring events: a series is expanded into occurrences, each known for ever by its
 * original start. An original start is epoch milliseconds; for all-day series, of midnight UTC on that date. Pure.
 * https://developers.google.com/workspace/calendar/api/concepts/events-calendars#recurring_events
 */
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { invalid } from './errors.ts';
import type { EventTime } from './time.ts';

export type Series = { start: EventTime; end: EventTime; recurrence: string[] };

const dayMs = 86_400_000;
/** Endless rules expand to a long but finite list; how long is not published. */
const endlessHorizonMs = 2 * 365 * dayMs;
const centuryMs = 100 * 365 * dayMs;

const isAllDay = (series: { start: EventTime }): boolean => series.start.date !== undefined;
const zoneOf = (series: Series): string => series.start.timeZone ?? 'UTC';
export const originalOf = (time: EventTime): number => Date.parse(time.dateTime ?? `${time.date}T00:00:00Z`);

/** Original starts in [from, to], ascending. The first start always counts (RFC 5545 §3.8.5.3), unless excluded. */
export function occurrences(series: Series, now: number, from = -Infinity, to = Infinity): number[] {
  const start = originalOf(series.start);
  const first = Math.max(from, start);
  const last = Math.min(to, isBounded(series) ? start + centuryMs : Math.max(start, now) + endlessHorizonMs);
  const ruled = ruleLines(series).flatMap((line) => rule(line, series).between(new Date(first), new Date(last), true));
  const dates = [start, ...ruled.map((date) => date.epochMilliseconds), ...listed(series, 'RDATE')];
  const excluded = new Set(listed(series, 'EXDATE'));
  const wanted = dates.filter((date) => date >= first && date <= last && !excluded.has(date));
  return [...new Set(wanted)].sort((a, b) => a - b);
}

const ruleLines = (series: Series): string[] => series.recurrence.filter((line) => line.startsWith('RRULE:'));
const isBounded = (series: Series): boolean => ruleLines(series).every((line) => /COUNT=|UNTIL=/.test(line));

function rule(line: string, series: Series): RRuleTemporal {
  const zone = zoneOf(series);
  const dtstart = Temporal.Instant.fromEpochMilliseconds(originalOf(series.start)).toZonedDateTimeISO(zone);
  return new RRuleTemporal({ rruleString: line, dtstart, tzid: zone });
}

/** The dates of EXDATE or RDATE lines: `EXDATE;TZID=Europe/Berlin:20260101T090000,…`, `…:20260101T080000Z`, `…;VALUE=DATE:20260101`. */
function listed(series: Series, name: 'EXDATE' | 'RDATE'): number[] {
  return series.recurrence
    .filter((line) => line.startsWith(name))
    .flatMap((line) => {
      const [head = '', values = ''] = line.split(':');
      const zone = /TZID=([^;:]+)/.exec(head)?.[1] ?? zoneOf(series);
      return values.split(',').map((value) => parseBasic(value, zone));
    });
}

/** Epoch milliseconds of a date or date-time in basic format; NaN for what is none. */
function parseBasic(value: string, zone: string): number {
  const iso = value.replace(/^(\d{4})(\d{2})(\d{2})/, '$1-$2-$3').replace(/T(\d{2})(\d{2})(\d{2})/, 'T$1:$2:$3');
  const isLocal = value.includes('T') && !value.endsWith('Z');
  return isLocal ? Temporal.PlainDateTime.from(iso).toZonedDateTime(zone).epochMilliseconds : Date.parse(iso);
}

export function checkRecurrence(series: Series): void {
  const isWrong = (line: string) => !/^(RRULE|RDATE|EXDATE)[:;]/.test(line) || /FREQ=(SECOND|MINUTE)LY/.test(line);
  if (series.recurrence.some(isWrong)) throw invalid('Invalid recurrence rule.');
  try {
    for (const line of ruleLines(series)) rule(line, series);
    if ([...listed(series, 'RDATE'), ...listed(series, 'EXDATE')].some(Number.isNaN)) throw new RangeError();
  } catch {
    throw invalid('Invalid recurrence rule.');
  }
}

/** `20260101T080000Z`, all-day `20260101`: the tail of an instance id, and the form of UNTIL. */
function stamp(original: number, allDay: boolean): string {
  const basic = new Date(original).toISOString().replace(/[-:]|\.\d{3}/g, '');
  return allDay ? basic.slice(0, 8) : basic;
}

export function instanceId(masterId: string, original: number, series: { start: EventTime }): string {
  return `${masterId}_${stamp(original, isAllDay(series))}`;
}

export function parseInstanceId(id: string): { masterId: string; original: number } | undefined {
  const parts = /^(.+)_(\d{8}(?:T\d{6}Z)?)$/.exec(id);
  const original = parseBasic(parts?.[2] ?? '', 'UTC');
  return parts?.[1] && !Number.isNaN(original) ? { masterId: parts[1], original } : undefined;
}

export function instanceTimes(series: Series, original: number) {
  const lengthMs = originalOf(series.end) - originalOf(series.start);
  const at = (time: EventTime, epochMs: number): EventTime => {
    const iso = new Date(epochMs).toISOString();
    return isAllDay(series)
      ? { date: iso.slice(0, 10) }
      : { dateTime: iso.replace('.000Z', 'Z'), timeZone: time.timeZone ?? 'UTC' };
  };
  return {
    start: at(series.start, original),
    end: at(series.end, original + lengthMs),
    originalStartTime: at(series.start, original),
  };
}

/** "This and following": the rules of the series up to `original`, and those of the new series that begins there. */
export function splitRecurrence(series: Series, original: number, now: number): { head: string[]; tail: string[] } {
  const allDay = isAllDay(series);
  const until = stamp(original - (allDay ? dayMs : 1000), allDay);
  const past = occurrences(series, now, -Infinity, original - 1).length;
  const isRule = (line: string) => line.startsWith('RRULE:');
  const head = (line: string) => `${line.replace(/;?(COUNT|UNTIL)=[^;]+/g, '')};UNTIL=${until}`;
  const tail = (line: string) => line.replace(/COUNT=(\d+)/, (_, count) => `COUNT=${Number(count) - past}`);
  return {
    head: series.recurrence.map((line) => (isRule(line) ? head(line) : line)),
    tail: series.recurrence.map((line) => (isRule(line) ? tail(line) : line)),
  };
}
