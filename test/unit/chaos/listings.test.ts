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

test('what a death has interrupted may be done again', () => {
  expect(count(6, 1).above).toEqual([]);
});

test('what Google has refused is counted apart, and so are reads of single events', () => {
  const single = { ...listing(200), path: '/calendar/v3/calendars/ann%40example.com/events/e1' };
  const listings = countListings([...times(2), ...times(3, 429), single], burst, () => 0);
  expect(listings).toMatchObject({ answered: 2, refused: 3 });
});
