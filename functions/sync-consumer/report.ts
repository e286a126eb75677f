/** Says what became of a hint that is done with: a log line for people, counts for the alarms. */

import type { PushSummary } from '../../shared/push/push.ts';
import type { Hint } from '../../shared/queue/hint.ts';
import type { Emit, Log } from '../../shared/runtime/observability.ts';
import type { SyncOutcome } from '../../shared/sync/sync-calendar.ts';

export type Done = Exclude<SyncOutcome, { kind: 'deferred' | 'failed' }>;
type Synced = Extract<Done, { kind: 'synced' }>;
type Fields = Pick<Hint, 'calendarKey' | 'chainId' | 'reason'>;

export const createReport =
  (log: Log, emit: Emit) =>
  ({ calendarKey, chainId, reason }: Hint, outcome: Done): void => {
    const fields = { calendarKey, chainId, reason };
    switch (outcome.kind) {
      case 'acknowledged':
        emit({ HintAcknowledged: 1 });
        log.info('Acknowledged a hint', { ...fields, outcome: outcome.because });
        return;
      case 'refused':
        emit({ SyncFailed: 1 });
        log.error('Google refuses this calendar', outcome.error, { ...fields, outcome: outcome.because });
        return;
      case 'synced':
        reportSynced(log, emit, fields, outcome);
        return;
      case 'closed':
        log.info('Stopped the channel of a calendar that is switched off', fields);
        return;
      case 'pushed':
        reportPush(log, emit, fields, outcome.push);
    }
  };

const reportSynced = (log: Log, emit: Emit, fields: Fields, { channel, pull }: Synced): void => {
  if (channel.kind === 'created') log.info('Created webhook subscription', fields);
  if (channel.kind === 'failed') {
    emit({ ChannelFailed: 1 });
    log.error('The channel could not be put right; it is tried again later', channel.error, fields);
  }
  emit({ SyncSucceeded: 1 });
  const { pages, generation, tally, coveredBefore } = pull;
  log.info('Synced a calendar', {
    ...fields,
    pages,
    generation,
    complete: coveredBefore !== undefined,
    changes: tally,
  });
};

const reportPush = (log: Log, emit: Emit, fields: Fields, { pushed, parked, settled, left }: PushSummary): void => {
  emit({ AppointmentPushed: pushed });
  if (parked > 0) emit({ PushRefused: parked });
  log.info('Told Google what has changed', { ...fields, changes: { pushed, parked, settled, left: left.size } });
};
