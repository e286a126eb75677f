/** Says what became of a hint that is done with: a log line for people, counts for the alarms. */

import type { PushSummary } from '../../shared/push/push.ts';
import type { Hint } from '../../shared/queue/hint.ts';
import type { Count, Log } from '../../shared/runtime/observability.ts';
import type { SyncOutcome } from '../../shared/sync/sync-calendar.ts';

type Done = Exclude<SyncOutcome, { kind: 'deferred' | 'failed' }>;
type Synced = Extract<Done, { kind: 'synced' }>;
type Fields = Pick<Hint, 'calendarKey' | 'chainId' | 'reason'>;

export const createReport =
  (log: Log, count: Count) =>
  ({ calendarKey, chainId, reason }: Hint, outcome: Done): void => {
    const fields = { calendarKey, chainId, reason };
    switch (outcome.kind) {
      case 'acknowledged':
        count('HintAcknowledged');
        log.info('Acknowledged a hint', { ...fields, outcome: outcome.because });
        return;
      case 'refused':
        count('SyncFailed');
        log.error('Google refuses this calendar', outcome.error, { ...fields, outcome: outcome.because });
        return;
      case 'synced':
        reportSynced(log, count, fields, outcome);
        return;
      case 'closed':
        log.info('Stopped the channel of a calendar that is switched off', fields);
        return;
      case 'pushed':
        reportPush(log, count, fields, outcome.push);
    }
  };

const reportSynced = (log: Log, count: Count, fields: Fields, { channel, pull }: Synced): void => {
  if (channel.kind === 'created') log.info('Created webhook subscription', fields);
  if (channel.kind === 'failed') {
    count('ChannelFailed');
    log.error('The channel could not be put right; it is tried again later', channel.error, fields);
  }
  count('SyncSucceeded');
  const { pages, generation, tally, coveredBefore } = pull;
  log.info('Synced a calendar', {
    ...fields,
    pages,
    generation,
    complete: coveredBefore !== undefined,
    changes: tally,
  });
};

const reportPush = (log: Log, count: Count, fields: Fields, { pushed, parked, settled, left }: PushSummary): void => {
  count('AppointmentPushed', pushed);
  if (parked > 0) count('PushRefused', parked);
  log.info('Told Google what has changed', { ...fields, changes: { pushed, parked, settled, left: left.size } });
};
