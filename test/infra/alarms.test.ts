/** What wakes somebody up. */
import { expect, test } from 'vitest';
import { stageConfig } from '../../infra/config.ts';
import { idAt, propertiesAt, propertiesOf, refAt, synthesised } from './synthesised.ts';

test('[F32] one dead letter is enough', () => {
  expect(propertiesAt('SyncQueue/DeadLettersAlarm')).toMatchObject({
    ...queueMetric('SyncQueue/DeadLetters', 'ApproximateNumberOfMessagesVisible'),
    ...atLeast(1),
  });
});

test('[F32] a hint that waits longer than the longest backoff, 15 minutes', () => {
  expect(propertiesAt('SyncQueue/OldestHintAlarm')).toMatchObject({
    ...queueMetric('SyncQueue/Hints', 'ApproximateAgeOfOldestMessage'),
    ...atLeast(20 * 60),
  });
});

test('one written appointment that the stream gave up', () => {
  expect(propertiesAt('ChangeStream/FailuresAlarm')).toMatchObject({
    ...queueMetric('ChangeStream/Failures', 'ApproximateNumberOfMessagesVisible'),
    ...atLeast(1),
  });
});

test('[F17] one notification answered 5xx, whether by the receiver or by the gateway', () => {
  expect(propertiesAt('Webhook/ReceiverErrorsAlarm')).toMatchObject({
    Namespace: 'AWS/ApiGateway',
    MetricName: '5xx',
    Statistic: 'Sum',
    Dimensions: [
      { Name: 'ApiId', Value: refAt('Api/Api') },
      { Name: 'Method', Value: 'POST' },
      { Name: 'Resource', Value: '/api/v2/webhooks/google-calendar' },
      { Name: 'Stage', Value: '$default' },
    ],
    ...atLeast(1),
  });
});

test('every alarm reaches the topic', () => {
  const actions = propertiesOf('AWS::CloudWatch::Alarm').map(({ AlarmActions }) => AlarmActions);
  expect(actions).toEqual(Array(4).fill([refAt('Alarms/AlarmTopic')]));
});

test('CloudWatch may publish to the topic, on behalf of this account only', () => {
  // A policy of one's own replaces the one that lets the account's alarms publish.
  const topic = refAt('Alarms/AlarmTopic');
  const allowed = expect.objectContaining({
    Effect: 'Allow',
    Action: 'sns:Publish',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Resource: topic,
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  });
  expect(propertiesOf('AWS::SNS::TopicPolicy')).toEqual([
    { Topics: [topic], PolicyDocument: { Version: '2012-10-17', Statement: expect.arrayContaining([allowed]) } },
  ]);
});

test('the topic sends mail to the configured address', () => {
  const template = synthesised({ ...stageConfig('dev', {}), alarmEmail: 'on-call@example.com' });
  const subscriptions = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::SNS::Subscription');
  expect(subscriptions).toMatchObject([{ Properties: { Protocol: 'email', Endpoint: 'on-call@example.com' } }]);
});

function queueMetric(place: string, name: string): object {
  const Dimensions = [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [idAt(place), 'QueueName'] } }];
  return { Namespace: 'AWS/SQS', MetricName: name, Statistic: 'Maximum', Dimensions };
}

function atLeast(threshold: number): object {
  return {
    Threshold: threshold,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 1,
    Period: 60,
    TreatMissingData: 'notBreaching',
  };
}
