/**
 * Two versions of the code side by side: for some minutes a process is of either. The newer one writes items of a shape that
 * the older cannot read, and the older one says so instead of guessing (decision 22).
 */
import { minute, second } from '../../shared/domain/instant.ts';
import type { Knobs } from './knobs.ts';
import { count, type Sim, type Task } from './tasks.ts';

export type Deployment = ReturnType<typeof deploymentIn>;

export const deploymentIn = (sim: Sim, { deployed }: Pick<Knobs, 'deployed'>) => {
  const { kernel, random } = sim;
  const beginsAt = kernel.now() + random.between('deployment', 10 * second, 20 * minute);
  const endsAt = beginsAt + random.between('deployment', 20 * second, 4 * minute);
  /** Items as the newer version has written them. */
  const newer = new WeakSet<object>();
  const isNewer = (item: unknown): boolean => typeof item === 'object' && item !== null && newer.has(item);

  return {
    isOn: deployed,
    /** The stream's function is exchanged as a whole: one process reads a shard. */
    isOld: (kind: Task['kind']): boolean => {
      if (!deployed || kind === 'stream' || kernel.now() >= endsAt) return false;
      return kernel.now() < beginsAt || random.chance('version', 0.5);
    },
    /** What this task may not touch, or has written. */
    met: (task: Task, items: unknown[]): void => {
      if (!task.isOld || !items.some(isNewer)) return;
      count(sim, 'an older version meets what a newer one has written');
      throw new Error('Item of schema 2; this version reads 1');
    },
    wrote: (task: Task, items: unknown[]): void => {
      if (task.isOld) return;
      for (const item of items) if (typeof item === 'object' && item !== null) newer.add(item);
    },
  };
};
