/**
 * Shell: a user chooses other settings. What that means for bookings is written after them, so that repeating the request
 * goes on where one was cut off; bookings that are over stay as they are.
 */

import { type ChangeFutureDeps, changeFuture } from '../bookings/change-future.ts';
import { type DestinationDeps, loadDestination } from '../bookings/load-destination.ts';
import { outgoing } from '../bookings/outgoing.ts';
import type { Stamp } from '../decision/next-appointment.ts';
import { RetryLater } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import { defaultSettings, type Settings } from '../domain/settings.ts';
import type { ConnectionStore } from '../ports.ts';
import type { ConnectionRegistry } from '../store/connections.ts';
import { retold } from './retold.ts';

export type SettingsDeps = DestinationDeps &
  ChangeFutureDeps & { connections: Pick<ConnectionStore, 'load'> & Pick<ConnectionRegistry, 'saveSettings'> };

/** Throws RetryLater when there are more bookings than one request can change. */
export const changeSettings = async (
  deps: SettingsDeps,
  userId: UserId,
  settings: Settings,
  stamp: Stamp,
): Promise<'done' | 'not-connected'> => {
  const connection = await deps.connections.load(userId);
  if (connection === undefined) return 'not-connected';
  await deps.connections.saveSettings(connection, settings);

  const { shared: were } = connection.settings ?? defaultSettings;
  const around = await loadDestination(deps, userId);
  const { more } = await changeFuture(
    deps,
    userId,
    (before) => {
      const next = retold(before, were, around.destination, stamp);
      return next && outgoing(next, around, stamp.now);
    },
    stamp,
  );
  if (more) throw new RetryLater('More bookings are to be told anew');
  return 'done';
};
