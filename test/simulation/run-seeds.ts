/** Many seeds: which of them fail, whether each does the same twice, and whether enough has happened in them. */
import type { Asked } from './command-line.ts';
import { runFleet, type Told } from './fleet.ts';
import { missing, tableOf } from './table.ts';

type Wanted = Extract<Asked, { what: 'seeds' }>;
type Print = (text: string) => void;

export const runSeeds = async ({ seeds, start, workers, mutant }: Wanted, print: Print): Promise<boolean> => {
  const begun = performance.now();
  const totals = new Map<string, number>();
  const failing: number[] = [];
  const unstable: number[] = [];
  let done = 0;
  let steps = 0;
  const heard = (told: Told): void => {
    done += 1;
    steps += told.steps;
    for (const [what, times] of told.counts) totals.set(what, (totals.get(what) ?? 0) + times);
    if (!told.isStable) unstable.push(told.seed);
    if (told.violations.length === 0) return;
    failing.push(told.seed);
    print(`seed ${told.seed}: ${told.violations[0]}`);
  };
  await runFleet({ seeds, start, workers, mutant, heard });

  const table = tableOf(totals, seeds);
  const rare = missing(table);
  for (const { what, times } of table) print(`${String(times).padStart(9)}  ${what}`);
  for (const { what, times, atLeast } of rare) print(`too rare: ${what} (${times}, not ${atLeast})`);
  if (failing.length > 0) print(`failing: ${inOrder(failing)}`);
  if (unstable.length > 0) print(`not the same twice: ${inOrder(unstable)}`);
  if (done < seeds) print(`given up: ${seeds - done} seeds were not run`);
  const minutes = (performance.now() - begun) / 60_000;
  print(
    `${done} seeds from ${start}, ${failing.length} failing, ${unstable.length} not the same twice, ${rare.length} rows too rare; ` +
      `${Math.round(steps / done)} steps each, ${minutes.toFixed(1)} min on ${workers} workers, ${Math.round(done / minutes)} seeds/min`,
  );
  return failing.length === 0 && unstable.length === 0 && rare.length === 0 && done === seeds;
};

const inOrder = (seeds: number[]): string => seeds.sort((a, b) => a - b).join(' ');
