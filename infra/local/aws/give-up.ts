/** How often a hint is tried before it becomes a dead letter: for a story or a test, to which the template's number takes too long. */
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { LocalStack } from '../stack.ts';
import { clientDefaults } from './place.ts';

/** All else about the queue stays as the template says. */
export async function giveUpAfter(
  { endpoints, queues }: Pick<LocalStack, 'endpoints' | 'queues'>,
  maxReceiveCount: number,
): Promise<void> {
  const QueueUrl = queues.find(({ hasConsumer }) => hasConsumer)?.url;
  const client = new SQSClient({ ...clientDefaults, endpoint: endpoints.sqs });
  try {
    const read = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] });
    const { Attributes = {} } = await client.send(read);
    const RedrivePolicy = JSON.stringify({ ...JSON.parse(Attributes.RedrivePolicy ?? ''), maxReceiveCount });
    await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
  } finally {
    client.destroy();
  }
}
