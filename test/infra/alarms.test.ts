/** What wakes somebody up. That each alarm does go off, and when: test/e2e/alarms.test.ts. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { functionNames } from '../../infra/build.ts';
import { stageConfig } from '../../infra/config.ts';
import { emitters } from '../../infra/metrics.ts';
import { readAlarm } from '../support/alarm-evaluator.ts';
import { functionPath } from './functions.ts';
import { idAt, propertiesAt, propertiesOf, refAt, synthesised, template } from './synthesised.ts';

test('[F32] one dead letter is enough', () => {
  expect(propertiesAt('SyncQueue/DeadLettersAlarm')).toMatchObject({
    ...queueMetric('SyncQueue/DeadLetters', 'ApproximateNumberOfMessagesVisible'),
    ...atLeast(1),
  });
});

test('[F32] a hint that is older than two of the longest backoffs, 15 minutes each', () => {
  expect(propertiesAt('SyncQueue/OldestHintAlarm')).toMatchObject({
    ...queueMetric('SyncQueue/Hints', 'ApproximateAgeOfOldestMessage'),
    ...atLeast(45 * 60),
  });
});

test('one written appointment that the stream gave up', () => {
  expect(propertiesAt('ChangeStream/FailuresAlarm')).toMatchObject({
    ...queueMetric('ChangeStream/Failures', 'ApproximateNumberOfMessagesVisible'),
    ...atLeast(1),
  });
});

test('[F17] one notification answered 5xx, whether by the receiver or by the gateway', () => {
  expect(propertiesAt('Webhook/AnswersAlarm')).toMatchObject({
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

test('every alarm has a name of its own, whatever CDK puts behind it', () => {
  const ids = Object.keys(template.Resources).filter((id) => template.Resources[id]?.Type === 'AWS::CloudWatch::Alarm');
  const names = ids.map((id) => id.slice(0, -8));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test.each([
  ['Sync/ErrorRateAlarm', 'SyncFailed', 'sync-consumer'],
  ['ManagementApi/ErrorRateAlarm', 'RequestFailed', 'management-api'],
])(
  '[F60] %s: more than a tenth fails, of twenty at least, in two of three times five minutes',
  (place, name, service) => {
    const counted = (Stat: string) => ({
      Metric: {
        Namespace: 'BookedBarber/CalendarSync',
        MetricName: name,
        Dimensions: [{ Name: 'service', Value: service }],
      },
      Period: 300,
      Stat,
    });
    expect(propertiesAt(place)).toMatchObject({
      Metrics: [
        { Expression: 'IF(attempts >= 20, 100 * failed / attempts, 0)' },
        { Id: 'failed', MetricStat: counted('Sum'), ReturnData: false },
        { Id: 'attempts', MetricStat: counted('SampleCount'), ReturnData: false },
      ],
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 10,
      DatapointsToAlarm: 2,
      EvaluationPeriods: 3,
      TreatMissingData: 'notBreaching',
    });
  },
);

test('[R7] twenty minutes without a sweep: silence is what is looked for', () => {
  expect(propertiesAt('Renewal/SweepMissingAlarm')).toMatchObject({
    MetricName: 'SweepCompleted',
    Statistic: 'Sum',
    Period: 300,
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    DatapointsToAlarm: 4,
    EvaluationPeriods: 4,
    TreatMissingData: 'breaching',
  });
});

test.each(['ChannelExpiringSoon', 'ChannelStale'])(
  '%s of any calendar: each is looked at about once an hour',
  (name) => {
    const alarm = name === 'ChannelStale' ? 'StaleChannelsAlarm' : 'ExpiringSoonAlarm';
    expect(propertiesAt(`Renewal/${alarm}`)).toMatchObject({ MetricName: name, Statistic: 'Maximum', Period: 3600 });
  },
);

test('[R1] a difference that has outlived its mending, within a day', () => {
  expect(propertiesAt('Sync/DriftAlarm')).toMatchObject({
    ...{ MetricName: 'DriftPersisting', Statistic: 'Sum', Period: 86_400 },
    ...{ Threshold: 1, DatapointsToAlarm: 1, EvaluationPeriods: 1 },
  });
});

test.each(functionNames)('%s: crashes and throttles', (name) => {
  const own = {
    Dimensions: [{ Name: 'FunctionName', Value: refAt(functionPath(name)) }],
    Statistic: 'Sum',
    Period: 300,
  };
  const place = functionPath(name).replace('/Function', '');
  expect(propertiesAt(`${place}/ErrorsAlarm`)).toMatchObject({
    ...{ MetricName: 'Errors', Threshold: 1, DatapointsToAlarm: 2, EvaluationPeriods: 3 },
    ...own,
  });
  expect(propertiesAt(`${place}/ThrottlesAlarm`)).toMatchObject({ MetricName: 'Throttles', Threshold: 1, ...own });
});

const alarms = propertiesOf('AWS::CloudWatch::Alarm');

test('every alarm reaches the topic', () => {
  expect(alarms.length).toBeGreaterThan(20);
  for (const { AlarmActions } of alarms) expect(AlarmActions).toEqual([refAt('Alarms/AlarmTopic')]);
});

/** As GitHub makes them: lower case, words joined by hyphens. */
const anchorsIn = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );

test('every alarm says what it means, and where the runbook says what to do', () => {
  const anchors = anchorsIn(readText('docs/runbook.md'));
  const told = alarms.map(({ AlarmDescription }) => String(AlarmDescription));
  const named = told.map((text) => text.match(/^.+\. What to do: docs\/runbook\.md#([\w-]+)$/s)?.[1] ?? text);
  expect(named.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});

const readText = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

test('the log lines that the runbook explains are written somewhere', () => {
  const explained = [...readText('docs/runbook.md').matchAll(/^\| (`.+?`) \| \w+ \| /gm)].flatMap(([, messages = '']) =>
    messages.split(', ').map((message) => message.replaceAll('`', '')),
  );
  const sources = globSync('{functions,shared}/**/*.ts', { cwd: join(import.meta.dirname, '../..') })
    .map(readText)
    .join('');
  expect(explained.length).toBeGreaterThan(10);
  expect(explained.filter((message) => !sources.includes(`'${message}'`))).toEqual([]);
});

test('the runbook finds the log group of every function', () => {
  const groups = Object.keys(template.Resources).filter((id) => template.Resources[id]?.Type === 'AWS::Logs::LogGroup');
  const named =
    readText('docs/runbook.md')
      .match(/^Functions: (.+)/m)?.[1]
      ?.match(/`\w+`/g) ?? [];
  expect(named).toHaveLength(functionNames.length);
  for (const name of named) {
    expect(groups.filter((id) => id.startsWith(name.replaceAll('`', '')))).toHaveLength(1);
  }
});

test('alarms and dashboard name no metric of ours that nobody emits', () => {
  const bodies = propertiesOf('AWS::CloudWatch::Dashboard').map(({ DashboardBody }) => JSON.stringify(DashboardBody));
  const shown = bodies.flatMap((body) =>
    [...body.matchAll(/BookedBarber\/CalendarSync\W+(\w+)\W+service\W+([\w-]+)/g)].map(([, name, by]) => ({
      name,
      by,
    })),
  );
  const watched = alarms.flatMap((alarm) =>
    readAlarm(alarm, (reference) => JSON.stringify(reference)).sources.flatMap(({ metric }) =>
      metric.namespace === 'BookedBarber/CalendarSync' ? [{ name: metric.name, by: metric.dimensions.service }] : [],
    ),
  );
  const known = Object.entries(emitters).flatMap(([name, by]) => by.map((one) => ({ name, by: one })));
  const unknown = [...shown, ...watched].filter((one) => !known.some((each) => isDeepStrictEqual(each, one)));
  expect(unknown).toEqual([]);
  expect(shown.length).toBeGreaterThan(20);
});

test('no graph has two lines of one name', () => {
  const [{ DashboardBody } = {}] = propertiesOf('AWS::CloudWatch::Dashboard');
  const body = JSON.stringify(DashboardBody);
  const labels = body
    .split('title')
    .map((widget) => [...widget.matchAll(/label\W+(\w[^"\\]*)/g)].map(([, label]) => label));
  expect(labels.flatMap((of) => of.filter((label, index) => of.indexOf(label) !== index))).toEqual([]);
  expect(labels.flat()).toEqual(
    expect.arrayContaining(['ChannelStopFailed, sync-consumer', 'ChannelStopFailed, renewal-worker']),
  );
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
  const dev = synthesised({ ...stageConfig('dev', {}), alarmEmail: 'on-call@example.com' });
  const subscriptions = Object.values(dev.Resources).filter(({ Type }) => Type === 'AWS::SNS::Subscription');
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
    DatapointsToAlarm: 1,
    Period: 60,
    TreatMissingData: 'notBreaching',
  };
}
