/** The FIFO queue of hints that were given up. Receiving hides a letter: whoever reads it removes it, or shows it again. */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { asId, type CalendarKey } from '../domain/ids.ts';
import { type Instant, instantAt } from '../domain/instant.ts';
import { type Hint, readHint } from './hint.ts';

export type DeadLetter = {
  id: string;
  /** The group it waits in. */
  calendarKey: CalendarKey;
  sentAt: Instant;
  receiveCount: number;
  /** Absent when the body is no hint that this version can read. */
  hint?: Hint;
};

/** A letter can only be removed or shown again with the receipt of its last receive. */
export type HeldLetter = DeadLetter & { receipt: string };

export type DeadLetters = {
  /** Up to ten at a time, hidden from everyone else; none when no group has one to give. */
  hold(atMost: number): Promise<HeldLetter[]>;
  show(letter: HeldLetter): Promise<void>;
  remove(letter: HeldLetter): Promise<void>;
  /** About how many there are, hidden ones too. */
  count(): Promise<number>;
};

/** Longer than any request takes, so that the receipt holds; after a crash the letters are back this soon. */
const heldSeconds = 30;
/** SQS gives at most this many at once. */
const largestBatch = 10;

export const sqsDeadLetters = (client: SQSClient, QueueUrl: string): DeadLetters => ({
  async hold(atMost) {
    const receive = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: Math.min(atMost, largestBatch),
      MessageSystemAttributeNames: ['MessageGroupId', 'SentTimestamp', 'ApproximateReceiveCount'],
      VisibilityTimeout: heldSeconds,
      WaitTimeSeconds: 1, // Without a wait SQS asks only some of its servers.
    });
    const { Messages = [] } = await client.send(receive);
    return Messages.map(toLetter);
  },

  async show({ receipt: ReceiptHandle }) {
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  },

  async remove({ receipt: ReceiptHandle }) {
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  },

  async count() {
    const depth = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...depth] }));
    return depth.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
  },
});

const toLetter = ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }: Message): HeldLetter => {
  const hint = readHint(Body);
  return {
    id: MessageId,
    receipt: ReceiptHandle,
    calendarKey: asId(Attributes.MessageGroupId ?? ''),
    sentAt: instantAt(Number(Attributes.SentTimestamp)),
    receiveCount: Number(Attributes.ApproximateReceiveCount),
    ...(hint && { hint }),
  };
};
