/** A counting semaphore: who finds no free slot waits in line. */
export type Slots = { acquire: () => Promise<void>; release: () => void; taken: () => number };

export function createSlots(limit: number): Slots {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return {
    acquire: async () => {
      taken += 1;
      if (taken > limit) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    release: () => {
      taken -= 1;
      waiting.shift()?.();
    },
    /** Those in line count as well. */
    taken: () => taken,
  };
}
