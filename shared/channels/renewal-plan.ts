/** What a calendar's channel slot needs now, and when it needs something again. */
import type { Calendar } from '../domain/calendar.ts';
import type { ChannelSlot } from '../domain/channel.ts';
import { epochMsOf, hour, type Instant, minute, plusMs } from '../domain/instant.ts';
import { leadTimeMs } from './lead-time.ts';
import { watchedUntil } from './standing.ts';

export type ChannelPlan = 'keep' | 'create' | 'settle' | 'remove' | 'nothing';

export const planChannel = (calendar: Calendar, now: Instant): ChannelPlan => {
  const wanted = calendar.enabled && calendar.realTimeSync && calendar.watchable;
  const { channel } = calendar;
  if (channel === undefined) return wanted ? 'create' : 'nothing';
  const mayStop = channel.settleAt === undefined || channel.settleAt <= now;
  if (!wanted) return mayStop || channel.unsettled ? 'remove' : 'keep'; // What is put off for others says nothing of this one.
  if (channel.renewAt <= now) return 'create'; // One that is still being created has lost its maker, or failed a while ago.
  return channel.unsettled && mayStop ? 'settle' : 'keep';
};

/** Longer than it takes to create one: two calls to Google, and a token refresh between them. */
const firstRetryMs = 1 * minute;
const lastRetryMs = 1 * hour;

/**
 * When to try again if this try, the last of so many in a row, comes to nothing; `coveredUntil` is when the channel before
 * ends. Meanwhile nobody else tries: whoever creates a channel has this long for it.
 */
export const retryTime = (failures: number, coveredUntil: Instant | undefined, now: Instant): Instant => {
  const backoffMs = Math.min(firstRetryMs * 2 ** (failures - 1), lastRetryMs);
  if (coveredUntil === undefined || coveredUntil <= now) return plusMs(now, backoffMs);
  const halfOfTheRestMs = Math.floor((epochMsOf(coveredUntil) - epochMsOf(now)) / 2);
  return plusMs(now, Math.max(Math.min(backoffMs, halfOfTheRestMs), firstRetryMs));
};

/** Even if Google grants a very short life, a channel is not replaced all the time. */
const shortestLifeMs = 2 * minute;

type Chance = { failures: number; random: number };

export const renewalTime = (createdAt: Instant, expiresAt: Instant, chance: Chance): Instant => {
  const lifetimeMs = Math.max(epochMsOf(expiresAt) - epochMsOf(createdAt), shortestLifeMs);
  return plusMs(createdAt, lifetimeMs - leadTimeMs({ lifetimeMs, ...chance }));
};

/** The slot while a new channel is being created, as far as it does not depend on the channel. */
export const creatingSlot = (
  { id, createdAt, expiresAt }: Pick<ChannelSlot, 'id' | 'expiresAt'> & { createdAt: Instant },
  before: ChannelSlot | undefined,
): ChannelSlot => {
  const failures = (before?.state === 'creating' ? (before.failures ?? 0) : 0) + 1;
  const until = before && watchedUntil(before);
  const isCovered = until !== undefined && createdAt < until;
  return {
    id,
    createdAt,
    expiresAt,
    state: 'creating',
    failures,
    renewAt: retryTime(failures, until, createdAt),
    ...(before?.failuresSeen !== undefined && { failuresSeen: before.failuresSeen }),
    ...(isCovered && { watchedUntil: until }),
    ...(isCovered && before?.watchedSince !== undefined && { watchedSince: before.watchedSince }),
  };
};

type Granted = { resourceId: string; expiresAt: Instant };

/** The slot once Google has answered. */
export const activeSlot = (
  creating: ChannelSlot,
  granted: Granted,
  at: { now: Instant; random: number },
): ChannelSlot => {
  const { id, createdAt, failures = 1, failuresSeen = 0, watchedSince = at.now } = creating;
  const seen = Math.max(failures - 1, Math.floor(failuresSeen / 2));
  return {
    id,
    ...(createdAt !== undefined && { createdAt }),
    ...granted,
    state: 'active',
    renewAt: renewalTime(at.now, granted.expiresAt, { failures: seen, random: at.random }),
    watchedSince,
    ...(seen > 0 && { failuresSeen: seen }),
    unsettled: true,
  };
};
