/**
 * The simulator as part of every run of the tests: a few hundred seeds, every single fault, the pinned regressions, and the
 * planted bugs. Each part is a process of its own, in which time and randomness are the seed's alone.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readCommandLine } from './command-line.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

const simulate = (...given: string[]): Promise<{ code: number; lines: string[] }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...given], { maxBuffer: 2 ** 28 }, (error, out) => {
      resolve({ code: error === null ? 0 : Number(error.code), lines: out.trim().split('\n') });
    });
  });

const limitMs = 600_000; // Half a minute by itself; a busy machine takes many times as long.

test.concurrent(
  '[R1][R2][R3][R4][R5][R6][R7][R8][R11][R12][R13][R14] seeds that nobody has chosen',
  async () => {
    const { code, lines } = await simulate('--seeds', '600', '--start', '1', '--workers', '1');
    expect(lines.filter((line) => /^(seed|too rare|not the same)/.test(line))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^600 seeds from 1, 0 failing, 0 not the same twice, 0 rows too rare;/);
    expect(code).toBe(0);
  },
  limitMs,
);

test.concurrent(
  'the same seed does the very same again',
  async () => {
    const [first, second] = await Promise.all([simulate('--seed', '7'), simulate('--seed', '7')]);
    expect(first.lines.length).toBeGreaterThan(100);
    expect(second).toEqual(first);
  },
  limitMs,
);

test.concurrent(
  '[F49] every single fault at every place of a fixed story',
  async () => {
    const { code, lines } = await simulate('--singles');
    expect(lines.slice(0, -1)).toEqual([]);
    expect(lines.at(-1)).toMatch(/^\d{4} single faults, 0 failing; \d+ more that do not strike$/);
    expect(code).toBe(0);
  },
  limitMs,
);

test.concurrent(
  'what has failed once does not fail again',
  async () => {
    const { code, lines } = await simulate('--pinned');
    expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^\d+ regressions, all well$/);
    expect(code).toBe(0);
  },
  limitMs,
);

test.concurrent(
  'every planted bug is caught',
  async () => {
    const { code, lines } = await simulate('--mutants');
    expect(lines.filter((line) => line.includes('SURVIVED'))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^\d\d planted bugs, 0 survivors$/);
    expect(code).toBe(0);
  },
  limitMs,
);

test.concurrent(
  'a seed in which the harness itself throws has failed, and the others are run',
  async () => {
    const { code, lines } = await simulate('--seeds', '3', '--workers', '1', '--mutant', 'the harness itself throws');
    expect(lines.filter((line) => line.startsWith('seed'))).toEqual(
      [1, 2, 3].map((seed) => `seed ${seed}: [HARNESS] Error: Planted`),
    );
    expect(lines.at(-1)).toMatch(/^3 seeds from 1, 3 failing, 0 not the same twice/);
    expect(code).toBe(1);
  },
  limitMs,
);

test.concurrent(
  'a planted bug is shrunk, and not saved as a regression',
  async () => {
    const saved = readdirSync(new URL('./pinned/', import.meta.url));
    const { code, lines } = await simulate('--shrink', '1000001', '--mutant', 'the mark is not set');
    expect(lines[0]).toMatch(/^1 operations and 0 faults after \d+ replays$/);
    expect(lines[1]).toMatch(/^✗ \[R1\]/);
    expect(lines.at(-1)).toMatch(/nothing is saved$/);
    expect(readdirSync(new URL('./pinned/', import.meta.url))).toEqual(saved);
    expect(code).toBe(1);
  },
  limitMs,
);

test.each([
  ['', 'What shall be run?'],
  ['--sedes 3', "Unknown option '--sedes'"],
  ['--seeds many', '--seeds takes a whole number from 1 to 2147483648, not "many"'],
  ['--seeds 2 --start 2147483647', '--start takes a whole number from 0 to 2147483646, not "2147483647"'],
  ['--seed 2147483648', '--seed takes a whole number from 0 to 2147483647, not "2147483648"'],
  ['--seed 1 --mutant none-such', 'No planted bug is called "none-such"'],
  ['--seed 1 --workers 3', '--seed knows no --workers'],
  ['--pinned --singles', '--pinned and --singles are two requests'],
  ['--singles --share 4/4', '--share takes one like 0/4 to 3/4, not "4/4"'],
])('%j is refused by name', (given, why) => {
  expect(() => readCommandLine(given.split(' ').filter(Boolean))).toThrow(why);
});

test.concurrent(
  'what is refused is neither well nor failing',
  async () => {
    expect((await simulate('--seeds', 'many')).code).toBe(2);
    const { code, lines } = await simulate('--help');
    expect(lines[0]).toBe('npm run sim -- one of');
    expect(code).toBe(0);
  },
  limitMs,
);
