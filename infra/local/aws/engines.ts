/** Starts what functions call: a DynamoDB engine with the tables, SQS with the queues, Secrets Manager and KMS. */

import { type LocalResource, ofType } from '../template/template.ts';
import { type DynamoDbEngine, startDynamoDb } from './dynamodb-engine.ts';
import { startKms } from './kms.ts';
import type { Endpoints } from './place.ts';
import { startSecretsManager } from './secrets-manager.ts';
import { type LocalQueue, type SqsServer, startSqs } from './sqs.ts';
import { createTable } from './tables.ts';

export type ServicesSetting = {
  resources: LocalResource[];
  secrets: Record<string, string>;
  dataDir?: string;
  visibilityTimeoutSeconds?: number;
  /** Told of each server as it starts, so that it is stopped even when a later one fails. */
  onStarted: (stop: () => Promise<void>) => void;
};

export type Services = {
  endpoints: Endpoints;
  sqs: SqsServer;
  queueByArn: (arn: string) => LocalQueue;
  queues: LocalQueue[];
  /** The engine's stream of the table whose stream the template knows by this ARN. */
  streamByArn: (arn: string) => string;
};

export async function startServices(setting: ServicesSetting): Promise<Services> {
  const { resources, secrets, dataDir, onStarted } = setting;
  const started = <T extends { stop: () => Promise<void> }>(server: T): T => {
    onStarted(server.stop);
    return server;
  };
  const keyIds = ofType(resources, 'AWS::KMS::Key').map(({ name }) => name);
  const dynamodb = started(await startDynamoDb(dataDir));
  const sqs = started(await startSqs());
  const secretsManager = started(await startSecretsManager(secrets));
  const kms = started(await startKms(keyIds, dataDir));

  const streams = await createTables(dynamodb, resources);
  const queues = await createQueues(sqs, setting);
  return {
    endpoints: { dynamodb: dynamodb.endpoint, sqs: sqs.endpoint, secretsManager: secretsManager.url, kms: kms.url },
    sqs,
    queues: [...queues.values()],
    queueByArn: (arn) => foundByArn(queues, arn, 'queue'),
    streamByArn: (arn) => foundByArn(streams, arn, 'table stream'),
  };
}

async function createTables({ endpoint }: DynamoDbEngine, resources: LocalResource[]): Promise<Map<string, string>> {
  const streams = new Map<string, string>();
  const tables = ofType(resources, 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table');
  for (const { name, properties, attributes } of tables) {
    const streamArn = await createTable(endpoint, name, properties);
    if (streamArn !== undefined) streams.set(attributes.StreamArn ?? '', streamArn);
  }
  return streams;
}

async function createQueues(sqs: SqsServer, setting: ServicesSetting): Promise<Map<string, LocalQueue>> {
  const queues = new Map<string, LocalQueue>();
  const sooner = setting.visibilityTimeoutSeconds;
  for (const { name, properties, attributes } of ofType(setting.resources, 'AWS::SQS::Queue')) {
    const wanted = sooner === undefined ? properties : { ...properties, VisibilityTimeout: sooner };
    queues.set(attributes.Arn ?? '', await sqs.createQueue(name, wanted));
  }
  return queues;
}

function foundByArn<T>(things: Map<string, T>, arn: string, kind: string): T {
  const thing = things.get(arn);
  if (thing === undefined) throw new Error(`${arn} is no ${kind} of the template`);
  return thing;
}
