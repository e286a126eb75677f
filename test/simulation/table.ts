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
  'a fence that was lost',
  'a forged notification',
  'a generation that leaves out what is there',
  'a grant that is known to be dead',
  'a hint that failed',
  'a hint that was there already',
  'a hint that waits for its turn',
  'a listing that lags behind',
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
  'a review item: mass_change resolved',
  'a review item: overlap open',
  'a review item: overlap resolved',
  'a round of renewals that ends with an error',
  'a write that somebody was before: 412',
  'an edit of details alone',
  'an edit of details and notes',
  'an access token made afresh',
  'an older version meets what a newer one has written',
  'another account',
  'an id taken by a stranger',
  'an insert that meets another event: 409',
  'an insert that was there already: 409',
  'an invocation that ran out of time',
  'decide: done',
  'our own lines in Google: deleted',
  'our own lines in Google: kept',
  'our own lines in Google: written below',
  'our own lines in Google: written into',
  'settings chosen: conflictPolicy',
  'settings chosen: shared',
  'undo: done',
];

/** Needs a lost answer of an insert, and a person who deletes the event before the next try. */
const oncePer: ReadonlyMap<string, number> = new Map([['fault change unnoticed-duplicate', 10_000]]);

type Row = { what: string; times: number; atLeast: number };

/**
 * Of so many seeds at least: each fault once in four hundred, each branch once in two thousand. The rarest happen three times
 * as often, so that chance has no say where there are many. And what was let pass, which should stay rare.
 */
export const tableOf = (totals: ReadonlyMap<string, number>, seeds: number): Row[] => [
  ...faults.map((what) => ({ what, times: totals.get(what) ?? 0, atLeast: expected(seeds, oncePer.get(what) ?? 400) })),
  ...branches.map((what) => ({ what, times: totals.get(what) ?? 0, atLeast: expected(seeds, 2_000) })),
  ...[...totals].filter(([what]) => what.startsWith('excused: ')).map(([what, times]) => ({ what, times, atLeast: 0 })),
];

/** Of a few seeds only that it is there at all, and of very few nothing. */
const expected = (seeds: number, per: number): number => {
  if (seeds < 50 * per) return seeds < 1.5 * per ? 0 : 1;
  return Math.floor(seeds / per);
};

export const missing = (table: Row[]): Row[] => table.filter(({ times, atLeast }) => times < atLeast);
