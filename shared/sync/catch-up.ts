/**
 * A calendar that its connection has left behind: whoever connected or disconnected was cut off before it came to this one,
 * or a sweep had it in hand. Brings the calendar to where that would have brought it; Google is not asked [R13].
 */

import { lastLookAt } from '../channels/next-due.ts';
import type { Calendar } from '../domain/calendar.ts';
import { type Connection, isOfAccount } from '../domain/connection.ts';
import type { ChainId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { freshHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import type { CalendarGenerations, CalendarRegistry } from '../store/calendars.ts';

export type CatchUpDeps = { calendars: Pick<CalendarRegistry, 'register'> & CalendarGenerations; queue: SyncQueue };

export type LeftBehind = { calendar: Calendar; connection: Connection; chainId: ChainId; now: Instant };

export const catchUp = async (deps: CatchUpDeps, { calendar, connection, chainId, now }: LeftBehind): Promise<void> => {
  const { connectGeneration, realTimeSync, state } = connection;
  if (!isOfAccount(connection, calendar)) {
    await deps.calendars.retire(calendar, lastLookAt(now));
    await deps.queue.send(freshHint(calendar.key, 'disabled', chainId));
  } else if (state === 'disconnected') {
    await deps.calendars.letGo(calendar, connectGeneration);
  } else {
    const anew = { ...calendar, connectGeneration, realTimeSync };
    await deps.calendars.register(anew, { dueAt: now, renewChannel: true });
    await deps.queue.send(freshHint(calendar.key, 'connected', chainId));
  }
};
