/** A user's channels at Google, created and stopped in that user's name. */

import type { ChannelDeps } from '../channels/reconcile-channel.ts';
import type { GoogleCalendar } from '../google/calendar-api.ts';
import type { CallGoogle } from './google-access.ts';

export type ChannelsAsDeps = Omit<ChannelDeps, 'watch' | 'stop'> & {
  google: Pick<GoogleCalendar, 'watch' | 'stop'>;
  webhookAddress: string;
};

export const channelsAs = (asUser: CallGoogle, deps: ChannelsAsDeps): ChannelDeps => ({
  ...deps,
  watch: (request) => asUser((caller) => deps.google.watch(caller, { ...request, address: deps.webhookAddress })),
  stop: (channel) => asUser((caller) => deps.google.stop(caller, channel)),
});
