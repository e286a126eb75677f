/** Seeds over worker processes: each takes the next few until none are left. What they tell is summed up. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What a worker is asked to do with each of these seeds. */
export type Job = { seeds: number[]; mutant?: string; repeat?: boolean };

export type Failure = { seed: number; violations: string[] };

export type Told = {
  seeds: number;
  steps: number;
  failures: Failure[];
  counts: [string, number][];
  /** Seeds that did not do the same twice. */
  unstable: number[];
};

export const workersOf = (asked: string | undefined): number => Number(asked ?? Math.min(2, availableParallelism()));

const seedsPerJob = 50;
/** A worker that says nothing for so long hangs, and a hang is a failure. */
const silenceMs = 600_000;

export type FleetOptions = {
  seeds: number;
  start: number;
  workers: number;
  mutant?: string;
  repeat?: boolean;
  /** Told of each job's outcome; the fleet stops when it says so. */
  heard(told: Told): 'go on' | 'stop';
};

export const runFleet = async ({ seeds, start, workers, heard, ...how }: FleetOptions): Promise<void> => {
  let next = start;
  const end = start + seeds;
  const take = (): Job | undefined => {
    if (next >= end) return undefined;
    const size = Math.min(seedsPerJob, end - next);
    const job = { ...how, seeds: Array.from({ length: size }, (_, index) => next + index) };
    next += size;
    return job;
  };
  const path = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = fork(path, { execArgv: ['--max-semi-space-size=64'] });
      let watchdog: NodeJS.Timeout | undefined;
      const give = (): void => {
        clearTimeout(watchdog);
        const job = take();
        if (job === undefined) {
          worker.disconnect();
          return;
        }
        watchdog = setTimeout(() => {
          worker.kill();
          reject(new Error(`A worker hangs at one of the seeds ${job.seeds[0]} to ${job.seeds.at(-1)}`));
        }, silenceMs);
        worker.send(job);
      };
      worker.on('message', (told: Told) => {
        if (heard(told) === 'stop') next = end;
        give();
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        clearTimeout(watchdog);
        if (code === 0) resolve();
        else reject(new Error(`A worker ended with ${code}`));
      });
      give();
    });
  await Promise.all(Array.from({ length: workers }, work));
};
