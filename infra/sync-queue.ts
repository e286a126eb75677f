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
      description: "A hint was given up: read the consumer's log, repair the cause, redrive.",
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
      atLeast: 1,
    });
    alarms.watch(this, 'OldestHintAlarm', {
      description: 'A hint waits longer than the longest backoff (15 minutes): its calendar is not being synced.',
      metric: this.main.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum' }),
      atLeast: Duration.minutes(20).toSeconds(),
    });
  }
}
