/** A worker process of the fleet: runs the seeds that it is given, and says what came of them. */

import { banAmbience } from './ambience.ts';
import type { Job, Told } from './fleet.ts';
import { mutantOf } from './mutants.ts';
import { runSeed } from './run-seed.ts';

banAmbience();

process.on('message', async (job: Job) => {
  const mutant = mutantOf(job.mutant);
  const told: Told = { seeds: job.seeds.length, steps: 0, failures: [], counts: [], unstable: [] };
  const counts = new Map<string, number>();
  for (const seed of job.seeds) {
    const outcome = await runSeed({ seed, mutant });
    told.steps += outcome.steps;
    for (const [what, times] of outcome.counts) counts.set(what, (counts.get(what) ?? 0) + times);
    if (outcome.violations.length > 0) told.failures.push({ seed, violations: outcome.violations });
    if (job.repeat && seed % 50 === 0) {
      const again = await runSeed({ seed, mutant });
      if (again.hash !== outcome.hash) told.unstable.push(seed);
    }
  }
  process.send?.({ ...told, counts: [...counts] });
});
