/** The logger and metrics of a function. What is logged is an allow-list: ids, counts and reasons, never text or tokens. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { describeError } from './describe-error.ts';

/** The fields that a log line may carry beside its message. */
export type LogFields = {
  calendarKey?: string;
  /** Whose it is: the `sub` of the tokens, and never a name. */
  userId?: string;
  chainId?: string;
  reason?: string;
  outcome?: string;
  route?: string;
  status?: number;
  requestId?: string;
  /** The administrator who asked for it: the `sub` of the token. */
  actor?: string;
  receiveCount?: number;
  retryInSeconds?: number;
  pages?: number;
  complete?: boolean;
  generation?: boolean;
  count?: number;
  /** Of the calendars that a round has looked at, how many are in trouble. */
  looked?: number;
  inTrouble?: number;
  /** How many appointments ended in which decision. */
  changes?: Record<string, number>;
};

/** The allow-list again, at runtime: a type does not see a field that came along with others. */
const isAllowed: Record<keyof LogFields, (value: unknown) => boolean> = {
  calendarKey: isText,
  userId: isText,
  chainId: isText,
  reason: isText,
  outcome: isText,
  route: isText,
  status: isNumber,
  requestId: isText,
  actor: isText,
  receiveCount: isNumber,
  retryInSeconds: isNumber,
  pages: isNumber,
  complete: (value) => typeof value === 'boolean',
  generation: (value) => typeof value === 'boolean',
  count: isNumber,
  looked: isNumber,
  inTrouble: isNumber,
  changes: (value) => typeof value === 'object' && value !== null && Object.values(value).every(isNumber),
};

const longestText = 256;

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= longestText;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

const allowedIn = (fields: LogFields): LogFields =>
  Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => name in isAllowed && isAllowed[name as keyof LogFields](value)),
  );

export type Log = {
  info(message: string, fields?: LogFields): void;
  /** Of the error only what describe-error.ts allows is written; `undefined` when there is none. */
  error(message: string, error: unknown, fields?: LogFields): void;
};

/** What Lambda, or the gateway, calls this invocation. */
type Invocation = { awsRequestId: string; requestId?: string };

/** The log of a function: an environment runs one invocation at a time, and each line says which. */
export type FunctionLog = Log & { begin(invocation: Invocation): void };

export const createLog = (): FunctionLog => {
  const logger = new Logger();
  let invocation = {};
  return {
    begin({ awsRequestId, requestId }) {
      invocation = { lambdaRequestId: awsRequestId, ...(requestId !== undefined && { requestId }) };
    },
    info: (message, fields = {}) => logger.info(message, { ...invocation, ...allowedIn(fields) }),
    error: (message, error, fields = {}) =>
      logger.error(message, {
        ...invocation,
        ...allowedIn(fields),
        ...(error !== undefined && { error: describeError(error) }),
      }),
  };
};

/** Every metric and its unit. Gauges are counts of what a round of the renewal worker, or a comparison, has looked at. */
export const metricUnits = {
  NotificationReceived: 'Count',
  NotificationRejected: 'Count',
  /** Those of the renewal worker alone. */
  SweepHintSent: 'Count',
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
  /** 1 for a request to the management API that was answered 5xx and 0 for another, as above. */
  RequestFailed: 'Count',
  ConflictOpened: 'Count',
  SyncEventWritten: 'Count',
  AppointmentPushed: 'Count',
  PushRefused: 'Count',
  /** From when an appointment had to be pushed to Google's answer. */
  PushLatency: 'Milliseconds',
  /** Gauge, for each calendar when it is compared: how many of its appointments differ from their events. */
  AppointmentsDiffering: 'Count',
  /** 1 for a calendar that differed when it was compared before, was to be mended, and differs still; else 0. */
  DriftPersisting: 'Count',
  /** A sync could not put the channel of its calendar right. What the renewal worker could not is `RenewalFailed`. */
  ChannelFailed: 'Count',
  /** A channel that another has replaced could not be stopped. */
  ChannelStopFailed: 'Count',
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

/** Stands beside the values on their line, where it can be searched for; no metric of its own. */
type Said = { reason: string };

/** What is emitted together shares one line; many values of one metric at once are at most a hundred. */
export type Emit = (values: Partial<Record<MetricName, number | number[]>>, said?: Said) => void;

/** Values go out as CloudWatch's embedded metric format: no API call, no state between invocations. */
export const createEmitter = (): Emit => {
  const metrics = new Metrics();
  return (values, said) => {
    for (const name of Object.keys(values) as MetricName[]) {
      for (const value of [values[name] ?? []].flat()) metrics.addMetric(name, MetricUnit[metricUnits[name]], value);
    }
    if (!metrics.hasStoredMetrics()) return;
    if (said !== undefined) metrics.addMetadata('reason', said.reason);
    metrics.publishStoredMetrics();
  };
};
