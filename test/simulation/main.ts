/** `npm run sim`: many seeds, or one again with its trace. See docs/reliability.md. */
import { parseArgs } from 'node:util';
import { runSeed } from './run-seed.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, seeds: { type: 'string' }, start: { type: 'string' } },
});
const print = (text: string): boolean => process.stdout.write(`${text}\n`);

if (values.seed !== undefined) {
  const { trace, violations, steps } = await runSeed({ seed: Number(values.seed), trace: true });
  for (const line of trace) print(line);
  print(`${steps} steps`);
  for (const violation of violations) print(violation);
  process.exitCode = violations.length > 0 ? 1 : 0;
} else {
  const start = Number(values.start ?? 1);
  const seeds = Number(values.seeds ?? 100);
  const begun = performance.now();
  let steps = 0;
  const totals = new Map<string, number>();
  const failing: number[] = [];
  for (let seed = start; seed < start + seeds; seed++) {
    const outcome = await runSeed({ seed });
    steps += outcome.steps;
    for (const [what, times] of outcome.counts) totals.set(what, (totals.get(what) ?? 0) + times);
    if (outcome.violations.length > 0) {
      failing.push(seed);
      print(`seed ${seed}: ${outcome.violations.slice(0, 2).join(' | ')}`);
    }
  }
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage();
  for (const [what, times] of [...totals].sort()) print(`${String(times).padStart(8)}  ${what}`);
  print(
    `${seeds} seeds, ${failing.length} failing, ${(ms / seeds).toFixed(1)} ms (${((user + system) / 1_000 / seeds).toFixed(1)} of CPU) and ${Math.round(steps / seeds)} steps each`,
  );
  process.exitCode = failing.length > 0 ? 1 : 0;
}
