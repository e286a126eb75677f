import { expect, test } from 'vitest';
import { countListings } from '../../chaos/listings.ts';

const listing = (status: number) => ({
  at: 0,
  method: 'GET',
  path: '/calendar/v3/calendars/ann%40example.com/events',
  query: {},
  status,
});
/** A burst of three seconds: 2 + 3 listings. */
const burst = new Map([['ann@example.com', [1_000, 2_500, 4_000]]]);
const times = (count: number, status = 200) => Array.from({ length: count }, () => listing(status));
const count = (answered: number, again = 0) => countListings(times(answered), burst, () => again);

test('[R11] as many listings as 2 + D/C are within the bound', () => {
  expect(count(5)).toMatchObject({ answered: 5, bound: 5, above: [] });
});

test('[R11] one more is above it, and named', () => {
  expect(count(6)).toMatchObject({ above: ['ann@example.com'], worst: { calendar: 'ann@example.com', answered: 6 } });
});

test('[R11] a pause of an hour is no licence to list on: what follows it is a burst of its own', () => {
  const notifiedAt = new Map([['ann@example.com', [4_000, 3_604_000, 1_000]]]);
  expect(countListings(times(7), notifiedAt, () => 0)).toMatchObject({
    worst: { bound: 2 + 2 + 2 },
    above: ['ann@example.com'],
  });
});

test('what a death has interrupted may be done again', () => {
  expect(count(6, 1).above).toEqual([]);
});

test('what Google has refused is counted apart, and so are reads of single events', () => {
  const single = { ...listing(200), path: '/calendar/v3/calendars/ann%40example.com/events/e1' };
  const listings = countListings([...times(2), ...times(3, 429), single], burst, () => 0);
  expect(listings).toMatchObject({ answered: 2, refused: 3 });
});
