/**
 * Each write of an appointment leaves the table by its stream and becomes a sync event, and a hint when Google must hear
 * of it; each run that a notification has caused leaves its trace likewise, and each new review item is counted. There is no second write to forget.
 */
import { Duration, Validations } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';
import type { StageConfig } from './config.ts';
import type { Data } from './data.ts';
import { ServiceFunction } from './service-function.ts';
import type { SyncQueue } from './sync-queue.ts';

interface ChangeStreamProps {
  config: StageConfig;
  alarms: AlarmTopic;
  data: Data;
  queue: SyncQueue;
}

const appointments = FilterCriteria.filter({
  dynamodb: { Keys: { sk: { S: FilterRule.beginsWith('APPOINTMENT#') } } },
});

/** A filter cannot compare the two images: the function leaves out writes that no notification has caused. */
const notifiedCalendars = FilterCriteria.filter({
  dynamodb: {
    Keys: { pk: { S: FilterRule.beginsWith('CALENDAR#') }, sk: { S: FilterRule.isEqual('STATE') } },
    NewImage: { value: { M: { lastNotificationAt: { S: FilterRule.exists() } } } },
  },
});

/** However often its item is written afterwards, it opens once. */
const openedConflicts = FilterCriteria.filter({
  eventName: FilterRule.isEqual('INSERT'),
  dynamodb: { Keys: { sk: { S: FilterRule.beginsWith('CONFLICT#') } } },
});

const everyMinute = { statistic: 'Maximum', period: Duration.minutes(1) };

export class ChangeStream extends Construct {
  readonly reader: ServiceFunction;
  readonly failures: Queue;

  constructor(scope: Construct, id: string, { config, alarms, data, queue }: ChangeStreamProps) {
    super(scope, id);
    const reader = new ServiceFunction(this, 'Reader', {
      name: 'change-stream',
      config,
      alarms,
      timeout: Duration.seconds(30), // A patient client asks four times, for five seconds each.
    });
    reader.bindTable(data, { actions: ['BatchWriteItem'] });
    reader.bindQueue(queue);
    reader.bind({
      AUDIT_RETENTION_DAYS: `${config.auditRetentionDays}`,
      NOTIFICATION_RETENTION_DAYS: `${config.notificationRetentionDays}`,
    });

    this.reader = reader;
    this.failures = this.addFailureQueue(alarms);
    alarms.watch(this, 'LagAlarm', {
      description: 'The stream is read more than a minute late: bookings reach Google late, the log lags behind.',
      runbook: 'stream-lag',
      metric: reader.lambda.metric('IteratorAge', everyMinute),
      limit: { atLeast: Duration.minutes(1).toMilliseconds() },
      periods: { bad: 3, of: 3 },
    });
    const table = data.table as ITable; // CDK is not compiled with `exactOptionalPropertyTypes`.
    reader.lambda.addEventSource(
      new DynamoEventSource(table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        filters: [appointments, notifiedCalendars, openedConflicts],
        batchSize: 100,
        bisectBatchOnError: true,
        retryAttempts: 3, // A shard waits for its oldest batch: long backoff belongs on the queue.
        onFailure: new SqsDlq(this.failures),
      }),
    );
  }

  private addFailureQueue(alarms: AlarmTopic): Queue {
    const failures = new Queue(this, 'Failures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(failures).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue: the failure destination of the stream.',
    });
    alarms.watch(this, 'FailuresAlarm', {
      description:
        'The stream gave up writes of appointments or calendars: their log is not complete, and the sweep must push them.',
      runbook: 'stream-failures',
      metric: failures.metricApproximateNumberOfMessagesVisible(everyMinute),
      limit: { atLeast: 1 },
    });
    return failures;
  }
}
