/**
 * Hands hints that are not done back to the queue: hidden for a while, so that their group, and only theirs, waits before
 * the next try. All of the group's messages are set alike, or those not set would keep it locked for the full visibility time.
 */
import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { GoogleError, isQuotaWait } from '../google/google-error.ts';
import type { Emit, Log } from '../runtime/observability.ts';
import { backoffSeconds, deferralSeconds } from './backoff.ts';
import type { NotDone } from './batch.ts';
import { readHint } from './hint.ts';

/** The part of an SQS record that is needed here. */
export type QueuedHint = {
  receiptHandle: string;
  body: string;
  attributes: { ApproximateReceiveCount: string; MessageGroupId?: string | undefined };
};

/** Never throws: the hints are reported to Lambda all the same, and no other group may suffer for it [R10]. */
export type HandBack = (hints: QueuedHint[], undone: NotDone) => Promise<void>;

/** Hides all of these for that long; throws when it fails for some. */
export type Hide = (hints: QueuedHint[], seconds: number) => Promise<void>;

export type HandBackDeps = { hide: Hide; log: Log; emit: Emit; random(): number };

export const handBack =
  ({ hide, log, emit, random }: HandBackDeps): HandBack =>
  async (hints, undone) => {
    const [first] = hints;
    if (first === undefined) return;
    const { MessageGroupId: calendarKey, ApproximateReceiveCount } = first.attributes;
    const receiveCount = Number(ApproximateReceiveCount);
    const retryInSeconds = secondsUntilRetry(undone, receiveCount, random());
    const chainId = readHint(first.body)?.chainId;
    const fields = {
      ...(calendarKey !== undefined && { calendarKey }),
      ...(chainId !== undefined && { chainId }),
      receiveCount,
      retryInSeconds,
    };
    if (undone.kind === 'deferred') log.info('A hint waits for its turn', fields);
    else {
      emit({ SyncFailed: 1, ...(isQuotaWait(undone.error) && { QuotaWait: 1 }) });
      log.error('A hint failed and goes back to the queue', undone.error, fields);
    }
    try {
      await hide(hints, retryInSeconds);
    } catch (cause) {
      log.error('A hint could not be hidden for as long as it should', cause, fields);
    }
  };

/**
 * Waiting for its turn is no failure and makes nothing wait longer. Where nobody counts the failures, because the
 * calendar's state was out of reach, the tries stand in for them.
 */
const secondsUntilRetry = (undone: NotDone, receiveCount: number, random: number): number => {
  if (undone.kind === 'deferred') return deferralSeconds(undone.forMs);
  const { error, failures = receiveCount } = undone;
  return backoffSeconds(failures, random, error instanceof GoogleError ? error.retryAfterMs : undefined);
};

export const sqsHide =
  (client: SQSClient, queueUrl: string): Hide =>
  async (hints, seconds) => {
    const Entries = hints.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    }));
    const { Failed = [] } = await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
    if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} of ${hints.length}: ${Failed[0]?.Code}`);
  };
