/** How many changes ended in which decision. */
import type { Decision } from '../decision/decision.ts';

export type Tally = Partial<Record<Decision['kind'], number>>;

export const tallyOf = (outcomes: { kind: Decision['kind'] }[]): Tally => {
  const counts: Tally = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

export const addTallies = (a: Tally, b: Tally): Tally => {
  const sum: Tally = { ...a };
  for (const [kind, count] of Object.entries(b) as [Decision['kind'], number][]) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
};
