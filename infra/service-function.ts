/** What all functions share (runtime, logs, environment); each `bind` sets a variable and grants exactly what it needs. */
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';
import { distDirectory, type FunctionName } from './build.ts';
import type { StageConfig } from './config.ts';
import type { Data, IndexName } from './data.ts';
import { metricsNamespace } from './metrics.ts';
import type { SyncQueue } from './sync-queue.ts';

type Options = Pick<lambda.FunctionOptions, 'timeout' | 'memorySize' | 'recursiveLoop'>;

interface ServiceFunctionProps extends Options {
  name: FunctionName;
  config: StageConfig;
  alarms: AlarmTopic;
}

/** No Scan: nothing in this system reads the whole table. A transaction needs the actions that it is made of. */
type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem';

interface TableAccess {
  actions: TableAction[];
  /** The indexes that it may query. */
  indexes?: IndexName[];
}

export class ServiceFunction extends Construct {
  readonly name: FunctionName;
  readonly lambda: lambda.Function;

  constructor(scope: Construct, id: string, { name, config, alarms, ...options }: ServiceFunctionProps) {
    super(scope, id);
    this.name = name;
    // An own role: CDK's default one takes an AWS managed policy that may write every log group.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(this, 'Logs', {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);

    this.lambda = new lambda.Function(this, 'Function', {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(join(distDirectory, name)),
      handler: 'index.handler',
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      systemLogLevelV2: lambda.SystemLogLevel.WARN,
      memorySize: 256,
      timeout: Duration.seconds(10),
      environment: {
        STAGE: config.stage,
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
        POWERTOOLS_LOG_LEVEL: 'INFO',
      },
      ...options,
    });
    this.watch(alarms);
  }

  bind(environment: Record<string, string>): void {
    for (const [name, value] of Object.entries(environment)) this.lambda.addEnvironment(name, value);
  }

  bindTable({ table }: Data, { actions, indexes = [] }: TableAccess): void {
    this.bind({ TABLE_NAME: table.tableName });
    this.allow(
      actions.map((action) => `dynamodb:${action}`),
      [table.tableArn],
    );
    for (const index of indexes) this.allow(['dynamodb:Query'], [`${table.tableArn}/index/${index}`]);
  }

  bindQueue({ main }: SyncQueue): void {
    this.bind({ SYNC_QUEUE_URL: main.queueUrl });
    this.allow(['sqs:SendMessage'], [main.queueArn]);
  }

  measureQueue({ main }: SyncQueue): void {
    this.allow(['sqs:GetQueueAttributes'], [main.queueArn]);
  }

  /** To look at what it holds and take it away; what is to be tried again goes to the main queue. */
  bindDeadLetters({ deadLetters }: SyncQueue): void {
    this.bind({ DEAD_LETTER_QUEUE_URL: deadLetters.queueUrl });
    const actions = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'];
    this.allow(
      actions.map((action) => `sqs:${action}`),
      [deadLetters.queueArn],
    );
  }

  bindVault({ vaultKey }: Data): void {
    this.bind({ VAULT_KEY_ID: vaultKey.keyId });
    vaultKey.grant(this.lambda, 'kms:Decrypt', 'kms:GenerateDataKey');
  }

  bindWebhookKeys({ secretNames }: StageConfig): void {
    this.bindSecret('WEBHOOK_KEYS_SECRET', secretNames.webhookKeys);
  }

  bindGoogle({ secretNames, googleApiRootUrl, googleOauthRootUrl }: StageConfig): void {
    this.bindSecret('GOOGLE_OAUTH_SECRET', secretNames.googleOauth);
    if (googleApiRootUrl) this.bind({ GOOGLE_API_ROOT_URL: googleApiRootUrl });
    if (googleOauthRootUrl) this.bind({ GOOGLE_OAUTH_ROOT_URL: googleOauthRootUrl });
  }

  /** A single crash, or one burst of them, heals by itself: what it was about is tried again, or found by the sweep. */
  private watch(alarms: AlarmTopic): void {
    const withinFiveMinutes = { statistic: 'Sum', period: Duration.minutes(5) };
    alarms.watch(this, 'ErrorsAlarm', {
      description: `${this.name} crashes or runs out of time, again and again.`,
      runbook: 'function-errors',
      metric: this.lambda.metricErrors(withinFiveMinutes),
      limit: { atLeast: 1 },
      periods: { bad: 2, of: 3 },
    });
    alarms.watch(this, 'ThrottlesAlarm', {
      description: `${this.name} was not run, because the account has no concurrency left for it.`,
      runbook: 'function-throttles',
      metric: this.lambda.metricThrottles(withinFiveMinutes),
      limit: { atLeast: 1 },
    });
  }

  private bindSecret(variable: string, name: string): void {
    const secret = Secret.fromSecretNameV2(this, variable, name);
    this.bind({ [variable]: name });
    // Secrets Manager ends every ARN in six random characters, which a name does not tell.
    this.allow(['secretsmanager:GetSecretValue'], [`${secret.secretArn}-??????`]);
  }

  private allow(actions: string[], resourceArns: string[]): void {
    Grant.addToPrincipal({ grantee: this.lambda, actions, resourceArns }).assertSuccess();
  }
}
