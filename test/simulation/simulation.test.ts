/**
 * The simulator as part of every run of the tests: a few hundred seeds, every single fault, the pinned regressions, and the
 * planted bugs. Each part is a process of its own, in which time and randomness are the seed's alone.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

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
    expect(lines.at(-1)).toMatch(/^600 seeds from 1, 0 failing/);
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
    expect(lines.at(-1)).toMatch(/^\d{4} single faults, 0 failing$/);
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
