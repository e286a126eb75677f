/**
 * The backstop: finds the calendars that are due to be looked at and sends each a hint, so that a lost notification or
 * a channel near its end is made good. Its cost grows with what is due, not with what exists.
 */
import type { CalendarKey, ChainId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { isComparisonDue } from '../drift/comparison-plan.ts';
import { freshHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import type { DueCalendars } from '../store/calendars.ts';
import { dueShards } from '../store/keys.ts';
import { nextDueAt } from './next-due.ts';
import type { CalendarStore } from './ports.ts';

export type SweepDeps = {
  calendars: Pick<CalendarStore, 'load'> & DueCalendars;
  queue: SyncQueue;
  clock(): Instant;
  /** In [0, 1). */
  random(): number;
};

/** One round of the sweep. What it has not come to by `until` stays due. */
export type Round = { chainId: ChainId; now: Instant; until: Instant };

const calendarsPerShard = 500;

/** All shards side by side: were one begun after another, it is always the last that time would not suffice for. */
export const sweep = async (deps: SweepDeps, round: Round): Promise<{ hints: number }> => {
  const shards = Array.from({ length: dueShards }, (_, shard) => sweepShard(deps, round, shard));
  const hints = await Promise.all(shards);
  return { hints: hints.reduce((sum, count) => sum + count, 0) };
};

const sweepShard = async (deps: SweepDeps, round: Round, shard: number): Promise<number> => {
  const due = await deps.calendars.listDue(shard, round.now, calendarsPerShard);
  let hints = 0;
  for (const key of due) {
    if (deps.clock() >= round.until) break;
    await sweepCalendar(deps, round, key);
    hints += 1;
  }
  return hints;
};

/** The hints first: if we stop in between, the calendar is still due. */
const sweepCalendar = async ({ calendars, queue, random }: SweepDeps, { chainId, now }: Round, key: CalendarKey) => {
  await queue.send(freshHint(key, 'sweep', chainId));
  const calendar = await calendars.load(key);
  if (calendar !== undefined && isComparisonDue(calendar, now)) await queue.send(freshHint(key, 'compare', chainId));
  if (calendar !== undefined) await calendars.postpone(key, nextDueAt(calendar, now, random()));
};
