/** The metrics that our functions emit (shared/runtime/observability.ts), as alarms and the dashboard name them. */
import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../shared/runtime/observability.ts';
import type { FunctionName } from './build.ts';

export const metricsNamespace = 'BookedBarber/CalendarSync';

/** CloudWatch keeps what each function emits apart: whoever asks for a metric must know whose it is. */
export const emitters: Record<MetricName, [FunctionName, ...FunctionName[]]> = {
  NotificationReceived: ['webhook-receiver'],
  NotificationRejected: ['webhook-receiver'],
  SweepHintSent: ['renewal-worker'],
  HintAcknowledged: ['sync-consumer'],
  SyncSucceeded: ['sync-consumer'],
  SyncFailed: ['sync-consumer'],
  SyncRefused: ['sync-consumer'],
  QuotaWait: ['sync-consumer'],
  PullLatency: ['sync-consumer'],
  NotificationLatency: ['sync-consumer'],
  ChangeLatency: ['sync-consumer'],
  ChangeApplied: ['sync-consumer'],
  RequestFailed: ['management-api'],
  ConflictOpened: ['change-stream'],
  SyncEventWritten: ['change-stream'],
  AppointmentPushed: ['sync-consumer'],
  PushRefused: ['sync-consumer'],
  PushLatency: ['sync-consumer'],
  AppointmentsDiffering: ['sync-consumer'],
  DriftPersisting: ['sync-consumer'],
  ChannelFailed: ['sync-consumer'],
  ChannelStopFailed: ['sync-consumer', 'renewal-worker'],
  ChannelRenewed: ['renewal-worker', 'sync-consumer'],
  RenewalFailed: ['renewal-worker'],
  ChannelActive: ['renewal-worker'],
  ChannelCreating: ['renewal-worker'],
  ChannelUnwatchable: ['renewal-worker'],
  ChannelMissing: ['renewal-worker'],
  ChannelExpiringSoon: ['renewal-worker'],
  ChannelStale: ['renewal-worker'],
  SweepCompleted: ['renewal-worker'],
};

/** By the first of its emitters, unless another is named. */
export const emitted = (name: MetricName, statistic = 'Sum', period = Duration.minutes(5), by = emitters[name][0]) =>
  new Metric({ namespace: metricsNamespace, metricName: name, dimensionsMap: { service: by }, statistic, period });

/**
 * In per cent, once there is enough to speak of: one failure of two is no rate. No FILL: both metrics must have data
 * whenever something was tried, or a total outage would be the time without a rate.
 */
export const failureRate = (failed: Metric, attempts: Metric): MathExpression =>
  new MathExpression({
    label: 'Failed (%)',
    expression: 'IF(attempts >= 20, 100 * failed / attempts, 0)',
    usingMetrics: { failed, attempts },
    period: Duration.minutes(5),
  });

/** Each attempt is a sample of the metric that says whether it failed. */
const ownFailureRate = (name: 'SyncFailed' | 'RequestFailed') =>
  failureRate(emitted(name), emitted(name, 'SampleCount'));

export const syncFailureRate = (): MathExpression => ownFailureRate('SyncFailed');
export const requestFailureRate = (): MathExpression => ownFailureRate('RequestFailed');
