/** What the receiver cannot do without: a queue to send to, and its secret read at start. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const queue = new SQSClient({});
await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: process.env.WEBHOOK_KEYS_SECRET ?? '' }));

/** A handler that only enqueues. */
export const handler = async (event: { headers: Record<string, string> }) => {
  const body = JSON.stringify(event.headers);
  const id = `${event.headers['x-goog-channel-id']}:${event.headers['x-goog-message-number']}`;
  const command = { MessageBody: body, MessageGroupId: id, MessageDeduplicationId: id };
  await queue.send(new SendMessageCommand({ ...command, QueueUrl: process.env.SYNC_QUEUE_URL ?? '' }));
  return { statusCode: 204 };
};
