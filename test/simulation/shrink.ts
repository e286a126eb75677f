/** A failing seed → the fewest operations and faults that still fail: its run as a plan, and parts of that left out in turn. */
import type { Knobs } from './knobs.ts';
import type { Mutant } from './mutants.ts';
import type { Operation } from './operations.ts';
import { type Plan, runSeed } from './run-seed.ts';
import { isOf, ruleOf } from './violations.ts';

type Shrunk = { rule: string; plan: Plan; violations: string[]; replays: number };

export type Shrinking =
  | { kind: 'well' }
  /** Repeated as a plan it breaks no such rule: there is nothing to make smaller. */
  | { kind: 'not as a plan'; violations: string[] }
  | ({ kind: 'shrunk' } & Shrunk);

type Piece = { operation: Operation } | { fault: [string, string] };

const toPlan = (knobs: Knobs, pieces: Piece[]): Plan => ({
  knobs,
  operations: pieces.flatMap((piece) => ('operation' in piece ? [piece.operation] : [])),
  faults: Object.fromEntries(pieces.flatMap((piece) => ('fault' in piece ? [piece.fault] : []))),
});

const replaysAtMost = 400;

/** As long as the rule is broken that was broken first, whatever ids and values the violation speaks of. */
export const shrink = async (seed: number, mutant: Mutant): Promise<Shrinking> => {
  const how = { seed, mutant };
  const first = await runSeed(how);
  const [violation] = first.violations;
  if (violation === undefined) return { kind: 'well' };
  const rule = ruleOf(violation);
  let replays = 0;
  const fails = async (pieces: Piece[]): Promise<boolean> => {
    replays += 1;
    const { violations } = await runSeed({ ...how, plan: toPlan(first.plan.knobs, pieces) });
    return isOf(violations, rule);
  };

  let pieces: Piece[] = [
    ...first.plan.operations.map((operation) => ({ operation })),
    ...Object.entries(first.plan.faults).map((fault) => ({ fault })),
  ];
  if (!(await fails(pieces))) return { kind: 'not as a plan', violations: first.violations };
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
  return { kind: 'shrunk', rule, plan, violations, replays };
};
