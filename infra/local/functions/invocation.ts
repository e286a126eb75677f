/** The words that the stack and a function's worker thread exchange. */
export type FunctionError = { errorType: string; errorMessage: string; trace: string[] };

/** What became of one invocation. `throttled`: the reserved concurrency was used up and the function never ran. */
export type Outcome =
  | { kind: 'returned'; value: unknown }
  | { kind: 'failed'; error: FunctionError }
  | { kind: 'throttled' };

/** What a function is told about itself. */
export type FunctionIdentity = { name: string; arn: string; memoryMb: number };

export type WorkerSetup = { entry: string; handler: string; identity: FunctionIdentity };

/** Event and result travel as JSON text: what JSON cannot carry must not arrive here either. */
export type ToWorker = { requestId: string; event: string; deadlineMs: number };

export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'not-ready'; error: FunctionError }
  | { kind: 'returned'; value: string }
  | { kind: 'failed'; error: FunctionError };

export function functionError(errorType: string, errorMessage: string): FunctionError {
  return { errorType, errorMessage, trace: [] };
}
