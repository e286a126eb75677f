import { expect, test } from 'vitest';
import { momentsOf } from '../../../shared/decision/moments.ts';
import { fieldsAt } from '../conflicts/disputes.ts';

test('timed: the moments that the offsets name', () => {
  expect(momentsOf(fieldsAt('10:00'))).toEqual({
    startsAt: '2026-03-03T15:00:00.000Z',
    endsAt: '2026-03-03T16:00:00.000Z',
  });
});

test('all day: from midnight to midnight in its own zone, also when the clocks change [F56]', () => {
  const times = { allDay: true, start: '2026-03-08', end: '2026-03-09', timeZone: 'America/New_York' };
  expect(momentsOf(times)).toEqual({ startsAt: '2026-03-08T05:00:00.000Z', endsAt: '2026-03-09T04:00:00.000Z' });
});

test('times that nobody can have read are a surprise', () => {
  expect(() => momentsOf({ ...fieldsAt('10:00'), timeZone: 'Mars/Base' })).toThrow('cannot be read');
});
