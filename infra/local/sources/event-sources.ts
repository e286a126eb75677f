/** Starts the template's event source mappings; each finds its source and its function by what it is wired to. */
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { Services } from '../aws/engines.ts';
import { keptJson } from '../aws/kept-json.ts';
import { clientDefaults } from '../aws/place.ts';
import type { LocalQueue } from '../aws/sqs.ts';
import type { LocalFunction } from '../functions/function.ts';
import { textOf } from '../template/json.ts';
import { complaint, type LocalResource, ofType } from '../template/template.ts';
import { queueMappingProperties, streamMappingProperties } from './mapping-properties.ts';
import type { Polling } from './polling.ts';
import { startQueueMapping } from './queue-mapping.ts';
import { type StreamMapping, startStreamMapping } from './stream-mapping.ts';
import { createStreamSource } from './stream-source.ts';

export type EventSourcesSetting = {
  services: Services;
  functionByRef: (nameOrArn: string) => LocalFunction;
  dataDir: string | undefined;
  /** Told of each as it starts, so that it is stopped even when a later one fails. */
  onStarted: (source: Polling) => void;
  onProblem: (problem: string) => void;
};

export type EventSources = { queues: (Polling & { queue: LocalQueue })[]; streams: StreamMapping[] };

export async function startEventSources(
  resources: LocalResource[],
  setting: EventSourcesSetting,
): Promise<EventSources> {
  const sources: EventSources = { queues: [], streams: [] };
  for (const resource of ofType(resources, 'AWS::Lambda::EventSourceMapping')) {
    if (resource.properties.Enabled === false) continue;
    try {
      const isQueue = textOf(resource.properties.EventSourceArn, 'EventSourceArn').startsWith('arn:aws:sqs:');
      if (isQueue) sources.queues.push(startQueueSource(resource, setting));
      else sources.streams.push(await startStreamSource(resource, setting));
    } catch (error) {
      throw complaint(resource.logicalId, error);
    }
  }
  return sources;
}

function startQueueSource(
  { properties }: LocalResource,
  { services, functionByRef, onStarted, onProblem }: EventSourcesSetting,
) {
  const mapping = queueMappingProperties.parse(properties);
  const queue = services.queueByArn(mapping.EventSourceArn);
  const target = functionByRef(mapping.FunctionName);
  const { client } = services.sqs;
  const source = startQueueMapping({ client, queueUrl: queue.url, properties: mapping, target, onProblem });
  onStarted(source);
  return { ...source, queue };
}

async function startStreamSource(
  { logicalId, properties }: LocalResource,
  setting: EventSourcesSetting,
): Promise<StreamMapping> {
  const { services, functionByRef, dataDir, onProblem } = setting;
  const mapping = streamMappingProperties.parse(properties);
  const streamArn = services.streamByArn(mapping.EventSourceArn);
  const target = functionByRef(mapping.FunctionName);
  const failures = failureQueue(mapping.DestinationConfig?.OnFailure.Destination, services);

  const client = new DynamoDBStreamsClient({ ...clientDefaults, endpoint: services.endpoints.dynamodb });
  const checkpoints = await keptJson<Record<string, string>>(dataDir, `checkpoints-${logicalId}.json`, () => ({}));
  const position = { streamArn, startingPosition: mapping.StartingPosition, checkpoints: checkpoints.value };
  const source = startStreamMapping({
    source: createStreamSource(client, position),
    properties: mapping,
    target,
    giveUp: async (message) => failures?.send(message),
    onHandled: (shardId, sequenceNumber) => {
      checkpoints.value[shardId] = sequenceNumber;
      checkpoints.save(checkpoints.value);
    },
    onProblem,
  });
  setting.onStarted({ stop: () => source.stop().finally(() => client.destroy()) });
  return source;
}

function failureQueue(arn: string | undefined, { queueByArn }: Services): LocalQueue | undefined {
  if (arn === undefined) return undefined;
  const queue = queueByArn(arn);
  if (queue.isFifo) throw new Error(`the failure destination ${queue.name} must be a standard queue`); // As in AWS.
  return queue;
}
