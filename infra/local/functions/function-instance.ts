/** One execution environment of a function: a worker thread that is killed when it overruns, and is gone when it crashes. */
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import {
  type FromWorker,
  type FunctionError,
  functionError,
  type Outcome,
  type ToWorker,
  type WorkerSetup,
} from './invocation.ts';

export type InstanceSpec = WorkerSetup & { timeoutMs: number; environment: Record<string, string> };

export type Instance = {
  /** Resolves when the handler is loaded, or when the worker is dead instead. */
  started: Promise<void>;
  /** One at a time, and not before it has started. */
  invoke: (event: unknown) => Promise<Outcome>;
  isAlive: () => boolean;
  terminate: (reason: FunctionError) => Promise<void>;
};

/** Lambda gives the code outside the handler ten seconds. */
const initTimeoutMs = 10_000;

export function startInstance(spec: InstanceSpec, onLog: (line: string) => void): Instance {
  const { timeoutMs, environment, ...setup } = spec;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    name: spec.identity.name,
    workerData: setup,
    env: environment,
    execArgv: [], // Whatever runs the stack (a test runner, say) must not leak into the function.
    resourceLimits: { maxOldGenerationSizeMb: spec.identity.memoryMb },
    stdout: true,
    stderr: true,
  });
  for (const input of [worker.stdout, worker.stderr]) createInterface({ input }).on('line', onLog);

  const started = Promise.withResolvers<void>();
  const initTimer = overrun(initTimeoutMs, 'Init');
  let death: FunctionError | undefined;
  let settle: (outcome: Outcome) => void = () => undefined;

  function die(error: FunctionError): void {
    death ??= error;
    endStart();
    settle({ kind: 'failed', error: death });
  }

  function endStart(): void {
    clearTimeout(initTimer);
    started.resolve();
  }

  async function terminate(reason: FunctionError): Promise<void> {
    die(reason);
    await worker.terminate();
  }

  function overrun(limitMs: number, phase: string): NodeJS.Timeout {
    const error = functionError('Sandbox.Timedout', `${phase} timed out after ${(limitMs / 1_000).toFixed(2)} seconds`);
    return setTimeout(() => void terminate(error), limitMs);
  }

  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') endStart();
    else if (message.kind === 'not-ready') die(message.error);
    else if (message.kind === 'returned') settle({ kind: 'returned', value: JSON.parse(message.value) });
    else settle(message);
  });
  worker.on('error', (error: Error & { code?: string }) => die(functionError(error.code ?? error.name, error.message)));
  worker.on('exit', (code) => die(functionError('Runtime.ExitError', `the runtime exited with code ${code}`)));

  async function invoke(event: unknown): Promise<Outcome> {
    if (death !== undefined) return { kind: 'failed', error: death };
    const outcome = Promise.withResolvers<Outcome>();
    settle = outcome.resolve;
    const timer = overrun(timeoutMs, 'Task');
    const call: ToWorker = {
      requestId: randomUUID(),
      event: JSON.stringify(event),
      deadlineMs: Date.now() + timeoutMs,
    };
    worker.postMessage(call);
    return outcome.promise.finally(() => clearTimeout(timer));
  }

  return { started: started.promise, invoke, isAlive: () => death === undefined, terminate };
}
