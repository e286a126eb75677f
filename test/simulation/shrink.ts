/** A failing seed → the fewest operations and faults that still fail: its run as a plan, and parts of that left out in turn. */
import type { Knobs } from './knobs.ts';
import type { Mutant } from './mutants.ts';
import type { Operation } from './operations.ts';
import { type Plan, runSeed } from './run-seed.ts';

/** What names the violation, whatever ids and values it speaks of. */
const ruleOf = (violations: string[]): string => /^\[(R\d+)\]/.exec(violations[0] ?? '')?.[1] ?? '';

export type Shrunk = { seed: number; rule: string; plan: Plan; violations: string[]; replays: number };

type Piece = { operation: Operation } | { fault: [string, string] };

const toPlan = (knobs: Knobs, pieces: Piece[]): Plan => ({
  knobs,
  operations: pieces.flatMap((piece) => ('operation' in piece ? [piece.operation] : [])),
  faults: Object.fromEntries(pieces.flatMap((piece) => ('fault' in piece ? [piece.fault] : []))),
});

const replaysAtMost = 400;

/** Undefined when the seed does not fail, or not when repeated as a plan. */
export const shrink = async (seed: number, mutant?: Mutant): Promise<Shrunk | undefined> => {
  const how = { seed, ...(mutant && { mutant }) };
  const first = await runSeed(how);
  if (first.violations.length === 0) return undefined;
  const rule = ruleOf(first.violations);
  let replays = 0;
  const fails = async (pieces: Piece[]): Promise<boolean> => {
    replays += 1;
    const { violations } = await runSeed({ ...how, plan: toPlan(first.plan.knobs, pieces) });
    return ruleOf(violations) === rule;
  };

  let pieces: Piece[] = [
    ...first.plan.operations.map((operation) => ({ operation })),
    ...Object.entries(first.plan.faults).map((fault) => ({ fault })),
  ];
  if (!(await fails(pieces))) return undefined;
  for (let size = Math.ceil(pieces.length / 2); size >= 1; ) {
    let isSmaller = false;
    for (let start = 0; start < pieces.length && replays < replaysAtMost; ) {
      const rest = [...pieces.slice(0, start), ...pieces.slice(start + size)];
      if (await fails(rest)) {
        pieces = rest;
        isSmaller = true;
      } else start += size;
    }
    if (replays >= replaysAtMost) break;
    if (size === 1 && !isSmaller) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  const plan = toPlan(first.plan.knobs, pieces);
  const { violations } = await runSeed({ ...how, plan });
  return { seed, rule, plan, violations, replays };
};
