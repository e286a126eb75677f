/** A Lambda function: as many worker threads as it needs at once, kept warm, running the bytes that would be deployed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Endpoints } from '../aws/place.ts';
import type { LocalResource } from '../template/template.ts';
import { type InstanceSpec, startInstance } from './function-instance.ts';
import { readFunction, runtimeEnvironment, serviceName } from './function-properties.ts';
import type { Outcome } from './invocation.ts';
import { createWorkerPool } from './worker-pool.ts';

/** Worker threads of one function at once: enough to see concurrency, few enough for a laptop. */
export const workerLimit = 8;

export type LocalFunction = {
  name: string;
  arn: string;
  /** `throttle`: fail at once when the reserved concurrency is used up, as a synchronous caller would see it. */
  invoke: (event: unknown, options?: { throttle: boolean }) => Promise<Outcome>;
  /** Invocations running or waiting for a worker. */
  running: () => number;
  /** All invocations so far. */
  begun: () => number;
  /** Terminates every worker now. */
  kill: () => Promise<void>;
  stop: () => Promise<void>;
};

export type FunctionSetting = {
  resource: LocalResource;
  assetFolder: (objectKey: string) => string;
  endpoints: Endpoints;
  /** Overrides of variables that the template gives this function; the others are not for it. */
  environment: Record<string, string>;
  onLog: (functionName: string, line: string) => void;
};

export function createFunction(setting: FunctionSetting): LocalFunction {
  const { ReservedConcurrentExecutions: reserved = Number.POSITIVE_INFINITY } = readFunction(setting.resource);
  const spec = specOf(setting);
  const name = serviceName(setting.resource);
  const log = (line: string) => setting.onLog(name, line);
  const pool = createWorkerPool(() => startInstance(spec, log), Math.min(workerLimit, reserved));
  let begun = 0;

  async function invoke(event: unknown, { throttle } = { throttle: false }): Promise<Outcome> {
    if (throttle && pool.demand() >= reserved) return { kind: 'throttled' };
    begun += 1;
    const outcome = await pool.run(event);
    if (outcome.kind === 'failed' && !pool.isStopped()) log(`ERROR Invoke Error ${JSON.stringify(outcome.error)}`);
    return outcome;
  }

  const { kill, stop, demand: running } = pool;
  return { name, arn: spec.identity.arn, invoke, running, begun: () => begun, kill, stop };
}

function specOf({ resource, assetFolder, endpoints, environment }: FunctionSetting): InstanceSpec {
  const properties = readFunction(resource);
  const { Variables } = properties.Environment;
  const [file = '', handler = ''] = properties.Handler.split('.');
  const overrides = Object.entries(environment).filter(([name]) => name in Variables);
  return {
    entry: entryFile(assetFolder(properties.Code.S3Key), file),
    handler,
    identity: { name: resource.name, arn: resource.attributes.Arn ?? '', memoryMb: properties.MemorySize },
    timeoutMs: properties.Timeout * 1_000,
    environment: {
      ...runtimeEnvironment(resource.name, properties, endpoints),
      ...Variables,
      ...Object.fromEntries(overrides),
    },
  };
}

function entryFile(folder: string, name: string): string {
  const file = ['mjs', 'js', 'cjs'].map((extension) => join(folder, `${name}.${extension}`)).find(existsSync);
  if (file === undefined) throw new Error(`the asset ${folder} has no ${name}.mjs`);
  return pathToFileURL(file).href;
}
