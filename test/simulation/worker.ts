/** A worker process of the fleet: runs the seeds that it is given, and says what came of each. */

import { banAmbience } from './ambience.ts';
import type { Job, Told } from './fleet.ts';
import { type Mutant, mutantOf } from './mutants.ts';
import { type Outcome, runSeed } from './run-seed.ts';

banAmbience();

const isTheSame = (a: Outcome, b: Outcome): boolean =>
  a.hash === b.hash && a.steps === b.steps && a.violations.join() === b.violations.join();

const run = async (seed: number, mutant: Mutant): Promise<Told> => {
  const isThorough = seed % 100 === 0;
  const outcome = await runSeed({ seed, mutant, isThorough });
  const { steps, violations, counts } = outcome;
  const isStable = !isThorough || isTheSame(outcome, await runSeed({ seed, mutant, isThorough }));
  return { seed, steps, violations, isStable, counts: [...counts] };
};

process.on('message', async ({ seeds, mutant }: Job) => {
  for (const seed of seeds) {
    const told = await run(seed, mutantOf(mutant)).catch(
      (error): Told => ({ seed, steps: 0, violations: [`[HARNESS] ${error?.stack}`], isStable: true, counts: [] }),
    );
    process.send?.(told);
  }
});
