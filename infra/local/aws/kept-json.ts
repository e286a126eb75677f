/** Small state that outlives a restart when the stack was given a data folder, and is made afresh when it was not. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Kept<T> = { value: T; save: (value: T) => void };

export async function keptJson<T>(
  dataDir: string | undefined,
  name: string,
  make: () => Promise<T> | T,
): Promise<Kept<T>> {
  if (dataDir === undefined) return { value: await make(), save: () => undefined };
  const file = join(dataDir, name);
  const save = (value: T) => writeFileSync(file, JSON.stringify(value), { mode: 0o600 }); // Keys: for their owner alone.
  const kept = read<T>(file);
  if (kept !== undefined) return { value: kept, save };
  mkdirSync(dataDir, { recursive: true });
  const value = await make();
  save(value);
  return { value, save };
}

function read<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read: delete it to start afresh`, { cause: error });
  }
}
