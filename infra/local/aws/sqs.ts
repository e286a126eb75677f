/**
 * The template's queues on fauxqs, a real SQS server. Where it differs from SQS: one message of a group per receive
 * (SQS up to ten), deduplication across the whole queue whatever the scope says, no StartMessageMoveTask.
 */
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { queueUrl } from '../template/identities.ts';
import type { Json, JsonRecord } from '../template/json.ts';
import { clientDefaults, region } from './place.ts';

export type QueueDepth = { visible: number; inFlight: number; delayed: number };

export type SqsServer = {
  endpoint: string;
  client: SQSClient;
  createQueue: (name: string, properties: JsonRecord) => Promise<LocalQueue>;
  stop: () => Promise<void>;
};

export type LocalQueue = {
  name: string;
  url: string;
  isFifo: boolean;
  visibilityTimeoutSeconds: number;
  depth: () => Promise<QueueDepth>;
  /** Standard queues only: a FIFO message needs a group. */
  send: (body: string) => Promise<void>;
};

export async function startSqs(): Promise<SqsServer> {
  const app = buildApp({ logger: false, defaultRegion: region });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' }); // Its own start function listens on every interface.
  const client = new SQSClient({ ...clientDefaults, endpoint, useQueueUrlAsEndpoint: false });
  return {
    endpoint,
    client,
    createQueue: async (name, properties) => {
      const attributes = attributesOf(properties);
      await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
      return localQueue(client, name, queueUrl(endpoint, name), attributes);
    },
    stop: async () => {
      client.destroy();
      await app.close();
    },
  };
}

function localQueue(client: SQSClient, name: string, url: string, attributes: Record<string, string>): LocalQueue {
  return {
    name,
    url,
    isFifo: attributes.FifoQueue === 'true',
    visibilityTimeoutSeconds: Number(attributes.VisibilityTimeout ?? 30),
    depth: () => depthOf(client, url),
    send: async (body) => {
      await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
    },
  };
}

async function depthOf(client: SQSClient, url: string): Promise<QueueDepth> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const { Attributes = {} } = await client.send(command);
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
  };
}

const attributeNames = new Set([
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
]);

/** The API takes every attribute as text. */
function attributesOf(properties: JsonRecord): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'QueueName' || name === 'Tags') continue;
    if (!attributeNames.has(name)) throw new Error(`queue property ${name} is not supported by the local stack`);
    attributes[name] = attributeText(value);
  }
  return attributes;
}

function attributeText(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
