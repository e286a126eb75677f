/**
 * The one thing that happens next: a heap of (virtual time, sequence). Whoever waits for a port is parked here. Between two
 * happenings everything that can run has run: `drain` returns when no promise is left that could settle.
 */
type Act = () => void;
type Entry = { at: number; sequence: number; act: Act };

export class OutOfSteps extends Error {
  override readonly name = 'OutOfSteps';
}

export type Kernel = ReturnType<typeof kernelAt>;

export const kernelAt = (startMs: number) => {
  const heap: Entry[] = [];
  let now = startMs;
  let sequence = 0;
  let steps = 0;

  const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

  const push = (entry: Entry): void => {
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  };

  const pop = (): Entry | undefined => {
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Entry)) child += 1;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
    return first;
  };

  return {
    now: (): number => now,
    steps: (): number => steps,
    at: (at: number, act: Act): void => push({ at: Math.max(at, now), sequence: sequence++, act }),
    after: (ms: number, act: Act): void => push({ at: now + Math.max(ms, 0), sequence: sequence++, act }),
    /** Until nothing is left to happen, or `isOver`; the budget tells a loop from work. */
    run: (budget: number, isOver: () => boolean): Promise<void> =>
      inMacrotask(() => {
        const end = steps + budget;
        while (!isOver()) {
          const entry = pop();
          if (entry === undefined) return;
          if (steps++ >= end) throw new OutOfSteps(`Not at rest after ${budget} steps`);
          now = entry.at;
          entry.act();
          drain();
        }
      }),
  };
};

/** Outside of every promise: within one, `drain` would do nothing. */
const inMacrotask = (act: () => void): Promise<void> =>
  new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        act();
        resolve();
      } catch (error) {
        reject(error);
      }
    });
  });

/** Settles every promise that can settle, and those that follow from them. Eight times as fast as a turn of Node's loop. */
const { _tickCallback } = process as NodeJS.Process & { _tickCallback(): void };
const drain = (): void => _tickCallback.call(process);
