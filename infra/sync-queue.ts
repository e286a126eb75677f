/** Hints wait here, one group per calendar, until the consumer takes them; what fails too often goes to the dead letters. */
import { Duration } from 'aws-cdk-lib';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';

/** The consumer's timeout lives here because the queue's visibility follows from it. */
export const syncTimeout = Duration.seconds(60);

/** Only a crash guard: a hint that waits out a cool-down or a backoff is received again each time. */
const maxReceiveCount = 12;

const fifo = {
  fifo: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
};

const everyMinute = { statistic: 'Maximum', period: Duration.minutes(1) };

export class SyncQueue extends Construct {
  readonly main: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { alarms }: { alarms: AlarmTopic }) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', { ...fifo, retentionPeriod: Duration.days(14) });
    this.main = new Queue(this, 'Hints', {
      ...fifo,
      visibilityTimeout: Duration.seconds(6 * syncTimeout.toSeconds()), // AWS's advice: room for retries while throttled.
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
    });

    alarms.watch(this, 'DeadLettersAlarm', {
      description: 'A hint was given up after its last try; the sweep catches its calendar up.',
      runbook: 'dead-letters',
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible(everyMinute),
      limit: { atLeast: 1 },
    });
    alarms.watch(this, 'OldestHintAlarm', {
      description:
        'A hint was sent 45 minutes ago and is still not done with, its tries and backoffs counted: its calendar is not in sync.',
      runbook: 'oldest-hint',
      metric: this.main.metricApproximateAgeOfOldestMessage(everyMinute),
      limit: { atLeast: Duration.minutes(45).toSeconds() }, // Two of the longest backoffs, a quarter of an hour each, are in order.
    });
  }
}
