/** How well a user's sync is doing: each calendar's parts are weighed, and the worst calendar decides [F60]. */
import type { Calendar } from '../domain/calendar.ts';
import type { GrantedConnection } from '../domain/connection.ts';
import type { Instant } from '../domain/instant.ts';
import { type Evidence, type Finding, findings, type PartName, partNames, type Seen } from './parts.ts';
import { type Recommendation, recommend, type Step } from './recommendations.ts';

export type Part = {
  name: PartName;
  value: number | 'unknown';
  weight: number;
  reason: string;
  recommendation?: Recommendation;
};

export type CalendarHealth = {
  calendar: Calendar;
  score: number;
  reason: string;
  /** Why the sync has stopped altogether, if it has; otherwise each part has its own reason. */
  recommendation?: Recommendation;
  /** None when the sync has stopped. */
  parts: Part[];
};

/** `worst` is absent when there is no calendar to judge. */
export type Health = {
  score: number;
  reason: string;
  worst?: Calendar;
  /** Each step once, those of the worst calendar first. */
  recommendations: Recommendation[];
  calendars: CalendarHealth[];
};

export const weights: Record<PartName, number> = {
  coverage: 25,
  errorRate: 25,
  responseTime: 10,
  successRate: 20,
  freshness: 20,
};

type ConnectionState = GrantedConnection['state'];

export const healthOf = (state: ConnectionState, seen: Seen[], now: Instant): Health => {
  const judged = seen
    .filter(({ calendar }) => isJudged(calendar))
    .map((each) => calendarHealth(state, { ...each, now }));
  const [worst, ...others] = judged.toSorted((a, b) => a.score - b.score);
  if (worst === undefined) return withoutCalendars(state);
  const { score, reason, calendar } = worst;
  return {
    score,
    reason,
    worst: calendar,
    recommendations: distinct([worst, ...others].flatMap(recommendationsOf)),
    calendars: judged,
  };
};

/** One that Google has taken away is still missed, until its owner switches it off. */
const isJudged = ({ enabled, disabledBecause }: Calendar): boolean => enabled || disabledBecause !== undefined;

const withoutCalendars = (state: ConnectionState): Health => {
  const { reason, step } = state === 'needs_reauth' ? consentEnded : nothingSynced;
  return { score: 0, reason, recommendations: [recommend(step)], calendars: [] };
};

type Stop = { reason: string; step: Step };
const consentEnded: Stop = { reason: 'The consent at Google has ended.', step: 'connect_again' };
const calendarGone: Stop = { reason: 'Google no longer knows this calendar.', step: 'choose_calendar' };
const nothingSynced: Stop = { reason: 'No calendar is switched on.', step: 'switch_on_calendar' };

const calendarHealth = (state: ConnectionState, evidence: Evidence): CalendarHealth => {
  const { calendar } = evidence;
  const stop = stopOf(state, calendar);
  if (stop !== undefined) {
    return { calendar, score: 0, reason: stop.reason, recommendation: recommend(stop.step), parts: [] };
  }
  const parts = partNames.map((name) => toPart(name, findings[name](evidence)));
  return { calendar, score: weighed(parts), reason: reasonOf(parts), parts };
};

const stopOf = (state: ConnectionState, { enabled }: Calendar): Stop | undefined => {
  if (state === 'needs_reauth') return consentEnded;
  return enabled ? undefined : calendarGone;
};

const toPart = (name: PartName, { value, reason, step }: Finding): Part => ({
  name,
  value,
  weight: weights[name],
  reason,
  ...(step && { recommendation: recommend(step) }),
});

type KnownPart = Part & { value: number };
const isKnown = (part: Part): part is KnownPart => part.value !== 'unknown';

/** What is not known is left out: it counts neither for nor against. Rounded down, so that only all of it is 100. */
const weighed = (parts: Part[]): number => {
  const known = parts.filter(isKnown);
  const sum = (of: (part: KnownPart) => number) => known.reduce((total, part) => total + of(part), 0);
  return Math.floor(sum(({ value, weight }) => value * weight) / sum(({ weight }) => weight));
};

/** The one for the part that costs the most. */
const reasonOf = (parts: Part[]): string => {
  const cost = ({ value, weight }: KnownPart) => (100 - value) * weight;
  const [costliest] = parts.filter(isKnown).toSorted((a, b) => cost(b) - cost(a));
  return costliest === undefined || cost(costliest) === 0 ? 'All is well.' : costliest.reason;
};

const recommendationsOf = ({ recommendation, parts }: CalendarHealth): Recommendation[] =>
  [recommendation, ...parts.map((part) => part.recommendation)].filter((each) => each !== undefined);

const distinct = (all: Recommendation[]): Recommendation[] => [
  ...new Map(all.map((each) => [each.step, each])).values(),
];
