/** The sometimes-table: what must have happened now and then, or many seeds have proved little. */
import { type PortKind, specs } from './faults.ts';

/** Every fault that there is. */
const faults = (Object.entries(specs) as [PortKind, { fault: string }[]][]).flatMap(([kind, of]) =>
  of.map(({ fault }) => `fault ${kind} ${fault}`),
);

/** Branches that are rarely taken. */
const branches = [
  'a batch that is done in part',
  'a consent',
  'a dead letter',
  'a disconnection',
  'a forged notification',
  'a generation that leaves out what is there',
  'a grant that is known to be dead',
  'a hint that failed',
  'a hint that was there already',
  'a hint that waits for its turn',
  'a notification that was rejected: expired',
  'a part that was settled',
  'a redrive',
  'a review item: deleted_in_bookedbarber open',
  'a review item: deleted_in_bookedbarber resolved',
  'a review item: deleted_in_google open',
  'a review item: deleted_in_google resolved',
  'a review item: fields open',
  'a review item: fields resolved',
  'a review item: mass_change open',
  'a review item: overlap open',
  'a review item: overlap resolved',
  'an access token made afresh',
  'an older version meets what a newer one has written',
  'another account',
  'an id taken by a stranger',
  'an invocation that ran out of time',
  'undo: done',
];

export type Row = { what: string; times: number; atLeast: number };

/** Of so many seeds: each fault once in a hundred, each branch once in a thousand; and what was let pass, which should stay rare. */
export const tableOf = (totals: ReadonlyMap<string, number>, seeds: number): Row[] => [
  ...faults.map((what) => ({ what, times: totals.get(what) ?? 0, atLeast: expected(seeds, 100) })),
  ...branches.map((what) => ({ what, times: totals.get(what) ?? 0, atLeast: expected(seeds, 1_000) })),
  ...[...totals].filter(([what]) => what.startsWith('excused: ')).map(([what, times]) => ({ what, times, atLeast: 0 })),
];

/** Of a few seeds only that it is there at all, and of very few nothing: chance would have too large a say. */
const expected = (seeds: number, per: number): number => {
  if (seeds < 50 * per) return seeds < 5 * per ? 0 : 1;
  return Math.floor(seeds / per);
};

export const missing = (table: Row[]): Row[] => table.filter(({ times, atLeast }) => times < atLeast);
