/** Shell: reads where a user's changes go. */
import type { Calendar } from '../domain/calendar.ts';
import type { UserId } from '../domain/ids.ts';
import type { ConnectionStore } from '../ports.ts';
import type { CalendarRegistry } from '../store/calendars.ts';
import { type Destination, destinationOf } from './destination.ts';

export type DestinationDeps = {
  connections: Pick<ConnectionStore, 'load'>;
  calendars: Pick<CalendarRegistry, 'listOf'>;
};

export const loadDestination = async (
  { connections, calendars }: DestinationDeps,
  userId: UserId,
): Promise<{ destination: Destination; calendars: Calendar[] }> => {
  const [connection, owned] = await Promise.all([connections.load(userId), calendars.listOf(userId)]);
  return { destination: destinationOf(connection, owned), calendars: owned };
};
