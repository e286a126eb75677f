/** Shell: reads what the sync of each calendar has left to a person, and what waits for it. */
import pMap from 'p-map';
import type { Calendar } from '../domain/calendar.ts';
import type { UserId } from '../domain/ids.ts';
import { day, type Instant, plusMs } from '../domain/instant.ts';
import type { AppointmentStore, ConflictStore, PendingReader, Quarantine } from '../ports.ts';
import type { Seen } from './parts.ts';
import { waitingSince } from './waiting.ts';

export type LeftOverDeps = {
  quarantine: Pick<Quarantine, 'list'>;
  conflicts: Pick<ConflictStore, 'list'>;
  appointments: PendingReader & Pick<AppointmentStore, 'loadMany'>;
};

/** Whose calendars they are, and now. */
export type Asked = { userId: UserId; now: Instant };

const readsAtOnce = 8;
const countedAtMost = 20_000;
/** Only the first hundred by next try are read; a longer wait may hide behind them. */
const pendingAtMost = 100;
/** No try is further off: the longest pause of push/push-plan.ts, as a test holds. */
export const longestPauseMs = 1 * day;

export const loadLeftOver = async (deps: LeftOverDeps, asked: Asked, calendars: Calendar[]): Promise<Seen[]> => {
  const { userId, now } = asked;
  const open = await deps.conflicts.list({ userId, status: 'open', limit: countedAtMost });
  const look = async (calendar: Calendar): Promise<Seen> => {
    const [parked, pending] = await Promise.all([deps.quarantine.list(calendar.key), loadPending(deps, calendar, now)]);
    const openConflicts = open.items.filter(({ calendarKey }) => calendarKey === calendar.key).length;
    const since = waitingSince(calendar, pending);
    const left = { quarantined: parked.size, openConflicts, ...(since !== undefined && { waitingSince: since }) };
    return { calendar, left };
  };
  return pMap(calendars, look, { concurrency: readsAtOnce });
};

const loadPending = async ({ appointments }: LeftOverDeps, { key, userId }: Calendar, now: Instant) => {
  const marked = await appointments.listPending(key, plusMs(now, longestPauseMs), pendingAtMost);
  const ids = marked.map(({ id }) => id);
  return ids.length === 0 ? [] : appointments.loadMany(userId, ids);
};
