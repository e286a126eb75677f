/** The logger and metrics of a function. What is logged is an allow-list: ids, counts and reasons, never text or tokens. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** The fields that a log line may carry beside its message. */
export type LogFields = {
  calendarKey?: string;
  chainId?: string;
  reason?: string;
  outcome?: string;
  route?: string;
  status?: number;
  requestId?: string;
  receiveCount?: number;
  retryInSeconds?: number;
  pages?: number;
  complete?: boolean;
  generation?: boolean;
  count?: number;
  /** How many appointments ended in which decision. */
  changes?: Record<string, number>;
};

export type Log = {
  info(message: string, fields?: LogFields): void;
  /** Of the error only its name, message and stack are written; `cause` may hold a whole request. */
  error(message: string, error: unknown, fields?: LogFields): void;
};

export const createLog = (): Log => {
  const logger = new Logger();
  return {
    info: (message, fields = {}) => logger.info(message, fields),
    error: (message, error, fields = {}) => logger.error(message, { ...fields, error: describe(error) }),
  };
};

const describe = (error: unknown) =>
  error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : { name: typeof error };

/** Every metric and its unit. Gauges are counts of what a round of the renewal worker, or a comparison, has looked at. */
export const metricUnits = {
  NotificationReceived: 'Count',
  NotificationRejected: 'Count',
  HintSent: 'Count',
  HintAcknowledged: 'Count',
  SyncSucceeded: 'Count',
  /** 1 for an attempt that failed and 0 for one that did not: its samples are the attempts, its average the rate. */
  SyncFailed: 'Count',
  SyncRefused: 'Count',
  /** Google wants to be asked less: for a moment, for hours, or until the quota is renewed. */
  QuotaWait: 'Count',
  PullLatency: 'Milliseconds',
  /** From a notification on the queue to its calendar in sync. */
  NotificationLatency: 'Milliseconds',
  /** From a change in Google to the end of the run that has applied it. */
  ChangeLatency: 'Milliseconds',
  ChangeApplied: 'Count',
  ConflictOpened: 'Count',
  SyncEventWritten: 'Count',
  AppointmentPushed: 'Count',
  PushRefused: 'Count',
  /** From when an appointment had to be pushed to Google's answer. */
  PushLatency: 'Milliseconds',
  /** Gauge, for each calendar when it is compared: how many of its appointments differ from their events. */
  AppointmentsDiffering: 'Count',
  ChannelFailed: 'Count',
  ChannelRenewed: 'Count',
  RenewalFailed: 'Count',
  /** Gauges of the renewal worker's round. */
  ChannelActive: 'Count',
  ChannelCreating: 'Count',
  ChannelUnwatchable: 'Count',
  ChannelMissing: 'Count',
  ChannelExpiringSoon: 'Count',
  ChannelStale: 'Count',
  SweepCompleted: 'Count',
} as const satisfies Record<string, 'Count' | 'Milliseconds'>;

export type MetricName = keyof typeof metricUnits;

/** What is emitted together shares one line; many values of one metric at once are at most a hundred. */
export type Emit = (values: Partial<Record<MetricName, number | number[]>>) => void;

/** Values go out as CloudWatch's embedded metric format: no API call, no state between invocations. */
export const createEmitter = (): Emit => {
  const metrics = new Metrics();
  return (values) => {
    for (const name of Object.keys(values) as MetricName[]) {
      for (const value of [values[name] ?? []].flat()) metrics.addMetric(name, MetricUnit[metricUnits[name]], value);
    }
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
};
