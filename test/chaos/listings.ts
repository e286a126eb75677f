/** [R11] What the notifications cost: listings by calendar, against the bound of 2 + D/C for each burst. */
import type { LogEntry } from '../google/world.ts';

export type Listings = {
  answered: number;
  /** Google refused or dropped them: each is tried again, and is no part of the bound. */
  refused: number;
  /** Of all calendars together. */
  bound: number;
  /** The calendar that came nearest to its bound. */
  worst: { calendar: string; answered: number; bound: number };
  /** Calendars that are above theirs. */
  above: string[];
};

const coolDownMs = 1_000;
const ofABurst = 2;

/** `notifiedAt`: of each calendar when its notifications were taken. `again`: of each calendar, runs of ours that began anew. */
export const countListings = (
  requests: LogEntry[],
  notifiedAt: ReadonlyMap<string, number[]>,
  again: (calendar: string) => number,
): Listings => {
  const lists = requests.filter(({ method, path }) => method === 'GET' && path.endsWith('/events'));
  const byCalendar = Map.groupBy(lists, ({ path }) => decodeURIComponent(path.split('/').at(-2) ?? ''));
  const counted = [...byCalendar].map(([calendar, entries]) => {
    const answered = entries.filter(({ status }) => status === 200).length;
    const bound = boundOf(notifiedAt.get(calendar) ?? []) + again(calendar);
    return { calendar, answered, bound, all: entries.length };
  });
  const sum = (of: (one: (typeof counted)[number]) => number) => counted.reduce((total, one) => total + of(one), 0);
  const worst = counted.reduce((a, b) => (b.answered / b.bound > a.answered / a.bound ? b : a), counted[0] ?? none);
  return {
    answered: sum(({ answered }) => answered),
    refused: sum(({ all, answered }) => all - answered),
    bound: sum(({ bound }) => bound),
    worst,
    above: counted.filter(({ answered, bound }) => answered > bound).map(({ calendar }) => calendar),
  };
};

/** After a long pause a new burst begins: the pause itself is no licence to list on. */
const boundOf = (notifiedAt: number[]): number => {
  const at = notifiedAt.toSorted((a, b) => a - b);
  const pausesMs = at.slice(1).map((next, index) => next - (at[index] ?? next));
  return pausesMs.reduce((bound, ms) => bound + Math.min(ms / coolDownMs, ofABurst), ofABurst);
};

const none = { calendar: 'none', answered: 0, bound: 1, all: 0 };
