/** Runs inside a function's worker thread, as Lambda's runtime does: loads the handler once, then answers event after event. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, FunctionError, ToWorker, WorkerSetup } from './invocation.ts';

type Handler = (event: unknown, context: object) => unknown;

const { entry, handler: handlerName, identity } = workerData as WorkerSetup;

function answer(message: FromWorker): void {
  parentPort?.postMessage(message);
}

async function loadHandler(): Promise<Handler> {
  const module: Record<string, unknown> = await import(entry);
  const handler = module[handlerName];
  if (typeof handler !== 'function') throw new Error(`${handlerName} is undefined or not exported by ${entry}`);
  return handler as Handler;
}

async function run(handler: Handler, { requestId, event, deadlineMs }: ToWorker): Promise<FromWorker> {
  try {
    const value = await handler(JSON.parse(event), contextOf(requestId, deadlineMs));
    return { kind: 'returned', value: JSON.stringify(value) ?? 'null' };
  } catch (error) {
    return { kind: 'failed', error: errorOf(error) };
  }
}

function contextOf(requestId: string, deadlineMs: number): object {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: identity.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: identity.arn,
    memoryLimitInMB: String(identity.memoryMb),
    logGroupName: `/aws/lambda/${identity.name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

function errorOf(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n').slice(1) };
}

try {
  const handler = await loadHandler();
  parentPort?.on('message', (call: ToWorker) => void run(handler, call).then(answer));
  answer({ kind: 'ready' });
} catch (error) {
  answer({ kind: 'not-ready', error: errorOf(error) });
}
