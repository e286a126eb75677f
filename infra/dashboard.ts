/** What a person on call reads, from the top: is it healthy, and if not, which part of the flow is it. */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { MetricName } from '../shared/runtime/observability.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { StageConfig } from './config.ts';
import type { HttpApi } from './http-api.ts';
import { emitted, emitters, requestFailureRate, syncFailureRate } from './metrics.ts';
import type { ServiceFunction } from './service-function.ts';
import type { SyncQueue } from './sync-queue.ts';

interface DashboardProps {
  config: StageConfig;
  alarms: AlarmTopic;
  queue: SyncQueue;
  failures: Queue;
  api: HttpApi;
  functions: ServiceFunction[];
}

/** The last to be put together: it shows every alarm that is there by then. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { config, alarms, queue, failures, api, functions }: DashboardProps) {
    super(scope, id);
    const dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: `BookedBarber-CalendarSync-${config.stage}`,
      defaultInterval: Duration.hours(6),
    });
    const rows = [
      [introduction(), new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: alarms.alarms, ...size(18) })],
      health(),
      flow(),
      queuesAndStream(queue, failures, functions),
      channels(),
      google(),
      requests(api),
      lambda(functions),
    ];
    dashboard.addWidgets(...rows.map((row) => new cloudwatch.Row(...row)));
  }
}

const size = (width: number) => ({ width, height: 6 });

const introduction = () =>
  new cloudwatch.TextWidget({
    markdown: [
      '## Calendar sync',
      'Read from the top: alarms, health, then the flow: notification or booking → hint → pull or push.',
      'Every alarm has its section in `docs/runbook.md`.',
    ].join('\n\n'),
    ...size(6),
  });

const graph = (title: string, left: cloudwatch.IMetric[], width = 6) =>
  new cloudwatch.GraphWidget({ title, left, leftYAxis: { min: 0 }, ...size(width) });

const sums = (...names: MetricName[]) => names.flatMap((name) => ofAll(name, Duration.minutes(5)));
/** A round of the sweep counts the calendars that it looks at, and looks at each about once an hour. */
const hourly = (...names: MetricName[]) => names.flatMap((name) => ofAll(name, Duration.hours(1)));
const ofAll = (name: MetricName, period: Duration) =>
  emitters[name].map((by, _, all) =>
    emitted(name, 'Sum', period, by).with({ label: all.length > 1 ? `${name}, ${by}` : name }),
  );
const percentiles = (name: MetricName) => ['p50', 'p95', 'p99'].map((p) => emitted(name, p).with({ label: p }));

const health = () => [
  graph('Change in Google → applied (ms)', percentiles('ChangeLatency')),
  graph('Appointment → Google (ms)', percentiles('PushLatency')),
  graph('Failed syncs (%)', [syncFailureRate()]),
  graph('Appointments that differed, and calendars that still do, by day', [
    ...ofAll('AppointmentsDiffering', Duration.days(1)),
    ...ofAll('DriftPersisting', Duration.days(1)),
  ]),
];

const flow = () => [
  graph('Notifications', sums('NotificationReceived', 'NotificationRejected')),
  graph('Hints: swept, nothing to do', sums('SweepHintSent', 'HintAcknowledged')),
  graph('Syncs', sums('SyncSucceeded', 'SyncFailed')),
  graph('Changes', sums('ChangeApplied', 'AppointmentPushed', 'ConflictOpened', 'SyncEventWritten')),
];

const queuesAndStream = ({ main, deadLetters }: SyncQueue, failures: Queue, functions: ServiceFunction[]) => [
  graph('Hints waiting, and being worked on', [
    main.metricApproximateNumberOfMessagesVisible({ label: 'waiting' }),
    main.metricApproximateNumberOfMessagesNotVisible({ label: 'hidden' }),
  ]),
  graph('Oldest hint (s)', [main.metricApproximateAgeOfOldestMessage({ label: 'age' })]),
  graph('Given up', [
    deadLetters.metricApproximateNumberOfMessagesVisible({ label: 'dead letters' }),
    failures.metricApproximateNumberOfMessagesVisible({ label: 'stream failures' }),
  ]),
  graph('Stream is read late by (ms)', eachOf(functions, 'IteratorAge', 'Maximum', ['change-stream'])),
];

const channels = () => [
  graph('Channels, by hour', hourly('ChannelActive', 'ChannelCreating', 'ChannelUnwatchable', 'ChannelMissing'), 8),
  graph('Channels that need attention, by hour', hourly('ChannelExpiringSoon', 'ChannelStale'), 8),
  graph(
    'Renewals and sweeps',
    sums('ChannelRenewed', 'RenewalFailed', 'ChannelFailed', 'ChannelStopFailed', 'SweepCompleted'),
    8,
  ),
];

const google = () => [
  graph('Asked to wait', sums('QuotaWait'), 8),
  graph('Refused', sums('SyncRefused', 'PushRefused'), 8),
  graph(
    'Duration of a pull, and from notification to synced (ms)',
    [...percentiles('PullLatency'), emitted('NotificationLatency', 'p95').with({ label: 'notified, p95' })],
    8,
  ),
];

const requests = (api: HttpApi) => [
  graph('Requests to the management API', [emitted('RequestFailed', 'SampleCount').with({ label: 'requests' })], 8),
  graph('Requests to it that were answered 5xx (%)', [requestFailureRate()], 8),
  graph('Answers 5xx of the gateway, the webhook too', [api.serverErrorsOfAll().with({ label: '5xx' })], 8),
];

const lambda = (functions: ServiceFunction[]) => [
  graph('Errors', eachOf(functions, 'Errors', 'Sum')),
  graph('Throttles', eachOf(functions, 'Throttles', 'Sum')),
  graph('Duration, p95 (ms)', eachOf(functions, 'Duration', 'p95')),
  graph('Running at once', eachOf(functions, 'ConcurrentExecutions', 'Maximum')),
];

const eachOf = (functions: ServiceFunction[], metric: string, statistic: string, only?: string[]) =>
  functions
    .filter(({ name }) => only === undefined || only.includes(name))
    .map(({ name, lambda }) => lambda.metric(metric, { statistic, label: name }));
