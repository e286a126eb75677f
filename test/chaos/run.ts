/** `npm run chaos`: one run, told as it goes, and its numbers at the end. */
import { build } from '../../infra/build.ts';
import { runChaos } from './chaos.ts';
import type { Outcome } from './evidence.ts';
import { readSize, usage } from './size.ts';

/** Whatever happens, it ends. */
const atMostMs = 90 * 60_000;
const shownAtMost = 20;

const say = (line: string) => void process.stdout.write(`${line}\n`);

const show = ({ checks, figures }: Outcome): void => {
  for (const { name, against } of checks) {
    for (const line of against.slice(0, shownAtMost)) say(`  ${line}`);
    if (against.length > shownAtMost) say(`  … and ${against.length - shownAtMost} more: ${name}`);
  }
  const width = Math.max(
    ...[...figures.map(([name]) => name), ...checks.map(({ name }) => name)].map(({ length }) => length),
  );
  say('');
  for (const [name, value] of figures) say(`${name.padEnd(width)}  ${value}`);
  say('');
  for (const { name, against } of checks)
    say(`${name.padEnd(width)}  ${against.length === 0 ? '✓' : `✗ ${against.length}`}`);
};

const run = async (): Promise<void> => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return say(usage);
  const size = readSize(args);
  await build();
  const outcome = await runChaos(size, say);
  show(outcome);
  if (outcome.checks.some(({ against }) => against.length > 0)) process.exitCode = 1;
};

const watchdog = setTimeout(() => {
  process.stderr.write(`Not done within ${atMostMs / 60_000} minutes\n`);
  process.exit(1);
}, atMostMs);

run()
  .catch((error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  })
  .finally(() => clearTimeout(watchdog));
