/** One round over the calendars that are due. Its cost grows with what is due, not with what exists. */
import pMap from 'p-map';
import type { CalendarKey, ChainId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { DueCalendars } from '../store/calendars.ts';
import { dueShards } from '../store/keys.ts';

/** Whatever it has not reached by `until` stays due. */
export type Round = { chainId: ChainId; now: Instant; until: Instant };

export type RoundDeps = { calendars: Pick<DueCalendars, 'listDue'>; clock(): Instant };

export type Visit<T> = { atOnce: number; to(key: CalendarKey): Promise<T> };

const calendarsPerRead = 500;
/** What a round has seen is kept until it is counted: 40,000 calendars are 120 MB. */
const readsPerShard = 10;

/** All shards at once: taken in turn, the last would always be the one that runs out of time. */
export const overDue = async <T>(deps: RoundDeps, round: Round, visit: Visit<T>): Promise<T[]> => {
  const visitShard = async (shard: number): Promise<T[]> => {
    const visited = new Set<CalendarKey>(); // A lagging index may still show them as due.
    const results: T[] = [];
    const visitInTime = async (key: CalendarKey) => {
      if (deps.clock() >= round.until) return;
      visited.add(key);
      results.push(await visit.to(key));
    };
    for (let read = 1; read <= readsPerShard && deps.clock() < round.until; read++) {
      const due = await deps.calendars.listDue(shard, round.now, calendarsPerRead);
      const others = due.filter((key) => !visited.has(key));
      if (others.length === 0) break;
      await pMap(others, visitInTime, { concurrency: visit.atOnce });
      if (due.length < calendarsPerRead) break;
    }
    return results;
  };
  const shards = Array.from({ length: dueShards }, (_, shard) => shard);
  return (await Promise.all(shards.map(visitShard))).flat();
};
