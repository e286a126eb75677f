/**
 * `npm run bench`: measures the system row by row, each figure a count or a ratio to a floor that was measured in the
 * same run. `--only <row>` measures one, as often as it is named. Exits with 1 when a target is missed.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Figure, isMiss, lineOf, type Row } from './figures.ts';
import { coldStart } from './rows/cold-start.ts';
import { cost } from './rows/cost.ts';
import { firstSync } from './rows/first-sync.ts';
import { googleCalls } from './rows/google-calls.ts';
import { latency } from './rows/latency.ts';
import { receiver } from './rows/receiver.ts';
import { scale } from './rows/scale.ts';
import { tableUnits } from './rows/table-units.ts';

const rows: Row[] = [coldStart, receiver, googleCalls, tableUnits, cost, firstSync, latency, scale];

const root = join(import.meta.dirname, '../..');
const resultsFile = join(root, 'reports/bench.json');

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const chosen = values.only === undefined ? rows : values.only.map(rowNamed);

const print = (line: string) => process.stdout.write(`${line}\n`);
const startedAt = new Date();
const machine = {
  cpu: cpus()[0]?.model.trim(),
  cores: cpus().length,
  node: process.version,
  commit: execFileSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).trim(),
};
print(`${startedAt.toISOString()}  ${machine.cores} × ${machine.cpu}, Node ${machine.node}, ${machine.commit}`);

const results: (Pick<Row, 'name' | 'title'> & { seconds: number; figures: Figure[] })[] = [];
for (const { name, title, measure } of chosen) {
  const begun = performance.now();
  const figures = await measure();
  const seconds = (performance.now() - begun) / 1_000;
  print(`\n${title}  (--only ${name}, ${seconds.toFixed(0)} s)`);
  for (const figure of figures) print(`  ${lineOf(figure)}`);
  results.push({ name, title, seconds, figures });
}

await mkdir(dirname(resultsFile), { recursive: true });
await writeFile(resultsFile, `${JSON.stringify({ at: startedAt, machine, rows: results }, null, 2)}\n`);
const misses = results.flatMap(({ figures }) => figures).filter(isMiss);
print(`\n${misses.length === 0 ? 'Every target is met' : `Targets missed: ${misses.length}`}. In full: ${resultsFile}`);
process.exitCode = misses.length === 0 ? 0 : 1;

function rowNamed(name: string): Row {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`There is no row ${name}, only ${rows.map((known) => known.name).join(', ')}`);
  return row;
}
