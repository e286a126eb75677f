/** How a calendar's channel stands: one set of rules for a calendar's health, the census of a round and the fleet's overview. */
import type { Calendar } from '../domain/calendar.ts';
import type { ChannelSlot } from '../domain/channel.ts';
import { epochMsOf, hour, type Instant, plusMs } from '../domain/instant.ts';
import { roundMs } from '../schedule/round-interval.ts';

/** Every new channel sends a `sync` message: silence for two days, or a day longer than a channel lives, says that none arrives. */
const silenceMs = 48 * hour;
const lastMinutesMs = 2 * roundMs;
/** While a channel is being created, the one before it should not come this near to its end. */
const narrowMs = 1 * hour;

/** `off`: no channel is wanted. `missing` and `expired`: one is wanted, and there is none, or it has ended. */
export type ChannelStanding = 'active' | 'creating' | 'expired' | 'missing' | 'unwatchable' | 'off';

export const channelStandingOf = (
  { enabled, realTimeSync, watchable, channel }: Calendar,
  now: Instant,
): ChannelStanding => {
  if (!enabled || !realTimeSync) return 'off';
  if (!watchable) return 'unwatchable';
  if (channel === undefined) return 'missing';
  return channel.state === 'active' && channel.expiresAt <= now ? 'expired' : channel.state;
};

/** Until when some channel of the calendar fires, as far as we know; undefined: there has been none. */
export const watchedUntil = (slot: ChannelSlot): Instant | undefined =>
  slot.state === 'active' ? slot.expiresAt : slot.watchedUntil;

export const isWatched = ({ channel }: Pick<Calendar, 'channel'>, now: Instant): boolean => {
  const until = channel && watchedUntil(channel);
  return until !== undefined && now < until;
};

/** It has not been renewed in half of the time that there was for it, or its end is a matter of minutes. */
export const isExpiringSoon = (slot: ChannelSlot, now: Instant): boolean => {
  const until = watchedUntil(slot);
  if (until === undefined || until <= now) return false;
  if (slot.state === 'creating') return until < plusMs(now, narrowMs);
  return epochMsOf(now) * 2 > epochMsOf(slot.renewAt) + epochMsOf(until) || isOverdue(slot, until, now);
};

const isOverdue = ({ renewAt }: ChannelSlot, until: Instant, now: Instant): boolean =>
  renewAt < now && until < plusMs(now, lastMinutesMs);

/** An active channel that has been silent for longer than can be explained. */
export const isStale = ({ channel, lastNotificationAt }: Calendar, now: Instant): boolean => {
  if (channel?.state !== 'active' || channel.expiresAt <= now) return false;
  const heard = [channel.watchedSince, lastNotificationAt].filter((at) => at !== undefined).toSorted();
  const latest = heard.at(-1);
  return latest !== undefined && plusMs(latest, Math.max(silenceMs, lifetimeMs(channel) + 24 * hour)) < now;
};

/** 0 for a channel that was made before we noted when. */
const lifetimeMs = ({ createdAt, expiresAt }: ChannelSlot): number =>
  createdAt === undefined ? 0 : epochMsOf(expiresAt) - epochMsOf(createdAt);

/** Google does not trust our webhook address: only the operator can mend that, whatever the status [F27]. */
export const isAddressRefused = ({ reason }: ChannelSlot): boolean =>
  reason !== undefined && addressRefusals.has(reason);

const addressRefusals = new Set([
  'push.webhookUrlUnauthorized',
  'push.webhookUrlNotHttps',
  'push.webhookUrlNoHostOrAddress',
]);
