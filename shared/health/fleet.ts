/** How the whole fleet is doing, for those who run it: numbers by state, and the calendars that do worst. Pure. */
import { type ChannelStanding, channelStandingOf } from '../channels/standing.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Connection, GrantedConnection } from '../domain/connection.ts';
import { epochMsOf, type Instant, second } from '../domain/instant.ts';
import type { LeftOver } from './parts.ts';
import { type CalendarHealth, healthOf } from './score.ts';
import { type CalendarState, calendarStandingOf } from './standing.ts';
import { waitingSince } from './waiting.ts';

/** A calendar that is switched on, and the connection that it belongs to. */
export type Member = { calendar: Calendar; connection: GrantedConnection };

export type Fleet = {
  calendars: number;
  byState: Partial<Record<CalendarState, number>>;
  channels: Partial<Record<ChannelStanding, number>>;
  connections: Partial<Record<Connection['state'], number>>;
  /** How many calendars by the reason of their trouble. */
  trouble: Record<string, number>;
  drift: { compared: number; differing: number; calendarsDiffering: number; calendarsNotCompared: number };
  /** Age of the oldest sync that fails or listing that is not complete; 0: none. */
  oldestWaitSeconds: number;
};

export const fleetOf = (members: Member[], now: Instant): Fleet => {
  const calendars = members.map(({ calendar }) => calendar);
  const connections = new Map(members.map(({ connection }) => [connection.userId, connection]));
  return {
    calendars: members.length,
    byState: countBy(members, ({ calendar, connection }) => calendarStandingOf(calendar, connection.state).state),
    channels: countBy(calendars, (calendar) => channelStandingOf(calendar, now)),
    connections: countBy([...connections.values()], ({ state }) => state),
    trouble: countBy(
      calendars.flatMap(({ trouble }) => trouble ?? []),
      ({ reason }) => reason,
    ),
    drift: driftOf(calendars),
    oldestWaitSeconds: oldestWaitSeconds(calendars, now),
  };
};

const noneLeft: LeftOver = { quarantined: 0, openConflicts: 0 };

/** As its user is told it. `left` is known for some calendars only. */
export const judge = ({ calendar, connection }: Member, now: Instant, left = noneLeft): CalendarHealth | undefined =>
  healthOf(connection.state, [{ calendar, left }], now).calendars[0];

/** The lowest scores first. */
export const worstOf = <T extends { health: CalendarHealth | undefined }>(judged: T[], count: number): T[] =>
  judged
    .filter(({ health }) => health !== undefined && health.score < 100)
    .toSorted((a, b) => (a.health?.score ?? 0) - (b.health?.score ?? 0))
    .slice(0, count);

const driftOf = (calendars: Calendar[]): Fleet['drift'] => {
  const drifts = calendars.flatMap(({ drift }) => drift ?? []);
  return {
    compared: drifts.reduce((total, { compared }) => total + compared, 0),
    differing: drifts.reduce((total, { differing }) => total + differing, 0),
    calendarsDiffering: drifts.filter(({ differing }) => differing > 0).length,
    calendarsNotCompared: calendars.length - drifts.length,
  };
};

const oldestWaitSeconds = (calendars: Calendar[], now: Instant): number => {
  const [oldest = now] = calendars.flatMap((calendar) => waitingSince(calendar) ?? []).toSorted();
  return Math.max(Math.floor((epochMsOf(now) - epochMsOf(oldest)) / second), 0);
};

const countBy = <T, K extends string>(all: T[], keyOf: (one: T) => K): Partial<Record<K, number>> & Record<K, number> =>
  Object.fromEntries([...Map.groupBy(all, keyOf)].map(([key, same]) => [key, same.length])) as Record<K, number>;
