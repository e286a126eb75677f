/**
 * Shell: a user chooses other settings. What that means for bookings is written after them, so that repeating the request
 * goes on where one was cut off; bookings that are over stay as they are.
 */
import { type RetellDeps, retell } from '../bookings/retell.ts';
import type { Stamp } from '../decision/next-appointment.ts';
import type { UserId } from '../domain/ids.ts';
import { defaultSettings, type Settings } from '../domain/settings.ts';
import type { ConnectionStore } from '../ports.ts';
import type { ConnectionRegistry } from '../store/connections.ts';

export type SettingsDeps = RetellDeps & {
  connections: Pick<ConnectionStore, 'load'> & Pick<ConnectionRegistry, 'saveSettings'>;
};

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
  await retell(deps, userId, were, stamp);
  return 'done';
};
