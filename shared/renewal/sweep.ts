/**
 * The sweep on demand: sends every calendar that is due a hint, so that its job makes good what was lost and renews its
 * channel. It calls Google for nobody: what asks for it holds no key that channels are signed with.
 */

import { isDoneWith, nextDueAt } from '../channels/next-due.ts';
import type { CalendarKey } from '../domain/ids.ts';
import type { CalendarStore } from '../ports.ts';
import { freshHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import { isComparisonDue } from '../schedule/comparison-plan.ts';
import type { DueCalendars } from '../store/calendars.ts';
import { overDue, type Round, type RoundDeps } from './due-round.ts';

export type SweepDeps = RoundDeps & {
  calendars: Pick<CalendarStore, 'load'> & DueCalendars;
  queue: SyncQueue;
  /** In [0, 1). */
  random(): number;
};

export const sweep = async (deps: SweepDeps, round: Round): Promise<{ hints: number }> => {
  const visited = await overDue(deps, round, { atOnce: 1, to: (key) => sweepCalendar(deps, round, key) });
  return { hints: visited.length };
};

/** The hints first: if we stop in between, the calendar is still due. */
const sweepCalendar = async ({ calendars, queue, random }: SweepDeps, { chainId, now }: Round, key: CalendarKey) => {
  const calendar = await calendars.load(key);
  if (calendar === undefined) return;
  await queue.send(freshHint(key, calendar.enabled ? 'sweep' : 'disabled', chainId));
  if (isComparisonDue(calendar, now)) await queue.send(freshHint(key, 'compare', chainId));
  if (isDoneWith(calendar)) await calendars.postpone(key, nextDueAt(calendar, now, random()));
};
