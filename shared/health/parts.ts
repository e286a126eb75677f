/** The parts of a calendar's health. Each says what it makes of the evidence, or that there is none. */
import { isAddressRefused, isExpiringSoon, isStale, isWatched, watchedUntil } from '../channels/standing.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { ChannelSlot } from '../domain/channel.ts';
import { epochMsOf, hour, type Instant, minute, second } from '../domain/instant.ts';
import { countSyncs } from '../domain/recent-syncs.ts';
import { areWritesPaused } from '../sync/admit.ts';
import type { Step } from './recommendations.ts';

/** What a sync could not settle by itself: events that cannot be read, open review items, and since when anything waits. */
export type LeftOver = { quarantined: number; openConflicts: number; waitingSince?: Instant };

/** A calendar as it stands. */
export type Seen = { calendar: Calendar; left: LeftOver };
export type Evidence = Seen & { now: Instant };

/** `value`: 0 to 100 in whole points. Whatever is known and not 100 names a step. */
export type Finding = { value: number | 'unknown'; reason: string; step?: Step };

export const partNames = ['coverage', 'errorRate', 'responseTime', 'successRate', 'freshness'] as const;
export type PartName = (typeof partNames)[number];

const coverage = ({ calendar, now }: Evidence): Finding => {
  const { channel, watchable, realTimeSync } = calendar;
  if (!watchable) return { value: 100, reason: 'Google sends no notifications for this calendar, so it is polled.' };
  if (!realTimeSync) {
    return { value: 50, reason: 'Real-time sync is off, so it is polled.', step: 'enable_real_time_sync' };
  }
  if (channel === undefined) return { value: 25, reason: noChannel, step: 'sync_now' };
  return isWatched(calendar, now) ? watchedCoverage(calendar, channel, now) : brokenCoverage(channel);
};

const noChannel = 'No channel is active, so it is polled.';

const brokenCoverage = (channel: ChannelSlot): Finding => {
  const { reason } = channel;
  if (reason === undefined) return { value: 25, reason: noChannel, step: 'sync_now' };
  const step = isAddressRefused(channel) ? 'check_webhook_address' : 'renew_channels';
  return { value: 25, reason: `${noChannel} Google refused a new one: ${reason}.`, step };
};

const watchedCoverage = (calendar: Calendar, channel: ChannelSlot, now: Instant): Finding => {
  const { reason } = channel;
  const until = watchedUntil(channel);
  if (reason !== undefined) {
    const step = isAddressRefused(channel) ? 'check_webhook_address' : 'renew_channels';
    return { value: 75, reason: `Its channel ends at ${until}, and Google refused a new one: ${reason}.`, step };
  }
  if (isExpiringSoon(channel, now)) {
    return { value: 75, reason: `The renewal of its channel is late: it ends at ${until}.`, step: 'sync_now' };
  }
  if (isStale(calendar, now)) {
    const reason = 'A channel is active, but nothing has come by it for more than two days.';
    return { value: 50, reason, step: 'renew_channels' };
  }
  return { value: 100, reason: `A channel is active until ${until}.` };
};

/** The present counts beside the long run, so that a row of failures shows from its first ones. */
const errorRate = ({ calendar: { trouble, recentSyncs } }: Evidence): Finding => {
  if (recentSyncs === undefined && trouble === undefined) return { value: 'unknown', reason: 'No sync has ended yet.' };
  const { attempts, failed } = countSyncs(recentSyncs ?? '');
  const ofMany = attempts === 0 ? 0 : Math.floor((100 * (attempts - failed)) / attempts);
  if (trouble !== undefined) {
    const { failures, reason, since } = trouble;
    const value = Math.min(ofMany, Math.floor(100 / 2 ** failures));
    return {
      value,
      reason: `${failures} in a row failed since ${since}: ${reason}.`,
      step: mendedByOwner.get(reason) ?? 'wait',
    };
  }
  if (failed > 0) return { value: ofMany, reason: `${failed} of the last ${attempts} syncs failed.`, step: 'wait' };
  return { value: 100, reason: `None of the last ${attempts} syncs failed.` };
};

/** Reasons that only its owner can mend; all others pass by themselves. */
const mendedByOwner = new Map<string, Step>([
  ['forbidden', 'restore_access'],
  ['requiredAccessLevel', 'restore_access'],
  ['insufficientPermissions', 'connect_again'],
]);

const responseTime = ({ calendar: { lastNotificationAt, lastAnsweredAt } }: Evidence): Finding => {
  if (lastNotificationAt === undefined || lastAnsweredAt === undefined) {
    return { value: 'unknown', reason: 'No notification has been answered yet.' };
  }
  const tookMs = Math.max(epochMsOf(lastAnsweredAt) - epochMsOf(lastNotificationAt), 0);
  const value = falling(tookMs, 5 * second, 5 * minute);
  const reason = `The last notification waited ${Math.round(tookMs / second)} s for the sync that answered it.`;
  return { value, reason, ...(value < 100 && { step: 'wait' }) };
};

/** There is no total to relate the count to, so ten things left halve the score. */
const successRate = ({ calendar, left: { quarantined, openConflicts }, now }: Evidence): Finding => {
  const isPaused = areWritesPaused(calendar, now);
  const left = quarantined + openConflicts;
  const value = Math.floor((isPaused ? 50 : 100) / (1 + left / 10));
  if (value === 100) return { value, reason: 'Nothing is set aside, in review or held up.' };
  const parts = [
    ...(openConflicts > 0 ? [`${openConflicts} in review`] : []),
    ...(quarantined > 0 ? [`${quarantined} set aside as unreadable`] : []),
    ...(isPaused ? [`Google takes no writes until ${calendar.writesPausedUntil}`] : []),
  ];
  const step = openConflicts > 0 ? 'review_conflicts' : quarantined > 0 ? 'mend_events' : 'wait';
  return { value, reason: `Not all came through: ${parts.join(', ')}.`, step };
};

/** The worse of two proofs counts: the last complete sync, and the last comparison. */
const freshness = (evidence: Evidence): Finding => {
  const [age, likeness] = [ageOf(evidence), likenessOf(evidence)];
  return likeness !== undefined && likeness.value < age.value ? likeness : age;
};

type Known = Finding & { value: number };

/** The sweep looks at every calendar about once an hour, so two hours are no news. */
const ageOf = ({ calendar: { coveredBefore, cursor, checkpoint }, now }: Evidence): Known => {
  if (coveredBefore === undefined || cursor === undefined) {
    return checkpoint === undefined
      ? { value: 0, reason: 'It has never been listed completely.', step: 'sync_now' }
      : { value: 0, reason: 'Its first listing is under way.', step: 'wait' };
  }
  const value = falling(epochMsOf(now) - epochMsOf(coveredBefore), 2 * hour, 26 * hour);
  const reason = `It holds all that was in Google at ${coveredBefore}.`;
  return { value, reason, ...(value < 100 && { step: 'sync_now' }) };
};

/** As with what is left over: ten that differ halve the score. */
const likenessOf = ({ calendar: { drift } }: Evidence): Known | undefined => {
  if (drift === undefined || drift.differing === 0) return undefined;
  const { at, compared, differing } = drift;
  const reason = `${differing} of ${compared} differed when both sides were compared at ${at}.`;
  return { value: Math.floor(100 / (1 + differing / 10)), reason, step: 'compare_again' };
};

/** 100 up to `good`, then evenly down to 0 at `bad`. */
const falling = (actual: number, good: number, bad: number): number =>
  Math.floor(100 * Math.min(Math.max((bad - actual) / (bad - good), 0), 1));

export const findings: Record<PartName, (evidence: Evidence) => Finding> = {
  coverage,
  errorRate,
  responseTime,
  successRate,
  freshness,
};
