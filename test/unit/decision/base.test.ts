import { expect, test } from 'vitest';
import { baseOf } from '../../../shared/decision/base.ts';
import { aBooking } from '../../support/samples.ts';

const agreed = { ...aBooking().fields, title: 'Agreed' };

test('what was stored is the base, whatever has become of our side', () => {
  expect(baseOf(aBooking({ base: agreed }))).toBe(agreed);
  expect(baseOf(aBooking({ base: agreed, status: 'cancelled' }))).toBe(agreed);
});

test('where nothing is stored, our side is as it was agreed on', () => {
  const booking = aBooking();
  expect(baseOf(booking)).toBe(booking.fields);
});

test('of what both sides know to be cancelled there is none', () => {
  expect(baseOf(aBooking({ status: 'cancelled' }))).toBeUndefined();
});
