/**
 * `npm run sim`: seeds over worker processes, one of them again with its trace, or what tells whether the harness is any good.
 * The last line sums up; whatever is wrong makes the exit code 1. See docs/reliability.md.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { banAmbience } from './ambience.ts';
import { type Failure, runFleet, type Told, workersOf } from './fleet.ts';
import { mutantOf, mutants } from './mutants.ts';
import { hunt } from './mutation.ts';
import { type Outcome, type Plan, runSeed } from './run-seed.ts';
import { shrink } from './shrink.ts';
import { type Swept, sweepPairs, sweepSingles } from './sweep-faults.ts';
import { missing, tableOf } from './table.ts';

const { values } = parseArgs({
  options: {
    /** This one, with its trace. */
    seed: { type: 'string' },
    /** So many … */
    seeds: { type: 'string' },
    /** … from this one on. */
    start: { type: 'string' },
    workers: { type: 'string' },
    /** With this bug planted. */
    mutant: { type: 'string' },
    /** Of the fixed story: every single fault, or so many pairs; by `--share i/n` a part of them. */
    singles: { type: 'boolean' },
    pairs: { type: 'string' },
    share: { type: 'string' },
    /** Every planted bug is looked for; with `--share i/n` a part of them. */
    mutants: { type: 'boolean' },
    /** The regressions of pinned/. */
    pinned: { type: 'boolean' },
    /** Saves the failing seed as a regression, in as few steps as will do. */
    shrink: { type: 'string' },
  },
});
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

const replay = async (seed: number): Promise<boolean> =>
  tell(await runSeed({ seed, mutant: mutantOf(values.mutant), trace: true }), `seed ${seed}`);

const [nth = 0, share = 1] = (values.share ?? '0/1').split('/').map(Number);

const runMany = async (seeds: number, start: number): Promise<boolean> => {
  const workers = workersOf(values.workers);
  const begun = performance.now();
  const totals = new Map<string, number>();
  const failures: Failure[] = [];
  const unstable: number[] = [];
  let done = 0;
  let steps = 0;
  const heard = (told: Told): 'go on' => {
    done += told.seeds;
    steps += told.steps;
    for (const [what, times] of told.counts) totals.set(what, (totals.get(what) ?? 0) + times);
    for (const failure of told.failures) print(`seed ${failure.seed}: ${failure.violations[0]}`);
    failures.push(...told.failures);
    unstable.push(...told.unstable);
    return 'go on';
  };
  await runFleet({ seeds, start, workers, repeat: true, heard, ...(values.mutant && { mutant: values.mutant }) });
  const table = tableOf(totals, seeds);
  for (const { what, times } of table) print(`${String(times).padStart(9)}  ${what}`);
  for (const { what, times, atLeast } of missing(table)) print(`too rare: ${what} (${times}, not ${atLeast})`);
  if (failures.length > 0)
    print(
      `failing: ${failures
        .map(({ seed }) => seed)
        .sort((a, b) => a - b)
        .join(' ')}`,
    );
  if (unstable.length > 0) print(`not the same twice: ${unstable.join(' ')}`);
  const minutes = (performance.now() - begun) / 60_000;
  print(
    `${done} seeds from ${start}, ${failures.length} failing, ${Math.round(steps / done)} steps each; ` +
      `${minutes.toFixed(1)} min on ${workers} workers, ${Math.round(done / minutes)} seeds/min`,
  );
  return failures.length === 0 && unstable.length === 0 && missing(table).length === 0;
};

const tellSwept = ({ runs, failures }: Swept, what: string): boolean => {
  for (const { faults, violations } of failures) print(`${JSON.stringify(faults)}: ${violations[0]}`);
  print(`${runs} ${what}, ${failures.length} failing`);
  return failures.length === 0;
};

const huntAll = async (): Promise<boolean> => {
  let survivors = 0;
  const wanted = mutants.filter((_, index) => index % share === nth);
  for (const mutant of wanted) {
    const { name, budget, after, by } = await hunt(mutant);
    if (after === undefined) survivors += 1;
    const found =
      after === undefined
        ? `SURVIVED ${budget} seeds`
        : `caught after ${after} of ${budget}: ${by?.split('\n')[0]?.slice(0, 90)}`;
    print(`${name.padEnd(48)} ${found}`);
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

const pin = async (seed: number): Promise<boolean> => {
  const shrunk = await shrink(seed, mutantOf(values.mutant));
  if (shrunk === undefined) {
    print(`seed ${seed} does not fail`);
    return true;
  }
  const { plan, violations, replays, rule } = shrunk;
  const file = new URL(`${rule.toLowerCase()}-seed-${seed}.json`, pinnedAt);
  writeFileSync(file, `${JSON.stringify({ name: violations[0] ?? rule, seed, plan } satisfies Pin, null, 2)}\n`);
  print(
    `${plan.operations.length} operations and ${Object.keys(plan.faults).length} faults after ${replays} replays: ${violations[0]}`,
  );
  print(`saved as ${file.pathname}`);
  return false;
};

const run = async (): Promise<boolean> => {
  if (values.seeds !== undefined) return runMany(Number(values.seeds), Number(values.start ?? 1));
  banAmbience();
  if (values.seed !== undefined) return replay(Number(values.seed));
  if (values.shrink !== undefined) return pin(Number(values.shrink));
  if (values.pinned) return runPinned();
  if (values.mutants) return huntAll();
  if (values.singles) return tellSwept(await sweepSingles(share, nth), 'single faults');
  if (values.pairs !== undefined)
    return tellSwept(await sweepPairs(Number(values.pairs), share, nth), 'pairs of faults');
  throw new Error('What shall be run? See the options above.');
};

process.exitCode = (await run()) ? 0 : 1;
