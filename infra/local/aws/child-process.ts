/** A server that runs as a child process and cannot outlive this one, however this one ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type Child = { exited: Promise<string>; stop: () => Promise<void> };

/**
 * The shell kills the command once our end of its standard input closes: on `stop`, and also when we are killed.
 * Detached, so that Ctrl-C reaches us alone and the functions can finish before their engine goes.
 */
const untilInputCloses = 'exec 3<&0; "$0" "$@" & child=$!; (cat <&3 >/dev/null; kill $child) & wait $child';

export function startChild(command: string, args: string[], cwd?: string): Child {
  const child = spawn('/bin/sh', ['-c', untilInputCloses, command, ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
    ...(cwd !== undefined && { cwd }),
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2_000);
  });
  child.stdin.on('error', () => undefined); // The command may be gone before its input is closed.
  const exit = once(child, 'exit');
  return {
    exited: exit.then(() => errors.trim()),
    stop: async () => {
      child.stdin.end();
      await exit;
    },
  };
}
