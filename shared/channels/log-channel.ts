/** What became of a channel, for people: the consumer and the renewal worker say it in the same words. */
import type { Log, LogFields } from '../runtime/observability.ts';
import type { ChannelOutcome } from './reconcile-channel.ts';

export const logChannel = (log: Log, fields: LogFields, channel: ChannelOutcome): void => {
  if (channel.kind === 'created') log.info('Created webhook subscription', fields);
  if (channel.kind === 'renewed') log.info('Renewed webhook subscription', fields);
  if (channel.kind === 'failed') {
    log.error('The channel could not be put right; it is tried again later', channel.error, fields);
  }
  if ('unstopped' in channel) {
    log.error('A channel could not be stopped; it is tried again until it expires', channel.unstopped, fields);
  }
};
