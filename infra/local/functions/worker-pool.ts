/** The warm workers of one function: each takes one event at a time, and one more is started while events wait. */
import type { Instance } from './function-instance.ts';
import { functionError, type Outcome } from './invocation.ts';

export type WorkerPool = {
  run: (event: unknown) => Promise<Outcome>;
  /** Events running or waiting. */
  demand: () => number;
  isStopped: () => boolean;
  kill: () => Promise<void>;
  /** Kills, and refuses what still waits. */
  stop: () => Promise<void>;
};

const killed = functionError('Sandbox.Killed', 'the worker was killed');

export function createWorkerPool(start: () => Instance, limit: number): WorkerPool {
  const instances = new Set<Instance>();
  const idle: Instance[] = [];
  const waiting: ((instance: Instance | undefined) => void)[] = [];
  let demand = 0;
  let isStarting = false;
  let isStopped = false;

  async function run(event: unknown): Promise<Outcome> {
    demand += 1;
    const instance = await takeInstance();
    const outcome = await (instance?.invoke(event) ?? ({ kind: 'failed', error: killed } as const));
    if (instance !== undefined) giveBack(instance);
    demand -= 1;
    return outcome;
  }

  function takeInstance(): Promise<Instance | undefined> {
    return new Promise((resolve) => {
      waiting.push(resolve);
      serve();
    });
  }

  function giveBack(instance: Instance): void {
    if (instance.isAlive()) idle.push(instance);
    else instances.delete(instance);
    serve();
  }

  function serve(): void {
    while (waiting.length > 0 && idle.length > 0) {
      const instance = idle.pop();
      if (instance?.isAlive()) waiting.shift()?.(instance);
      else if (instance !== undefined) instances.delete(instance);
    }
    if (isStopped) for (const refuse of waiting.splice(0)) refuse(undefined);
    if (waiting.length > 0 && instances.size < limit && !isStarting) void grow();
  }

  /** One at a time: many threads that load at once on few cores are slower than a few that are warm. */
  async function grow(): Promise<void> {
    isStarting = true;
    const instance = start();
    instances.add(instance);
    await instance.started;
    isStarting = false;
    if (!instance.isAlive()) waiting.shift()?.(instance); // The event that it was for learns why it did not start.
    giveBack(instance);
  }

  async function kill(): Promise<void> {
    await Promise.all([...instances].map((instance) => instance.terminate(killed)));
  }

  async function stop(): Promise<void> {
    isStopped = true;
    serve();
    await kill();
  }

  return { run, demand: () => demand, isStopped: () => isStopped, kill, stop };
}
