/** `npm run sim`: many seeds over worker processes, or one again with its trace. See docs/reliability.md. */
import { parseArgs } from 'node:util';
import { runFleet, type Told, workersOf } from './fleet.ts';
import { runSeed } from './run-seed.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    start: { type: 'string' },
    workers: { type: 'string' },
    table: { type: 'boolean' },
  },
});
const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const replay = async (seed: number): Promise<boolean> => {
  const { trace, violations, steps } = await runSeed({ seed, trace: true });
  for (const line of trace) print(line);
  for (const violation of violations) print(`✗ ${violation}`);
  print(`seed ${seed}: ${steps} steps, ${violations.length} violations`);
  return violations.length === 0;
};

const runMany = async (seeds: number, start: number): Promise<boolean> => {
  const workers = workersOf(values.workers);
  const begun = performance.now();
  const totals = new Map<string, number>();
  const failing: number[] = [];
  const unstable: number[] = [];
  let done = 0;
  let steps = 0;
  const heard = (told: Told): 'go on' => {
    done += told.seeds;
    steps += told.steps;
    for (const [what, times] of told.counts) totals.set(what, (totals.get(what) ?? 0) + times);
    for (const { seed, violations } of told.failures) {
      failing.push(seed);
      print(`seed ${seed}: ${violations[0]}`);
    }
    unstable.push(...told.unstable);
    return 'go on';
  };
  await runFleet({ seeds, start, workers, repeat: true, heard });
  if (values.table) for (const [what, times] of [...totals].sort()) print(`${String(times).padStart(9)}  ${what}`);
  if (failing.length > 0) print(`failing: ${failing.sort((a, b) => a - b).join(' ')}`);
  if (unstable.length > 0) print(`not the same twice: ${unstable.join(' ')}`);
  const minutes = (performance.now() - begun) / 60_000;
  print(
    `${done} seeds from ${start}, ${failing.length} failing, ${Math.round(steps / done)} steps each; ` +
      `${minutes.toFixed(1)} min on ${workers} workers, ${Math.round(done / minutes)} seeds/min`,
  );
  return failing.length === 0 && unstable.length === 0;
};

const isWell = await (values.seed === undefined
  ? runMany(Number(values.seeds ?? 1_000), Number(values.start ?? 1))
  : replay(Number(values.seed)));
process.exitCode = isWell ? 0 : 1;
