/** Says what became of a hint: a log line for people, counts for the alarms. */
import type { Hint } from '../../shared/queue/hint.ts';
import type { Count, Log } from '../../shared/runtime/observability.ts';
import type { SyncOutcome } from '../../shared/sync/sync-calendar.ts';

export const createReport =
  (log: Log, count: Count) =>
  ({ calendarKey, chainId, reason }: Hint, outcome: SyncOutcome): void => {
    const fields = { calendarKey, chainId, reason };
    if (outcome.kind === 'acknowledged') {
      count('HintAcknowledged');
      log.info('Acknowledged a hint', { ...fields, outcome: outcome.because });
      return;
    }
    const { channel, pull } = outcome;
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
