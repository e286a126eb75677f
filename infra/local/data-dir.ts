/** LOCAL_DATA_DIR: made when it is not there, and claimed for one stack at a time. */
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Resolves to what gives the folder up again. Throws an Error that says what to do about the folder. */
export async function claimDataDir(dataDir: string): Promise<() => Promise<void>> {
  try {
    await mkdir(dataDir).catch(unlessCode('EEXIST'));
    const lock = join(dataDir, 'stack.pid');
    if (await isHeld(lock)) throw new Error('another stack is using it');
    const file = await open(lock, 'w');
    await file.writeFile(String(process.pid));
    await file.close();
    return () => rm(lock, { force: true });
  } catch (cause) {
    throw new Error(`LOCAL_DATA_DIR: ${dataDir} cannot be used: ${(cause as Error).message}`, { cause });
  }
}

/** A lock whose process has died is nobody's. */
async function isHeld(lock: string): Promise<boolean> {
  const text = await readFile(lock, 'utf8').catch(unlessCode('ENOENT'));
  if (text === undefined) return false;
  try {
    return process.kill(Number(text), 0);
  } catch {
    return false;
  }
}

const unlessCode =
  (code: string) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (error.code !== code) throw error;
  };
