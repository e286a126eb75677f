/** An event source mapping from an SQS queue: receive, invoke, delete what succeeded; the rest stays hidden until its timeout. */
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type LocalFunction, workerLimit } from '../functions/function.ts';
import { createSlots } from '../functions/slots.ts';
import type { QueueMappingProperties } from './mapping-properties.ts';
import { failedItems } from './partial-batch.ts';
import { type Polling, startPolling } from './polling.ts';
import { queueEventRecord } from './queue-event.ts';

export type QueueMappingSetting = {
  client: SQSClient;
  queueUrl: string;
  properties: QueueMappingProperties;
  target: LocalFunction;
  onProblem: (problem: string) => void;
};

const longPollSeconds = 20;

export function startQueueMapping(setting: QueueMappingSetting): Polling {
  const { properties, onProblem } = setting;
  const slots = createSlots(Math.min(properties.ScalingConfig?.MaximumConcurrency ?? workerLimit, workerLimit));

  /** The next receive does not wait for this batch, only for a free slot. */
  async function startBatch(stopping: AbortSignal): Promise<void> {
    await slots.acquire();
    const messages = await receive(setting, stopping).catch((error: unknown) => {
      slots.release();
      throw error;
    });
    deliver(setting, messages)
      .catch((error: unknown) => onProblem(String(error)))
      .finally(slots.release);
  }

  return startPolling(startBatch, onProblem);
}

/** Long polling: answers as soon as there is a message. */
async function receive(
  { client, queueUrl, properties }: QueueMappingSetting,
  abortSignal: AbortSignal,
): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: properties.BatchSize,
    WaitTimeSeconds: longPollSeconds,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  const { Messages = [] } = await client.send(command, { abortSignal });
  return Messages;
}

async function deliver(
  { client, queueUrl, properties, target }: QueueMappingSetting,
  messages: Message[],
): Promise<void> {
  if (messages.length === 0) return;
  const Records = messages.map((message) => queueEventRecord(message, properties.EventSourceArn));
  const outcome = await target.invoke({ Records });
  const ids = Records.map((record) => record.messageId);
  const failed = failedItems(outcome, ids, properties.FunctionResponseTypes.length > 0);
  const handled = Records.filter((record) => !failed.has(record.messageId));
  if (handled.length === 0) return;
  const Entries = handled.map(({ receiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle: receiptHandle }));
  await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
}
