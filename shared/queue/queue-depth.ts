/** How many hints there are, as far as SQS knows. */
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** `waiting`: to be received now. `inFlight`: received and not done with, those included that wait for another try. */
export type QueueDepth = { waiting: number; inFlight: number };

export type MeasureQueue = () => Promise<QueueDepth>;

export const sqsQueueDepth =
  (client: SQSClient, QueueUrl: string): MeasureQueue =>
  async () => {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
    const [waiting = 0, inFlight = 0] = names.map((name) => Number(Attributes?.[name] ?? 0));
    return { waiting, inFlight };
  };
