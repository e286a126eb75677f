/** Google says "something changed": verify that it is Google, leave a hint on the queue, answer. */
import { Duration, Validations } from 'aws-cdk-lib';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { webhookPath } from '../shared/notifications/webhook-path.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { StageConfig } from './config.ts';
import type { HttpApi, Route } from './http-api.ts';
import { failureRate } from './metrics.ts';
import { ServiceFunction } from './service-function.ts';
import type { SyncQueue } from './sync-queue.ts';

interface WebhookProps {
  config: StageConfig;
  alarms: AlarmTopic;
  queue: SyncQueue;
  api: HttpApi;
}

/** Never throttled: Google takes a 429 for an answer and the notification is lost; it retries only a 5xx. */
const webhookRoute: Route = { method: 'POST', path: webhookPath, access: 'public' };

export class Webhook extends Construct {
  readonly receiver: ServiceFunction;

  constructor(scope: Construct, id: string, { config, alarms, queue, api }: WebhookProps) {
    super(scope, id);
    const receiver = new ServiceFunction(this, 'Receiver', { name: 'webhook-receiver', config, alarms });
    receiver.bindQueue(queue);
    receiver.bindWebhookKeys(config);
    this.receiver = receiver;

    const route = api.addRoute('GoogleWebhook', webhookRoute, new HttpLambdaIntegration('Receiver', receiver.lambda));
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'Google cannot present a JWT: the receiver verifies the HMAC token of the channel.',
    });

    alarms.watch(this, 'AnswersAlarm', {
      description: 'Google is answered 5xx: it retries for a while, then the notification is lost to the sweep.',
      runbook: 'webhook-errors',
      metric: api.serverErrors(webhookRoute).with({ period: Duration.minutes(1) }),
      limit: { atLeast: 1 },
    });
    alarms.watch(this, 'ErrorRateAlarm', {
      description: 'High webhook error rate: more than a tenth of the calls is answered 5xx.',
      runbook: 'high-webhook-error-rate',
      metric: failureRate(api.serverErrors(webhookRoute), api.requests(webhookRoute)),
      limit: { moreThan: 10 },
      periods: { bad: 2, of: 3 },
    });
  }
}
