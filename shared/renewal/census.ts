/** What a round of the renewal worker has seen, counted. Every calendar is looked at about once an hour: an hour's sum is the fleet. */
import type { ChannelOutcome } from '../channels/reconcile-channel.ts';
import { type ChannelStanding, channelStandingOf, isExpiringSoon, isStale } from '../channels/standing.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { CalendarKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';

/**
 * - `looked`: the calendar as it is afterwards, and what became of its channel.
 * - `passed`: nothing can be done for it now; Google was not asked, or has said that the consent has ended.
 * - `failed`: something broke; the calendar is looked at again soon.
 */
export type Seen =
  | { kind: 'looked'; calendar: Calendar; channel: ChannelOutcome; hints: number }
  | { kind: 'passed'; because: PassedBecause }
  | { kind: 'failed'; error: unknown };
/** `old_connection`: the calendar is of an older connect generation. */
export type PassedBecause = 'absent' | 'needs_reauth' | 'disconnected' | 'old_connection' | 'overtaken';
export type Visit = { calendarKey: CalendarKey } & Seen;
type Looked = Extract<Visit, { kind: 'looked' }>;

export type Census = {
  ChannelActive: number;
  ChannelCreating: number;
  ChannelUnwatchable: number;
  ChannelMissing: number;
  ChannelExpiringSoon: number;
  ChannelStale: number;
  ChannelRenewed: number;
  ChannelStopFailed: number;
  RenewalFailed: number;
  SweepHintSent: number;
  SweepCompleted: number;
};

export const censusOf = (visits: Visit[], now: Instant): Census => {
  const looked = visits.filter((visit) => visit.kind === 'looked');
  const count = (isSuch: (visit: Looked) => boolean | undefined): number => looked.filter(isSuch).length;
  const stands = (standing: ChannelStanding) => count(({ calendar }) => channelStandingOf(calendar, now) === standing);
  const wanted = (isSuch: (calendar: Calendar) => boolean | undefined): number =>
    count(({ calendar }) => channelStandingOf(calendar, now) !== 'off' && isSuch(calendar)); // The others are about to be removed.
  return {
    ChannelActive: stands('active'),
    ChannelCreating: stands('creating'),
    ChannelUnwatchable: stands('unwatchable'),
    ChannelMissing: stands('missing') + stands('expired'),
    ChannelExpiringSoon: wanted(({ channel }) => channel && isExpiringSoon(channel, now)),
    ChannelStale: wanted((calendar) => isStale(calendar, now)),
    ChannelRenewed: count(({ channel }) => channel.kind === 'renewed'),
    ChannelStopFailed: count(({ channel }) => 'unstopped' in channel),
    RenewalFailed: visits.filter(isFailed).length,
    SweepHintSent: looked.reduce((sum, { hints }) => sum + hints, 0),
    SweepCompleted: 1,
  };
};

const isFailed = (visit: Visit): boolean =>
  visit.kind === 'failed' || (visit.kind === 'looked' && visit.channel.kind === 'failed');

const enoughToJudge = 20;
const tolerated = 0.1;

/** So many are in trouble that the cause is hardly their own; undefined when that is not so, or too few were looked at. */
export const errorRate = (visits: Visit[], now: Instant): { looked: number; inTrouble: number } | undefined => {
  const judged = visits.filter(({ kind }) => kind !== 'passed');
  const inTrouble = judged.filter((visit) => isFailed(visit) || isTroubled(visit, now)).length;
  const isHigh = judged.length >= enoughToJudge && inTrouble > judged.length * tolerated;
  return isHigh ? { looked: judged.length, inTrouble } : undefined;
};

const isTroubled = (visit: Visit, now: Instant): boolean =>
  visit.kind === 'looked' &&
  (visit.calendar.trouble !== undefined ||
    ['creating', 'expired', 'missing'].includes(channelStandingOf(visit.calendar, now)));
