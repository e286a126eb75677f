/**
 * Does the harness catch every planted bug within its budget, and for what is wrong with it? A seed that fails by itself proves
 * nothing, so it does not count.
 */
import type { Mutant } from './mutants.ts';
import { runSeed } from './run-seed.ts';
import { ruleOf } from './violations.ts';

/** `after`: so many seeds; `otherwise`: how many seeds before broke other rules only. */
type Hunted = { after?: number; violation?: string; otherwise: number };

const firstSeed = 1_000_000;

export const hunt = async (mutant: Mutant): Promise<Hunted> => {
  let otherwise = 0;
  for (let nth = 1; nth <= mutant.budget; nth++) {
    const seed = firstSeed + nth;
    const { violations } = await runSeed({ seed, mutant });
    const violation = violations.find((one) => mutant.by.includes(ruleOf(one)));
    if (violation === undefined && violations.length > 0) otherwise += 1;
    if (violation === undefined) continue;
    if ((await runSeed({ seed })).violations.length === 0) return { after: nth, violation, otherwise };
  }
  return { otherwise };
};
