/** What barbers, the frontend and operators call: one gateway route for each entry of the function's route table. */
import { Duration, Validations } from 'aws-cdk-lib';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { type RouteName, routeTable } from '../functions/management-api/route-table.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { StageConfig } from './config.ts';
import type { Data } from './data.ts';
import type { HttpApi } from './http-api.ts';
import { requestFailureRate } from './metrics.ts';
import { ServiceFunction } from './service-function.ts';
import type { SyncQueue } from './sync-queue.ts';

interface ManagementApiProps {
  config: StageConfig;
  alarms: AlarmTopic;
  data: Data;
  queue: SyncQueue;
  api: HttpApi;
}

type PublicRouteName = {
  [Name in RouteName]: (typeof routeTable)[Name]['access'] extends 'public' ? Name : never;
}[RouteName];

const publicBecause: Record<PublicRouteName, string> = {
  callback: "Google sends the barber's browser here without a JWT: the one-time state names and proves the user.",
  openapi: 'The description of the API holds no data.',
};

const requestsPerSecond = 50;

export class ManagementApi extends Construct {
  readonly server: ServiceFunction;

  constructor(scope: Construct, id: string, { config, alarms, data, queue, api }: ManagementApiProps) {
    super(scope, id);
    const server = new ServiceFunction(this, 'Server', {
      name: 'management-api',
      config,
      alarms,
      timeout: Duration.seconds(29), // The gateway answers for it after 30.
      memorySize: 512,
    });
    server.bindQueue(queue);
    server.measureQueue(queue);
    server.bindDeadLetters(queue);
    server.bindTable(data, {
      actions: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
      indexes: ['agenda', 'due', 'pending'],
    });
    server.bindVault(data);
    server.bindGoogle(config);
    server.bind({
      GOOGLE_REDIRECT_URI: config.googleRedirectUri,
      CALLBACK_PAGES: JSON.stringify(config.callbackPages),
    });
    this.server = server;
    this.addRoutes(api, server);

    // What the function answers itself is no error of Lambda's; what it does not is (ErrorsAlarm, ThrottlesAlarm).
    alarms.watch(this, 'ErrorRateAlarm', {
      description: 'More than a tenth of the requests to the management API is answered 5xx.',
      runbook: 'management-api-errors',
      metric: requestFailureRate(),
      limit: { moreThan: 10 },
      periods: { bad: 2, of: 3 },
    });
  }

  private addRoutes(api: HttpApi, server: ServiceFunction): void {
    // One permission for the whole gateway: one for each route would outgrow the function's policy.
    const integration = new HttpLambdaIntegration('Server', server.lambda, { scopePermissionToRoute: false });
    for (const [name, entry] of Object.entries(routeTable)) {
      const route = api.addRoute(name, { ...entry, requestsPerSecond }, integration);
      if (isPublic(name)) Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: publicBecause[name] });
    }
  }
}

function isPublic(name: string): name is PublicRouteName {
  return Object.hasOwn(publicBecause, name);
}
