/** What a calendar's channel slot needs now. */
import type { Calendar } from '../domain/calendar.ts';
import { epochMsOf, hour, type Instant, minute, plusMs } from '../domain/instant.ts';

export type ChannelPlan = 'keep' | 'create' | 'settle' | 'remove' | 'nothing';

export const planChannel = (calendar: Calendar, now: Instant): ChannelPlan => {
  const wanted = calendar.enabled && calendar.realTimeSync && calendar.watchable;
  const { channel } = calendar;
  if (channel === undefined) return wanted ? 'create' : 'nothing';
  if (!wanted) return 'remove';
  if (channel.renewAt <= now) return 'create'; // One that is still being created has lost its maker, or failed a while ago.
  return channel.unsettled ? 'settle' : 'keep';
};

const firstRetryMs = 1 * minute;
const lastRetryMs = 6 * hour;

/** When to try again after the channel could not be created so many times in a row. */
export const retryTime = (failures: number, now: Instant): Instant =>
  plusMs(now, Math.min(firstRetryMs * 2 ** (failures - 1), lastRetryMs));

/** Two rounds of the sweep at least. */
const shortestLeadMs = 10 * minute;
/** Should Google grant less, a channel is still not replaced at every breath. */
const shortestLifeMs = 2 * minute;
const longestLeadMs = 6 * hour;

/** When to replace a channel: a quarter of its life before its end, within bounds; never in the first half of its life. */
export const renewalTime = (createdAt: Instant, expiresAt: Instant): Instant => {
  const lifeMs = Math.max(epochMsOf(expiresAt) - epochMsOf(createdAt), shortestLifeMs);
  const leadMs = Math.min(Math.max(lifeMs / 4, shortestLeadMs), longestLeadMs, lifeMs / 2);
  return plusMs(createdAt, Math.ceil(lifeMs - leadMs));
};
