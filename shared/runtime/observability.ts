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
  SyncFailed: 'Count',
  ChannelFailed: 'Count',
  SyncEventWritten: 'Count',
  AppointmentPushed: 'Count',
  PushRefused: 'Count',
  AppointmentsDiffering: 'Count',
} as const satisfies Record<string, 'Count' | 'Milliseconds'>;

export type MetricName = keyof typeof metricUnits;

/** What is emitted together shares one line. */
export type Emit = (values: Partial<Record<MetricName, number>>) => void;

/** Values go out as CloudWatch's embedded metric format: no API call, no state between invocations. */
export const createEmitter = (): Emit => {
  const metrics = new Metrics();
  return (values) => {
    for (const name of Object.keys(values) as MetricName[]) {
      metrics.addMetric(name, MetricUnit[metricUnits[name]], values[name] ?? 0);
    }
    metrics.publishStoredMetrics();
  };
};
