/** Every few minutes: renew the channels that are due, and hint what else is. The net under lost notifications. */
import { Duration, Stack } from 'aws-cdk-lib';
import { Grant, type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { roundMs } from '../shared/schedule/round-interval.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import { watchChannels } from './channel-alarms.ts';
import type { StageConfig } from './config.ts';
import type { Data } from './data.ts';
import { ServiceFunction } from './service-function.ts';
import type { SyncQueue } from './sync-queue.ts';

interface RenewalProps {
  config: StageConfig;
  alarms: AlarmTopic;
  data: Data;
  queue: SyncQueue;
}

const interval = Duration.millis(roundMs);

export class Renewal extends Construct {
  readonly worker: ServiceFunction;

  constructor(scope: Construct, id: string, { config, alarms, data, queue }: RenewalProps) {
    super(scope, id);
    const worker = new ServiceFunction(this, 'Worker', {
      name: 'renewal-worker',
      config,
      alarms,
      timeout: Duration.minutes(4), // Shorter than the interval: a round meets no other.
      memorySize: 512,
    });
    // Lambda would repeat a round that failed; what has failed is due again in the next one.
    worker.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: interval });
    worker.bindQueue(queue);
    worker.bindTable(data, { actions: ['GetItem', 'Query', 'PutItem', 'UpdateItem'], indexes: ['due', 'pending'] });
    worker.bindVault(data);
    worker.bindWebhookKeys(config);
    worker.bindGoogle(config);
    worker.bind({ WEBHOOK_BASE_URL: config.webhookBaseUrl, WEBHOOK_TTL_HOURS: `${config.webhookTtlHours}` });
    this.worker = worker;
    watchChannels(this, alarms);

    new Schedule(this, 'Schedule', {
      description: 'Renews the channels that are due, and looks after calendars that were not synced for long',
      schedule: ScheduleExpression.rate(interval),
      // The next tick finds what a lost one left, so a late tick is worth nothing and needs no dead letters.
      target: new LambdaInvoke(worker.lambda, {
        role: this.invokerOf(worker),
        maxEventAge: interval,
        retryAttempts: 2,
      }),
    });
  }

  /** CDK's own role may invoke every version of the function; this one, only what it schedules. */
  private invokerOf(worker: ServiceFunction): IRole {
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    const invoker = new Role(this, 'Invoker', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions }),
    });
    Grant.addToPrincipal({
      grantee: invoker,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [worker.lambda.functionArn],
    });
    return invoker.withoutPolicyUpdates();
  }
}
