/** The FIFO queue of hints: one message group per calendar, so one sync at a time per calendar. */
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Envelope } from './hint.ts';

export type SyncQueue = {
  /** Resolves once SQS has stored the hint. */
  send(envelope: Envelope): Promise<void>;
};

export const sqsSyncQueue = (client: SQSClient, queueUrl: string): SyncQueue => ({
  async send({ hint, deduplicationId }) {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(hint),
        MessageGroupId: hint.calendarKey,
        MessageDeduplicationId: deduplicationId,
      }),
    );
  },
});
