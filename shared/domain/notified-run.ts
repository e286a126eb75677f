/** One record of the notification log: a run of the job that a notification has caused, and what came of it. */
import type { Calendar } from './calendar.ts';
import type { CalendarId, CalendarKey, ChainId, UserId } from './ids.ts';
import type { Instant } from './instant.ts';

export type NotifiedRun = {
  userId: UserId;
  calendarKey: CalendarKey;
  calendarId: CalendarId;
  /** When the notification reached the queue. */
  at: Instant;
  /** Names the channel and its message: `channel:number`. */
  chainId: ChainId;
  /** How many events ended in which decision. */
  changes: Record<string, number>;
};

/** The record of the write that resulted in `after`; undefined when no notification caused it. */
export const notifiedRunOf = (before: Calendar | undefined, after: Calendar): NotifiedRun | undefined => {
  const { userId, key, calendarId, lastNotificationAt: at, lastNotifiedRun } = after;
  if (at === undefined || lastNotifiedRun === undefined || at === before?.lastNotificationAt) return undefined;
  return { userId, calendarKey: key, calendarId, at, ...lastNotifiedRun };
};
