/**
 * Seeds over worker processes: each takes the next few until none are left. A worker that hangs or dies is replaced, and the
 * seed that it was at has failed.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a worker is asked to run, one after the other. */
export type Job = { seeds: number[]; mutant?: string };

/** What it says of each. */
export type Told = {
  seed: number;
  steps: number;
  violations: string[];
  /** Whether it did the same again, where it was run twice. */
  isStable: boolean;
  counts: [string, number][];
};

const seedsPerJob = 50;
/** A seed takes a fortieth of a second. */
const hangsAfterMs = 60_000;
/** More than these, and the fleet itself is broken: it ends early. */
const lostAtMost = 20;

type FleetOptions = {
  seeds: number;
  start: number;
  workers: number;
  mutant?: string | undefined;
  heard(told: Told): void;
};

export const runFleet = async ({ seeds, start, workers, mutant, heard }: FleetOptions): Promise<void> => {
  const end = start + seeds;
  let next = start;
  let lost = 0;
  const take = (): number[] => {
    const size = lost > lostAtMost ? 0 : Math.min(seedsPerJob, end - next);
    const taken = Array.from({ length: size }, (_, index) => next + index);
    next += size;
    return taken;
  };
  const lose = (seed: number, why: string): void => {
    lost += 1;
    heard({ seed, steps: 0, violations: [`[HARNESS] ${why}`], isStable: true, counts: [] });
  };

  /** Until no seeds are left, or it has gone; what it leaves behind is for another one. */
  const work = (first: number[]): Promise<number[]> =>
    new Promise((resolve) => {
      const worker = startWorker();
      let left = first;
      let isOver = false;
      let watchdog: NodeJS.Timeout | undefined;
      const end = (why: string): void => {
        if (isOver) return;
        isOver = true;
        clearTimeout(watchdog);
        worker.kill('SIGKILL');
        const [seed, ...others] = left;
        if (seed !== undefined) lose(seed, why);
        resolve(others);
      };
      const watch = (): void => {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => end(`nothing is heard of it for ${hangsAfterMs / 1_000} s`), hangsAfterMs);
      };
      const give = (): void => {
        watch();
        if (left.length > 0) worker.send({ seeds: left, ...(mutant && { mutant }) } satisfies Job);
        else worker.disconnect();
      };
      worker.on('message', (told: Told) => {
        if (isOver) return;
        left = left.slice(1);
        heard(told);
        if (left.length > 0) return watch();
        left = take();
        give();
      });
      worker.on('error', (error) => end(error.message));
      worker.on('exit', (code, signal) => end(`its worker ended with ${signal ?? code}`));
      give();
    });

  const workOn = async (): Promise<void> => {
    let seedsLeft = take();
    while (seedsLeft.length > 0) {
      seedsLeft = await work(seedsLeft);
      if (lost > lostAtMost) return;
      if (seedsLeft.length === 0) seedsLeft = take();
    }
  };
  await Promise.all(Array.from({ length: workers }, workOn));
};

const startWorker = (): ChildProcess => {
  const path = fileURLToPath(new URL('./worker.ts', import.meta.url));
  return fork(path, { execArgv: ['--max-semi-space-size=64'] });
};
