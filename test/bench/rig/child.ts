/** A worker of the benchmark in a process of its own: nothing that the bench does is in its figures. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

type Setting = { env: Record<string, string>; execArgv?: string[] };

/** Resolves with the one message that it sends; what it prints is thrown away. */
export const runWorker = async <T>(file: string, args: string[], { env, execArgv = [] }: Setting): Promise<T> => {
  const child = fork(file, args, { env, execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code} and told nothing`);
  });
  exited.catch(() => undefined); // It also ends after it has told.
  const [message] = await Promise.race([once(child, 'message'), exited]);
  return message as T;
};
