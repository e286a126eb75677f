/**
 * Shell: reads the fleet by the index of due work, which holds every calendar that is switched on. The work has an end,
 * however large the fleet: a limited number of calendars per shard, in batches, and a closer look at the worst of them only.
 */
import pMap from 'p-map';
import type { Calendar } from '../domain/calendar.ts';
import type { Connection } from '../domain/connection.ts';
import { day, type Instant, plusMs } from '../domain/instant.ts';
import type { CalendarRegistry, DueCalendars } from '../store/calendars.ts';
import type { ConnectionRegistry } from '../store/connections.ts';
import { dueShards } from '../store/keys.ts';
import { type Fleet, fleetOf, judge, type Member, worstOf } from './fleet.ts';
import { type LeftOverDeps, loadLeftOver } from './load-left-over.ts';
import type { CalendarHealth } from './score.ts';

export type FleetDeps = LeftOverDeps & {
  calendars: Pick<CalendarRegistry, 'loadMany'> & Pick<DueCalendars, 'listDue'>;
  connections: Pick<ConnectionRegistry, 'loadMany'>;
};

/** `partial`: the fleet is larger than what was looked at; the calendars that are due first were. */
export type LoadedFleet = Fleet & { partial: boolean; due: number; worst: Worst[] };
export type Worst = { calendar: Calendar; health: CalendarHealth };

const calendarsPerShard = 250;
/** Far beyond any due time: the whole index. */
const horizonMs = 366 * day;
const lookedAtCloser = 20;
const looksAtOnce = 4;
const shown = 10;

export const loadFleet = async (deps: FleetDeps, now: Instant): Promise<LoadedFleet> => {
  const [keys, due] = await Promise.all([listUntil(deps, plusMs(now, horizonMs)), listUntil(deps, now)]);
  const members = await loadMembers(deps, keys.flat());
  return {
    ...fleetOf(members, now),
    partial: keys.some(({ length }) => length >= calendarsPerShard),
    due: due.flat().length,
    worst: await loadWorst(deps, members, now),
  };
};

const listUntil = ({ calendars }: FleetDeps, until: Instant) =>
  Promise.all(Array.from({ length: dueShards }, (_, shard) => calendars.listDue(shard, until, calendarsPerShard)));

/** Without calendars whose connection is gone, which are being closed, and those that were switched off meanwhile. */
const loadMembers = async (deps: FleetDeps, keys: Calendar['key'][]): Promise<Member[]> => {
  const calendars = (await deps.calendars.loadMany(keys)).filter(({ enabled }) => enabled);
  const loaded = await deps.connections.loadMany([...new Set(calendars.map(({ userId }) => userId))]);
  const connections = new Map<Connection['userId'], Connection>(loaded.map((each) => [each.userId, each]));
  return calendars.flatMap((calendar) => {
    const connection = connections.get(calendar.userId);
    const isGone = connection === undefined || connection.state === 'disconnected';
    return isGone ? [] : [{ calendar, connection }];
  });
};

/** Judged at first by the calendars alone; for those that do worst, what is left to a person is looked up as well. */
const loadWorst = async (deps: FleetDeps, members: Member[], now: Instant): Promise<Worst[]> => {
  const judged = members.map((member) => ({ member, health: judge(member, now) }));
  const look = async ({ member }: { member: Member }) => {
    const { calendar } = member;
    const [seen] = await loadLeftOver(deps, { userId: calendar.userId, now }, [calendar]);
    return { calendar, health: judge(member, now, seen?.left) };
  };
  const closer = await pMap(worstOf(judged, lookedAtCloser), look, { concurrency: looksAtOnce });
  return worstOf(closer, shown).flatMap(({ calendar, health }) => (health === undefined ? [] : { calendar, health }));
};
