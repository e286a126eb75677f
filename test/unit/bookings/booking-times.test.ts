import { describe, expect, test } from 'vitest';
import { readTimes } from '../../../shared/bookings/booking-times.ts';

const timed = { allDay: false, start: '2026-03-03T10:00', end: '2026-03-03T11:00', timeZone: 'America/New_York' };
const wrongFields = (asked: Partial<typeof timed>): string[] => {
  const read = readTimes({ ...timed, ...asked });
  return read.kind === 'wrong' ? read.errors.map(({ field }) => field) : [];
};

test('[F57] a time without an offset is read in its zone', () => {
  expect(readTimes(timed)).toMatchObject({
    kind: 'span',
    times: { start: '2026-03-03T10:00:00-05:00', end: '2026-03-03T11:00:00-05:00', timeZone: 'America/New_York' },
    startsAt: '2026-03-03T15:00:00.000Z',
  });
});

test('a time with an offset is shown in its zone', () => {
  const asked = { ...timed, start: '2026-03-03T15:00:00Z', end: '2026-03-03T17:00:00+01:00' };
  expect(readTimes(asked)).toEqual(readTimes(timed));
});

test('[F56] all day: dates, the end exclusive', () => {
  expect(readTimes({ ...timed, allDay: true, start: '2026-03-03', end: '2026-03-04' })).toMatchObject({
    times: { allDay: true, start: '2026-03-03', end: '2026-03-04' },
    startsAt: '2026-03-03T05:00:00.000Z',
    endsAt: '2026-03-04T05:00:00.000Z',
  });
});

describe('what is wrong is named', () => {
  test.each(['+02:00', '-05', 'Mars/Base', 'UTC+2', 'Z'])('[F57] %s is no time zone', (timeZone) => {
    expect(wrongFields({ timeZone })).toEqual(['timeZone']);
  });

  test.each([
    ['an end before the start', { end: '2026-03-03T09:00' }, ['end']],
    ['an end at the start', { end: '2026-03-03T10:00' }, ['end']],
    ['a date where a time is meant', { start: '2026-03-03' }, ['start']],
    ['times where dates are meant', { allDay: true }, ['start', 'end']],
    ['more than 31 days', { end: '2026-04-03T11:00:01' }, ['end']],
    ['more than 31 whole days', { allDay: true, start: '2026-03-01', end: '2026-04-02' }, ['end']],
  ])('%s', (_, asked, fields) => {
    expect(wrongFields(asked)).toEqual(fields);
  });

  test('31 days are not too many, though the clocks go back in between', () => {
    expect(wrongFields({ allDay: true, start: '2026-10-15', end: '2026-11-15' })).toEqual([]);
  });
});
