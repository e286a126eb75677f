/** Does the harness catch every planted bug within its budget? A seed that fails by itself proves nothing, so it does not count. */
import type { Mutant } from './mutants.ts';
import { runSeed } from './run-seed.ts';

export type Caught = { name: string; budget: number; after?: number; by?: string };

const firstSeed = 1_000_000;

export const hunt = async (mutant: Mutant): Promise<Caught> => {
  const { name, budget } = mutant;
  for (let nth = 1; nth <= budget; nth++) {
    const seed = firstSeed + nth;
    const by = (await runSeed({ seed, mutant })).violations[0];
    if (by === undefined) continue;
    if ((await runSeed({ seed })).violations.length === 0) return { name, budget, after: nth, by };
  }
  return { name, budget };
};
