/** How urgent a review item is, and how long it has waited. */

import { isSame } from '../decision/compare.ts';
import { momentsOf } from '../decision/moments.ts';
import type { Conflict, ConflictKind } from '../domain/conflict.ts';
import { day, epochMsOf, type Instant, second } from '../domain/instant.ts';

export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** `soon`: within a day, or under way. `over`: nothing is left to save on either side. */
type Nearness = 'soon' | 'this_week' | 'later' | 'over';

const severities: Record<ConflictKind, Record<Nearness, Severity>> = {
  mass_change: { soon: 'critical', this_week: 'critical', later: 'critical', over: 'critical' },
  overlap: { soon: 'critical', this_week: 'high', later: 'medium', over: 'low' },
  deleted_in_google: { soon: 'high', this_week: 'high', later: 'medium', over: 'low' },
  deleted_in_bookedbarber: { soon: 'high', this_week: 'medium', later: 'medium', over: 'low' },
  fields: { soon: 'high', this_week: 'medium', later: 'medium', over: 'low' },
};

export const severityOf = (conflict: Conflict, now: Instant): Severity =>
  isTextOnly(conflict) ? 'low' : severities[conflict.kind][nearnessOf(conflict, now)];

/** In whole seconds. */
export const ageOf = ({ openedAt }: Conflict, now: Instant): number =>
  Math.max(0, Math.floor((epochMsOf(now) - epochMsOf(openedAt)) / second));

export const isTextOnly = ({ kind, ours, theirs }: Conflict): boolean =>
  kind === 'fields' && ours !== 'gone' && theirs !== 'gone' && isSame('times', ours, theirs);

const nearnessOf = (conflict: Conflict, now: Instant): Nearness => {
  const leadMs = leadTimeMs(conflict, now);
  if (leadMs === undefined) return 'over';
  if (leadMs <= day) return 'soon';
  return leadMs <= 7 * day ? 'this_week' : 'later';
};

/** Until the earlier of its possible starts; 0 when it is under way, undefined when it is over. */
export const leadTimeMs = ({ ours, theirs }: Conflict, now: Instant): number | undefined => {
  const ahead = [ours, theirs]
    .flatMap((side) => (side === 'gone' ? [] : [momentsOf(side)]))
    .filter(({ endsAt }) => endsAt > now)
    .map(({ startsAt }) => Math.max(0, epochMsOf(startsAt) - epochMsOf(now)));
  return ahead.length === 0 ? undefined : Math.min(...ahead);
};
