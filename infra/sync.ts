/** A hint brings its calendar in sync: the only flow that pulls from Google, pushes to it and writes appointments. */
import { Duration } from 'aws-cdk-lib';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';
import type { StageConfig } from './config.ts';
import type { Data } from './data.ts';
import { emitted, syncFailureRate } from './metrics.ts';
import { ServiceFunction } from './service-function.ts';
import { type SyncQueue, syncTimeout } from './sync-queue.ts';

interface SyncProps {
  config: StageConfig;
  alarms: AlarmTopic;
  data: Data;
  queue: SyncQueue;
}

/** Calendars synced at once; also the brake for Google's quota per project. */
const maxConcurrency = 20;

export class Sync extends Construct {
  readonly consumer: ServiceFunction;

  constructor(scope: Construct, id: string, { config, alarms, data, queue }: SyncProps) {
    super(scope, id);
    const consumer = new ServiceFunction(this, 'Consumer', {
      name: 'sync-consumer',
      config,
      alarms,
      timeout: syncTimeout,
      memorySize: 512,
      // A long first listing hints itself on, page after page; Lambda's loop detection would cut it off after 16.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    consumer.bindQueue(queue);
    consumer.bindTable(data, {
      actions: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
      indexes: ['agenda', 'pending'],
    });
    consumer.bindVault(data);
    consumer.bindWebhookKeys(config);
    consumer.bindGoogle(config);
    consumer.bind({ WEBHOOK_BASE_URL: config.webhookBaseUrl, WEBHOOK_TTL_HOURS: `${config.webhookTtlHours}` });

    this.consumer = consumer;
    consumer.lambda.addEventSource(
      new SqsEventSource(queue.main, { batchSize: 10, reportBatchItemFailures: true, maxConcurrency }),
    );

    alarms.watch(this, 'ErrorRateAlarm', {
      description: 'More than a tenth of the syncs fails.',
      runbook: 'high-error-rates',
      metric: syncFailureRate(),
      limit: { moreThan: 10 },
      periods: { bad: 2, of: 3 },
    });
    alarms.watch(this, 'QuotaAlarm', {
      description: 'For a quarter of an hour Google has been asking us to wait: calendars lag behind.',
      runbook: 'quota-waits',
      metric: emitted('QuotaWait'),
      limit: { atLeast: 5 },
      periods: { bad: 3, of: 3 },
    });
    alarms.watch(this, 'DriftAlarm', {
      description: 'Appointments of a calendar still differ from their events after they were to be mended.',
      runbook: 'drift',
      metric: emitted('DriftPersisting', 'Sum', Duration.days(1)), // Each calendar is compared about once a day.
      limit: { atLeast: 1 },
    });
  }
}
