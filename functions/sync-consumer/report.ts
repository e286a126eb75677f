/** Says what became of a hint that is done with: a log line for people, one line of metrics for the alarms. */
import { logChannel } from '../../shared/channels/log-channel.ts';
import type { Drift } from '../../shared/domain/calendar.ts';
import { epochMsOf, type Instant } from '../../shared/domain/instant.ts';
import { isQuotaWait } from '../../shared/google/google-error.ts';
import { broughtIn } from '../../shared/pull/changed-at.ts';
import type { PushSummary } from '../../shared/push/push.ts';
import type { Hint } from '../../shared/queue/hint.ts';
import type { Emit, Log } from '../../shared/runtime/observability.ts';
import type { SyncOutcome } from '../../shared/sync/sync-calendar.ts';

export type Done = Exclude<SyncOutcome, { kind: 'deferred' | 'failed' }>;
type Synced = Extract<Done, { kind: 'synced' }>;

/** When the hint was sent, its run began, and it was done with. */
export type Times = { sentAt: Instant; startedAt: Instant; doneAt: Instant };
type Finished = { hint: Hint; times: Times; fields: Pick<Hint, 'calendarKey' | 'chainId' | 'reason'> };

export const createReport =
  (log: Log, emit: Emit) =>
  (hint: Hint, outcome: Done, times: Times): void => {
    const { calendarKey, chainId, reason } = hint;
    const fields = { calendarKey, chainId, reason };
    switch (outcome.kind) {
      case 'acknowledged':
        emit({ HintAcknowledged: 1, ...(outcome.because === 'writes_paused' && quotaWait) });
        log.info('Acknowledged a hint', { ...fields, outcome: outcome.because });
        return;
      case 'refused':
        emit({ SyncFailed: 1, SyncRefused: 1, ...(isQuotaWait(outcome.error) && quotaWait) });
        log.error('Google refuses this calendar', outcome.error, { ...fields, outcome: outcome.because });
        return;
      case 'synced':
        emit({ ...succeeded, ...metricsOfPull({ hint, times, fields }, outcome) });
        logPull(log, fields, outcome);
        return;
      case 'compared':
        emit({
          ...succeeded,
          AppointmentsDiffering: outcome.drift.differing,
          DriftPersisting: Number(outcome.persists),
        });
        logDrift(log, fields, outcome.drift);
        return;
      case 'closed':
        emit({ ...succeeded, ...metricsOfChannel(outcome.channel) });
        logClosed(log, fields, outcome);
        return;
      case 'pushed':
        emit({ ...succeeded, ...metricsOfPush(times, outcome.push) });
        logPush(log, fields, outcome.push);
    }
  };

type Metrics = Parameters<Emit>[0];

const quotaWait: Metrics = { QuotaWait: 1 };
const succeeded: Metrics = { SyncSucceeded: 1, SyncFailed: 0 };

/** The clocks of Google and SQS are not ours: what seems to have happened before its cause took no time. */
const msFrom = (since: Instant, until: Instant): number => Math.max(0, epochMsOf(until) - epochMsOf(since));

const metricsOfPull = ({ hint, times }: Finished, { channel, pull }: Synced): Metrics => {
  const { sentAt, startedAt, doneAt } = times;
  const isNotified = hint.reason === 'notification' && pull.coveredBefore !== undefined;
  return {
    PullLatency: msFrom(startedAt, doneAt),
    ChangeApplied: broughtIn(pull.tally),
    ...(isNotified && { NotificationLatency: msFrom(sentAt, doneAt) }),
    // A generation also lists events that have long been known, or are ignored: their age is no latency.
    ...(isNotified && !pull.generation && { ChangeLatency: pull.changedAt.map((since) => msFrom(since, doneAt)) }),
    ...metricsOfChannel(channel),
  };
};

const metricsOfChannel = (channel: Synced['channel']): Metrics => ({
  ...(channel.kind === 'renewed' && { ChannelRenewed: 1 }),
  ...(channel.kind === 'failed' && { ChannelFailed: 1 }),
  ...('unstopped' in channel && { ChannelStopFailed: 1 }),
  ...(isQuotaWait(troubleOf(channel)) && quotaWait),
});

/** It could not be put right, or one before it could not be stopped. */
const troubleOf = (channel: Synced['channel']) => {
  if (channel.kind === 'failed') return channel.error;
  return 'unstopped' in channel ? channel.unstopped : undefined;
};

const metricsOfPush = ({ doneAt }: Times, { pushed, parked, toldSince }: PushSummary): Metrics => ({
  AppointmentPushed: pushed,
  PushLatency: toldSince.map((since) => msFrom(since, doneAt)),
  ...(parked > 0 && { PushRefused: parked }),
});

const logPull = (log: Log, fields: Finished['fields'], { channel, pull }: Synced): void => {
  logChannel(log, fields, channel);
  const { pages, generation, tally, coveredBefore } = pull;
  const complete = coveredBefore !== undefined;
  log.info('Synced a calendar', { ...fields, pages, generation, complete, changes: tally });
};

const logClosed = (log: Log, fields: Finished['fields'], { channel }: Extract<Done, { kind: 'closed' }>): void => {
  const error = troubleOf(channel);
  if (error === undefined) log.info('Closed a calendar that is switched off', { ...fields, outcome: channel.kind });
  else
    log.error('The channel of a calendar that is switched off could not be stopped; it is tried again', error, fields);
};

const logPush = (log: Log, fields: Finished['fields'], { pushed, parked, settled, left }: PushSummary): void =>
  log.info('Told Google what has changed', { ...fields, changes: { pushed, parked, settled, left: left.size } });

const logDrift = (log: Log, fields: Finished['fields'], { compared, differing, partial }: Drift): void =>
  log.info('Compared both sides', { ...fields, complete: partial === undefined, changes: { compared, differing } });
