/**
 * Hands failed hints back to the queue: hidden for a while, so that their group, and only theirs, waits before the next
 * try. All of the group's messages are set alike, or those not set would keep it locked for the full visibility time.
 */
import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Log } from '../runtime/observability.ts';
import { backoffSeconds } from './backoff.ts';

/** The part of an SQS record that is needed here. */
export type FailedHint = {
  receiptHandle: string;
  attributes: { ApproximateReceiveCount: string; MessageGroupId?: string | undefined };
};

/** Never throws: the failed hints are reported to Lambda all the same, and no other group may suffer for it [R10]. */
export type HandBack = (failed: FailedHint[], error: unknown) => Promise<void>;

export type HandBackDeps = { client: SQSClient; queueUrl: string; log: Log; random(): number };

export const handBack =
  ({ client, queueUrl, log, random }: HandBackDeps): HandBack =>
  async (failed, error) => {
    const [first] = failed;
    if (first === undefined) return;
    const { MessageGroupId: calendarKey, ApproximateReceiveCount } = first.attributes;
    const receiveCount = Number(ApproximateReceiveCount);
    const retryInSeconds = backoffSeconds(receiveCount, random());
    const fields = { ...(calendarKey !== undefined && { calendarKey }), receiveCount, retryInSeconds };
    log.error('A hint failed and goes back to the queue', error, fields);
    try {
      await client.send(hide(queueUrl, failed, retryInSeconds));
    } catch (cause) {
      log.error('A hint that failed could not be hidden for a while; the queue hides it for longer', cause, fields);
    }
  };

const hide = (queueUrl: string, failed: FailedHint[], seconds: number) =>
  new ChangeMessageVisibilityBatchCommand({
    QueueUrl: queueUrl,
    Entries: failed.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    })),
  });
