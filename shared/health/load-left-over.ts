/** Shell: reads what the sync of each calendar has left to a person. */
import pMap from 'p-map';
import type { Calendar } from '../domain/calendar.ts';
import type { UserId } from '../domain/ids.ts';
import type { ConflictStore, Quarantine } from '../sync/ports.ts';
import type { Seen } from './parts.ts';

export type LeftOverDeps = { quarantine: Pick<Quarantine, 'list'>; conflicts: Pick<ConflictStore, 'list'> };

const readsAtOnce = 8;
const countedAtMost = 20_000;

export const loadLeftOver = async (
  { quarantine, conflicts }: LeftOverDeps,
  userId: UserId,
  calendars: Calendar[],
): Promise<Seen[]> => {
  const open = await conflicts.list({ userId, status: 'open', limit: countedAtMost });
  const look = async (calendar: Calendar): Promise<Seen> => {
    const quarantined = (await quarantine.list(calendar.key)).size;
    const openConflicts = open.items.filter(({ calendarKey }) => calendarKey === calendar.key).length;
    return { calendar, left: { quarantined, openConflicts } };
  };
  return pMap(calendars, look, { concurrency: readsAtOnce });
};
