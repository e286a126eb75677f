import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Appointment } from '../../../shared/domain/appointment.ts';
import { day, epochMsOf, type Instant, instantAt } from '../../../shared/domain/instant.ts';
import { datesTouchedBy, dayChanges } from '../../../shared/store/occupied-days.ts';
import { anAppointment, at } from '../../support/samples.ts';

describe('the dates that a span touches', () => {
  test.each([
    ['within a day', '2026-03-03T15:00:00Z', '2026-03-03T16:00:00Z', ['2026-03-03']],
    ['up to midnight', '2026-03-03T15:00:00Z', '2026-03-04T00:00:00Z', ['2026-03-03']],
    ['past midnight', '2026-03-03T15:00:00Z', '2026-03-04T00:00:00.001Z', ['2026-03-03', '2026-03-04']],
    ['a leap day', '2028-02-28T12:00:00Z', '2028-03-01T12:00:00Z', ['2028-02-28', '2028-02-29', '2028-03-01']],
    ['over new year', '2026-12-31T23:00:00Z', '2027-01-01T01:00:00Z', ['2026-12-31', '2027-01-01']],
    ['a moment', '2026-03-03T15:00:00Z', '2026-03-03T15:00:00Z', ['2026-03-03']],
    ['midnight itself', '2026-03-03T00:00:00Z', '2026-03-03T00:00:00Z', ['2026-03-03']],
  ])('%s', (_, startsAt, endsAt, dates) => {
    expect(datesTouchedBy({ startsAt: at(startsAt), endsAt: at(endsAt) })).toEqual(dates);
  });

  test('are shared by any two spans that overlap, so that one day at least sees both', () => {
    const base = epochMsOf(at('2026-03-01'));
    const anySpan = fc
      .tuple(fc.integer({ min: 0, max: 5 * day }), fc.integer({ min: 1, max: 3 * day }))
      .map(([start, length]) => ({ startsAt: instantAt(base + start), endsAt: instantAt(base + start + length) }));
    fc.assert(
      fc.property(anySpan, anySpan, (one, other) => {
        fc.pre(one.startsAt < other.endsAt && other.startsAt < one.endsAt);
        const dates = new Set(datesTouchedBy(one));
        expect(datesTouchedBy(other).some((date) => dates.has(date))).toBe(true);
      }),
    );
  });
});

describe('what writing a booking changes', () => {
  const aBooking = (overrides: Partial<Appointment> = {}) =>
    anAppointment({ kind: 'booking', sync: { state: 'local' }, ...overrides });
  const span = (startsAt: Instant, endsAt: Instant) => ({ startsAt, endsAt });

  test('a day that it stays on is entered, not left', () => {
    const [before, after] = [
      span(at('2026-03-03T22:00:00Z'), at('2026-03-04T02:00:00Z')),
      span(at('2026-03-04T01:00:00Z'), at('2026-03-05T02:00:00Z')),
    ];
    const changes = dayChanges(aBooking(before), aBooking({ ...after, revision: 2 }));
    expect([...changes]).toEqual([
      ['2026-03-03', undefined],
      ['2026-03-04', after],
      ['2026-03-05', after],
    ]);
  });

  test.each([
    ['a block', anAppointment(), anAppointment({ revision: 2, endsAt: at('2026-03-09') })],
    ['a booking that only changes its text', aBooking(), aBooking({ revision: 2, version: 2 })],
    [
      'a cancelled booking that moves',
      aBooking({ status: 'cancelled' }),
      aBooking({ status: 'cancelled', revision: 2, endsAt: at('2026-03-09') }),
    ],
  ])('nothing for %s', (_, before, next) => {
    expect(dayChanges(before, next).size).toBe(0);
  });

  test.each([
    ['none', undefined, aBooking({ revision: 2 })],
    ['an older one', aBooking(), aBooking({ revision: 3 })],
    ['one although it is new', aBooking(), aBooking()],
  ])('is not guessed when the version before it is %s', (_, before, next) => {
    expect(() => dayChanges(before, next)).toThrow('replaces');
  });
});
