/**
 * `npm run sim`: seeds over worker processes, one of them again with its trace, or what tells whether the harness is any good.
 * The last line sums up; whatever is wrong makes the exit code 1. See docs/reliability.md.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { banAmbience } from './ambience.ts';
import { type Asked, Misspelt, readCommandLine, usage } from './command-line.ts';
import { mutantOf, mutants } from './mutants.ts';
import { hunt } from './mutation.ts';
import { type Outcome, type Plan, runSeed } from './run-seed.ts';
import { runSeeds } from './run-seeds.ts';
import { shrink } from './shrink.ts';
import { type Swept, sweepPairs, sweepSingles } from './sweep-faults.ts';

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const pinnedAt = new URL('./pinned/', import.meta.url);

const tell = ({ trace, violations, steps }: Outcome, name: string): boolean => {
  for (const line of trace) print(line);
  for (const violation of violations) print(`✗ ${violation}`);
  print(`${name}: ${steps} steps, ${violations.length} violations`);
  return violations.length === 0;
};

const tellSwept = ({ struck, idle, failures }: Swept, what: string): boolean => {
  for (const { faults, violations } of failures) print(`${JSON.stringify(faults)}: ${violations[0]}`);
  print(`${struck} ${what}, ${failures.length} failing; ${idle} more that do not strike`);
  return failures.length === 0;
};

const huntAll = async ({ nth, of }: { nth: number; of: number }): Promise<boolean> => {
  let survivors = 0;
  const wanted = mutants.filter((_, index) => index % of === nth);
  for (const mutant of wanted) {
    const { after, violation, otherwise } = await hunt(mutant);
    if (after === undefined) survivors += 1;
    const found = after === undefined ? 'SURVIVED' : `caught after ${after} of`;
    const by = violation?.split('\n')[0]?.slice(0, 70) ?? `${otherwise} of them break other rules than ${mutant.by}`;
    print(`${mutant.name.padEnd(48)} ${found} ${mutant.budget} seeds: ${by}`);
  }
  print(`${wanted.length} planted bugs, ${survivors} survivors`);
  return survivors === 0;
};

type Pin = { name: string; seed: number; plan: Plan };

const runPinned = async (): Promise<boolean> => {
  let isWell = true;
  const files = readdirSync(pinnedAt).filter((file) => file.endsWith('.json'));
  for (const file of files) {
    const { name, seed, plan } = JSON.parse(readFileSync(new URL(file, pinnedAt), 'utf8')) as Pin;
    isWell = tell(await runSeed({ seed, plan }), name) && isWell;
  }
  print(`${files.length} regressions, ${isWell ? 'all' : 'not all'} well`);
  return isWell;
};

/** What is planted is no regression, so it is not saved. */
const pin = async (seed: number, mutant: string | undefined): Promise<boolean> => {
  const shrunk = await shrink(seed, mutantOf(mutant));
  if (shrunk.kind === 'well') {
    print(`seed ${seed} does not fail`);
    return true;
  }
  if (shrunk.kind === 'not as a plan') {
    for (const violation of shrunk.violations) print(`✗ ${violation}`);
    print(`seed ${seed} fails, but not when it is repeated as a plan: nothing is saved`);
    return false;
  }
  const { plan, violations, replays, rule } = shrunk;
  const { operations, faults } = plan;
  print(`${operations.length} operations and ${Object.keys(faults).length} faults after ${replays} replays`);
  for (const violation of violations) print(`✗ ${violation}`);
  if (mutant !== undefined) {
    print(`seed ${seed} fails with "${mutant}": nothing is saved`);
    return false;
  }
  const file = new URL(`${rule.toLowerCase()}-seed-${seed}.json`, pinnedAt);
  writeFileSync(file, `${JSON.stringify({ name: violations[0] ?? rule, seed, plan } satisfies Pin, null, 2)}\n`);
  print(`saved as ${file.pathname}`);
  return false;
};

const run = async (asked: Asked): Promise<boolean> => {
  if (asked.what === 'help') {
    print(usage);
    return true;
  }
  if (asked.what === 'seeds') return runSeeds(asked, print);
  banAmbience();
  switch (asked.what) {
    case 'seed':
      return tell(
        await runSeed({ seed: asked.seed, mutant: mutantOf(asked.mutant), trace: true }),
        `seed ${asked.seed}`,
      );
    case 'shrink':
      return pin(asked.seed, asked.mutant);
    case 'pinned':
      return runPinned();
    case 'mutants':
      return huntAll(asked.share);
    case 'singles':
      return tellSwept(await sweepSingles(asked.share), 'single faults');
    case 'pairs':
      return tellSwept(await sweepPairs(asked.pairs, asked.share), 'pairs of faults');
  }
};

const exitCodeOf = async (given: string[]): Promise<number> => {
  try {
    return (await run(readCommandLine(given))) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Misspelt)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    return 2;
  }
};

process.exitCode = await exitCodeOf(process.argv.slice(2));
