import { describe, expect, test } from 'vitest';
import { bookingsInTheWay, doOverlap } from '../../../shared/decision/overlaps.ts';
import { asId } from '../../../shared/domain/ids.ts';
import type { Day } from '../../../shared/ports.ts';
import { aBooking, at, userId } from '../../support/samples.ts';

const span = (from: string, to: string) => ({
  startsAt: at(`2026-03-03T${from}:00Z`),
  endsAt: at(`2026-03-03T${to}:00Z`),
});
const booking = aBooking({ ...span('15:00', '16:00') });
const aDay = (date: string, bookings: Day['bookings']): Day => ({ userId, date, version: 1, bookings });

describe('two overlap', () => {
  test.each<[string, string, string, boolean]>([
    ['the same time', '15:00', '16:00', true],
    ['one within the other', '15:15', '15:45', true],
    ['one that reaches into it', '14:30', '15:01', true],
    ['one that begins before its end', '15:59', '17:00', true],
    ['one until it begins', '14:00', '15:00', false],
    ['one after its end', '16:00', '17:00', false],
    ['another hour', '18:00', '19:00', false],
  ])('%s, %s to %s: %s', (_, from, to, overlaps) => {
    expect(doOverlap(booking, span(from, to))).toBe(overlaps);
    expect(doOverlap(span(from, to), booking)).toBe(overlaps);
  });
});

describe('in the way', () => {
  test('are the bookings that it meets, and not itself', () => {
    const day = aDay('2026-03-03', {
      [booking.id]: span('15:00', '16:00'),
      [asId('met')]: span('15:30', '16:30'),
      [asId('after')]: span('16:00', '17:00'),
    });
    expect(bookingsInTheWay(booking, [day])).toEqual(['met']);
  });

  test('is each of them once, on however many days it stands', () => {
    const long = { [asId('long')]: { startsAt: booking.startsAt, endsAt: at('2026-03-05T00:00:00Z') } };
    const days = [aDay('2026-03-03', long), aDay('2026-03-04', { ...long, [asId('late')]: span('15:45', '23:00') })];
    expect(bookingsInTheWay(booking, days)).toEqual(['long', 'late']);
  });

  test('is nobody on a free day', () => expect(bookingsInTheWay(booking, [])).toEqual([]));
});
