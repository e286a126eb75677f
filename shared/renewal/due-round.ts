/** One round over the calendars that are due. Its cost grows with what is due, not with what exists. */
import pMap from 'p-map';
import type { CalendarKey, ChainId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { DueCalendars } from '../store/calendars.ts';
import { dueShards } from '../store/keys.ts';

/** What it has not come to by `until` stays due. */
export type Round = { chainId: ChainId; now: Instant; until: Instant };

export type RoundDeps = { calendars: Pick<DueCalendars, 'listDue'>; clock(): Instant };

export type Visit<T> = { atOnce: number; to(key: CalendarKey): Promise<T> };

const calendarsPerShard = 500;

/** All shards side by side: were one begun after another, it is always the last that time would not suffice for. */
export const overDue = async <T>(deps: RoundDeps, round: Round, visit: Visit<T>): Promise<T[]> => {
  const visitShard = async (shard: number): Promise<T[]> => {
    const due = await deps.calendars.listDue(shard, round.now, calendarsPerShard);
    const inTime = async (key: CalendarKey) => (deps.clock() < round.until ? [await visit.to(key)] : []);
    return (await pMap(due, inTime, { concurrency: visit.atOnce })).flat();
  };
  const shards = Array.from({ length: dueShards }, (_, shard) => shard);
  return (await Promise.all(shards.map(visitShard))).flat();
};
