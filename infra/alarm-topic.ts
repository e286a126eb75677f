/** Where every alarm goes; the alarms themselves stand beside the resource that they watch. */
import { Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { StageConfig } from './config.ts';

type Limit = { atLeast: number } | { moreThan: number } | { lessThan: number };

interface Watch {
  /** What it means, in one sentence. */
  description: string;
  /** The heading of docs/runbook.md that says what to do, as it stands in an address. */
  runbook: string;
  metric: Metric | MathExpression;
  limit: Limit;
  /** How many of the last periods must be bad; one of one by default. */
  periods?: { bad: number; of: number };
  /** As a rule nothing happened, and that is good news. */
  silenceIsBad?: boolean;
}

export class AlarmTopic extends Construct {
  readonly alarms: Alarm[] = [];
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { config }: { config: StageConfig }) {
    super(scope, id);
    this.topic = new Topic(this, 'AlarmTopic', { enforceSSL: true });
    this.allowAlarms();
    if (config.alarmEmail) this.topic.addSubscription(new EmailSubscription(config.alarmEmail));
  }

  watch(scope: Construct, id: string, { description, runbook, metric, limit, ...when }: Watch): void {
    const { periods = { bad: 1, of: 1 }, silenceIsBad = false } = when;
    const alarm = new Alarm(scope, id, {
      alarmDescription: `${description} What to do: docs/runbook.md#${runbook}`,
      metric,
      ...comparisonOf(limit),
      datapointsToAlarm: periods.bad,
      evaluationPeriods: periods.of,
      treatMissingData: silenceIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    this.alarms.push(alarm);
  }

  /** SNS's default policy would allow it, but `enforceSSL` puts one of our own in its place. */
  private allowAlarms(): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}

function comparisonOf(limit: Limit): { threshold: number; comparisonOperator: ComparisonOperator } {
  const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD, GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = ComparisonOperator;
  if ('atLeast' in limit) return { threshold: limit.atLeast, comparisonOperator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD };
  if ('moreThan' in limit) return { threshold: limit.moreThan, comparisonOperator: GREATER_THAN_THRESHOLD };
  return { threshold: limit.lessThan, comparisonOperator: LESS_THAN_THRESHOLD };
}
