/** Switches real-time sync on or off. Local first and without Google [F37]; the job then creates or stops the channels. */
import type { Connection } from '../domain/connection.ts';
import type { ChainId, UserId } from '../domain/ids.ts';
import type { ConnectionStore } from '../ports.ts';
import { freshHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import type { CalendarRegistry } from '../store/calendars.ts';
import type { ConnectionRegistry } from '../store/connections.ts';

export type SwitchDeps = {
  connections: ConnectionStore & ConnectionRegistry;
  calendars: CalendarRegistry;
  queue: SyncQueue;
};

/** Repeats its writes when nothing changes, which repairs a switch that was cut off half-way. */
export const switchRealTimeSync = async (
  deps: SwitchDeps,
  userId: UserId,
  on: boolean,
  chainId: ChainId,
): Promise<Connection | undefined> => {
  const connection = await deps.connections.load(userId);
  if (connection === undefined || connection.state === 'disconnected') return undefined;
  await deps.connections.setRealTimeSync(connection, on);
  for (const calendar of await deps.calendars.listOf(userId)) {
    await deps.calendars.setRealTimeSync(calendar, on);
    if (calendar.enabled) await deps.queue.send(freshHint(calendar.key, on ? 'enabled' : 'disabled', chainId));
  }
  return { ...connection, realTimeSync: on };
};
