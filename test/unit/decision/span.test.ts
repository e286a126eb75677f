import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTooLong, readSpan } from '../../../shared/decision/span.ts';
import type { EventTime } from '../../../shared/domain/calendar-event.ts';
import { at } from '../../support/samples.ts';
import { anyZone } from '../hostile.ts';

const newYork = 'America/New_York';
const timed = (dateTime: string, timeZone = newYork): EventTime => ({ kind: 'dateTime', dateTime, timeZone });
const date = (text: string): EventTime => ({ kind: 'date', date: text });

test('a span is its times in their zone and the two moments', () => {
  expect(readSpan(timed('2026-07-01T10:00:00'), timed('2026-07-01T15:00:00Z'), 'UTC')).toEqual({
    kind: 'span',
    times: { allDay: false, start: '2026-07-01T10:00:00-04:00', end: '2026-07-01T11:00:00-04:00', timeZone: newYork },
    startsAt: at('2026-07-01T14:00:00Z'),
    endsAt: at('2026-07-01T15:00:00Z'),
  });
});

test('an offset may do without its colon', () => {
  const span = readSpan(timed('2026-07-01T16:00:00+0200'), timed('2026-07-01T11:00:00-0400'), 'UTC');
  expect(span).toMatchObject({ startsAt: at('2026-07-01T14:00:00Z'), endsAt: at('2026-07-01T15:00:00Z') });
});

test('[F56] a civil span is as long as its days are', () => {
  expect(readSpan(date('2026-03-07'), date('2026-03-09'), newYork)).toMatchObject({
    times: { allDay: true, start: '2026-03-07', end: '2026-03-09' },
    startsAt: at('2026-03-07T05:00:00Z'),
    endsAt: at('2026-03-09T04:00:00Z'),
  });
});

describe('[F57] a local time without an offset, as RFC 5545 reads it', () => {
  test.each([
    [newYork, '2026-03-08T02:00:00', '2026-03-08T03:00:00-04:00'],
    [newYork, '2026-03-08T02:59:59', '2026-03-08T03:59:59-04:00'],
    [newYork, '2026-11-01T01:00:00', '2026-11-01T01:00:00-04:00'],
    ['Australia/Lord_Howe', '2026-10-04T02:10:00', '2026-10-04T02:40:00+11:00'], // Half an hour is missing.
    ['Australia/Lord_Howe', '2026-04-05T01:45:00', '2026-04-05T01:45:00+11:00'], // Half an hour comes twice.
    ['Africa/Cairo', '2026-04-24T00:30:00', '2026-04-24T01:30:00+03:00'],
  ])('in %s, %s is %s', (zone, local, start) => {
    expect(readSpan(timed(local, zone), timed('2027-01-01T00:00:00Z', zone), zone)).toMatchObject({ times: { start } });
  });
});

describe('what is no span says why', () => {
  const unreadable = 'The start, end or time zone cannot be read';
  const empty = 'The end is not after the start';

  test.each([
    [unreadable, timed('2026-07-01T10:00:00', 'Mars/Olympus'), timed('2026-07-01T11:00:00')],
    [unreadable, timed('2026-07-01T10:00:00', '-04:00'), timed('2026-07-01T11:00:00')],
    [unreadable, timed('tomorrow'), timed('2026-07-01T11:00:00')],
    [unreadable, timed('2026-07-01T10:00:00Z[UTC]'), timed('2026-07-01T11:00:00Z')], // That is no RFC 3339.
    [unreadable, date('2026-02-29'), date('2026-03-01')],
    [unreadable, date('2026-07-01'), timed('2026-07-02T11:00:00')],
    [empty, timed('2026-07-01T10:00:00'), timed('2026-07-01T10:00:00')],
    [empty, timed('2026-07-01T10:00:00'), timed('2026-07-01T13:59:59Z')],
    [empty, date('2026-07-01'), date('2026-07-01')],
  ])('%s', (reason, start, end) => {
    expect(readSpan(start, end, newYork)).toEqual({ kind: 'untranslatable', reason });
  });

  test('a mistake of our own is none: it is thrown', () => {
    expect(() => readSpan(date(undefined as never), date('2026-07-02'), newYork)).toThrow(TypeError);
  });

  test('an end that the missing hour puts before the start', () => {
    const span = readSpan(timed('2026-03-08T02:30:00'), timed('2026-03-08T03:15:00'), newYork); // 03:30 to 03:15
    expect(span).toEqual({ kind: 'untranslatable', reason: empty });
  });
});

describe('31 civil days are not too long, whatever the clocks do in between', () => {
  test.each<[string, ReturnType<typeof date>, ReturnType<typeof date>, boolean]>([
    ['whole days in autumn', date('2026-10-10'), date('2026-11-10'), false],
    ['one day more', date('2026-10-10'), date('2026-11-11'), true],
    ['whole days in spring', date('2026-02-20'), date('2026-03-23'), false],
    ['one day more', date('2026-02-20'), date('2026-03-24'), true],
    ['to the hour, in autumn', timed('2026-10-10T10:00:00'), timed('2026-11-10T10:00:00'), false],
    ['a second more', timed('2026-10-10T10:00:00'), timed('2026-11-10T10:00:01'), true],
  ])('%s', (_, start, end, expected) => {
    const span = readSpan(start, end, newYork);
    if (span.kind === 'untranslatable') throw new Error(span.reason);
    expect(isTooLong(span, span.times.timeZone)).toBe(expected);
  });
});

test('whatever is a span ends after its start, and its times are its moments', () => {
  const anyLocal = fc
    .date({ min: new Date('2025-01-01'), max: new Date('2031-01-01'), noInvalidDate: true })
    .map((moment) => moment.toISOString().slice(0, 19));
  fc.assert(
    fc.property(anyZone, anyLocal, anyLocal, (zone, one, other) => {
      const [from, to] = [one, other].sort() as [string, string];
      fc.pre(from.slice(0, 10) < to.slice(0, 10)); // Within a day, a missing hour can leave nothing between them.
      const span = readSpan(timed(from, zone), timed(to, zone), zone);
      if (span.kind === 'untranslatable') throw new Error(span.reason);
      expect(span.startsAt < span.endsAt).toBe(true);
      expect([at(span.times.start), at(span.times.end)]).toEqual([span.startsAt, span.endsAt]);
    }),
  );
});
