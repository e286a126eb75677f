/** Runs a synthesised stack on this machine: what the template says exists, wired as the template says. */

import { startServices } from './aws/engines.ts';
import type { Endpoints } from './aws/place.ts';
import type { QueueDepth } from './aws/sqs.ts';
import { createFunctions } from './functions/functions.ts';
import type { Outcome } from './functions/invocation.ts';
import { createHttpApi, createHttpServer } from './http/api.ts';
import { corsOf, createRoutes, jwtConfigurationOf } from './http/api-routes.ts';
import { createIssuer } from './http/issuer.ts';
import { listenLocally } from './http/listen.ts';
import { withLocalPaths } from './http/local-paths.ts';
import { waitUntilIdle } from './idle.ts';
import { startEventSources } from './sources/event-sources.ts';
import { startSchedule } from './sources/schedules.ts';
import { readAssembly } from './template/assembly.ts';
import { naming, ofType, resolveTemplate } from './template/template.ts';

export type { Endpoints, QueueDepth };

export type LocalStackOptions = {
  /** A `cdk.out` folder. */
  assembly: string;
  /** Of the API; 0 picks a free one. */
  port: number;
  /** Values by secret name. */
  secrets: Record<string, string>;
  /** Overrides of variables that the template's functions declare, for each function that declares them. */
  environment?: Record<string, string>;
  /** Keeps the table, the streams' checkpoints and all local keys across restarts. */
  dataDir?: string;
  schedules?: boolean;
  /** Tests: redeliver sooner than the template says. */
  visibilityTimeoutSeconds?: number;
  /** Tests: a proxy between one function and its services. */
  interpose?: (functionName: string, endpoints: Endpoints) => Endpoints;
  onLog?: (functionName: string, line: string) => void;
};

export type LocalStack = {
  apiUrl: string;
  endpoints: Endpoints;
  outputs: Record<string, string>;
  token: (userId: string, options?: { admin?: boolean }) => Promise<string>;
  functions: {
    /** By service name, such as `sync-consumer`; a function error is thrown. */
    invoke: (name: string, event: unknown) => Promise<unknown>;
    /** Terminates all its workers now: what they were doing fails as in a crash. */
    kill: (name: string) => Promise<void>;
  };
  queues: { name: string; url: string; hasConsumer: boolean; depth: () => Promise<QueueDepth> }[];
  /** Resolves once queues with a consumer are empty, streams are read to their end and nothing runs. */
  idle: (timeoutMs?: number) => Promise<void>;
  stop: () => Promise<void>;
};

type Stop = () => unknown;

const idleTimeoutMs = 30_000;

export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const stops: Stop[] = [];
  const stop = async () => {
    for (const next of stops.splice(0).reverse()) await next();
  };
  try {
    return { ...(await start(options, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Whatever runs is added to `stops` at once, so that a failure half-way leaves nothing behind; last started, first stopped. */
async function start(options: LocalStackOptions, stops: Stop[]): Promise<Omit<LocalStack, 'stop'>> {
  const { dataDir, environment = {}, onLog = () => undefined, interpose = (_name, endpoints) => endpoints } = options;
  const assembly = await readAssembly(options.assembly);
  const server = createHttpServer();
  const { url: apiUrl, stop: closeApi } = await listenLocally(server, options.port);
  stops.push(closeApi);
  const templateFrom = (endpoints: Endpoints) => resolveTemplate(assembly, { endpoints, apiUrl });

  const services = await startServices({
    ...options,
    resources: templateFrom(nowhere).resources,
    onStarted: (stop) => stops.push(stop),
  });
  const { endpoints } = services;
  const { resources, outputs } = templateFrom(endpoints);

  const functions = createFunctions({ assembly, endpoints, templateFrom, environment, interpose, onLog });
  const working: { stop: () => Promise<void> }[] = [...functions.all];
  stops.push(() => Promise.all(working.map((part) => part.stop()))); // Together: a mapping waits for what its function does.
  const sources = await startEventSources(resources, {
    services,
    functionByRef: functions.byRef,
    dataDir,
    onStarted: (source) => working.push(source),
    onProblem: (problem) => onLog('local-stack', problem),
  });
  const schedules = options.schedules === false ? [] : ofType(resources, 'AWS::Scheduler::Schedule');
  for (const { logicalId, properties } of schedules) {
    stops.push(naming(logicalId, () => startSchedule(properties, functions.byRef)).stop);
  }

  const issuer = await createIssuer(jwtConfigurationOf(resources), dataDir);
  const routes = createRoutes({ resources, functionByArn: functions.byRef, jwks: issuer.jwks });
  server.on('request', withLocalPaths(issuer, createHttpApi({ routes, cors: corsOf(resources) })));

  const consumed = new Set(sources.queues.map(({ queue }) => queue));
  return {
    apiUrl,
    endpoints,
    outputs,
    token: issuer.issueToken,
    functions: {
      invoke: async (name, event) => resultOf(await functions.byName(name).invoke(event)),
      kill: (name) => functions.byName(name).kill(),
    },
    queues: services.queues.map((queue) => ({ ...queue, hasConsumer: consumed.has(queue) })),
    idle: (timeoutMs = idleTimeoutMs) => waitUntilIdle(functions.all, sources, timeoutMs),
  };
}

/** For reading what exists, before anything runs. */
const nowhere: Endpoints = { dynamodb: '', sqs: '', secretsManager: '', kms: '' };

function resultOf(outcome: Outcome): unknown {
  if (outcome.kind === 'returned') return outcome.value;
  if (outcome.kind === 'throttled') throw new Error('throttled');
  throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`, { cause: outcome.error });
}
