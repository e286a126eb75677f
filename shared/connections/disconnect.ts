/** A user disconnects. Here first, so that it holds whatever Google does [F37]; then Google is told, as far as it answers. */
import { type ChangeFutureDeps, changeFuture, type FutureChanged } from '../bookings/change-future.ts';
import type { Stamp } from '../decision/next-appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Connection } from '../domain/connection.ts';
import type { UserId } from '../domain/ids.ts';
import type { ConnectionStore } from '../ports.ts';
import type { CalendarGenerations, CalendarRegistry } from '../store/calendars.ts';
import type { ConnectionRegistry } from '../store/connections.ts';
import { freed } from './freed.ts';
import { type Leave, type LeaveDeps, takeLeave } from './take-leave.ts';

export type DisconnectDeps = LeaveDeps &
  ChangeFutureDeps & {
    connections: Pick<ConnectionStore, 'load'> & Pick<ConnectionRegistry, 'disconnect'>;
    calendars: Pick<CalendarRegistry, 'listOf'> & CalendarGenerations;
  };

/** `release`: future blocks no longer take time. Bookings stay as they are, either way. */
export type AskedToDisconnect = { userId: UserId; blocks: 'keep' | 'release' };

/** `more`: there are more blocks than one request can release; repeating it continues. */
export type Disconnected = Leave & { more: boolean };

/** Repeats its writes when already disconnected, which repairs one that was cut off half-way; Google is not told again. */
export const disconnect = async (
  deps: DisconnectDeps,
  { userId, blocks }: AskedToDisconnect,
  stamp: Stamp,
): Promise<Disconnected | 'not-connected'> => {
  const connection = await deps.connections.load(userId);
  if (connection === undefined) return 'not-connected';
  const connectGeneration = await endGeneration(deps, connection, stamp);
  const listed = await deps.calendars.listOf(userId);
  const calendars = listed.filter((calendar) => calendar.connectGeneration <= connectGeneration); // Or connected again since [R13].
  for (const calendar of calendars) await deps.calendars.letGo(calendar, connectGeneration);
  const { more } = blocks === 'keep' ? { more: false } : await release(deps, { userId, calendars }, stamp);

  return { ...(await takeLeave(deps, connection, calendars, stamp.now)), more };
};

const release = (
  deps: DisconnectDeps,
  { userId, calendars }: { userId: UserId; calendars: Calendar[] },
  stamp: Stamp,
): Promise<FutureChanged> =>
  changeFuture(
    deps,
    userId,
    (before) => calendars.map((calendar) => freed(before, calendar, stamp)).find((next) => next !== undefined),
    stamp,
  );

/** The one that holds from now on. */
const endGeneration = async (
  { connections }: DisconnectDeps,
  connection: Connection,
  { now }: Stamp,
): Promise<number> => {
  if (connection.state === 'disconnected') return connection.connectGeneration;
  await connections.disconnect(connection, now);
  return connection.connectGeneration + 1;
};
