/** GET and PUT /api/v2/calendar/settings: what a user chooses about the connection. */
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { Problem } from '../../../shared/runtime/problem.ts';
import type { ConnectionRegistry } from '../../../shared/store/connections.ts';
import type { ConnectionStore } from '../../../shared/sync/ports.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { noQuery } from '../schemas/common.ts';
import { settings as schema } from '../schemas/settings.ts';

export type SettingsDeps = {
  connections: Pick<ConnectionStore, 'load'> & Pick<ConnectionRegistry, 'saveSettings'>;
};

export const settingsRoute =
  ({ connections }: SettingsDeps): Route<UserRequest> =>
  async ({ userId, query }) => {
    parse(noQuery, query);
    const connection = await connections.load(userId);
    return { status: 200, body: connection?.settings ?? defaultSettings };
  };

export const changeSettingsRoute =
  ({ connections }: SettingsDeps): Route<UserRequest> =>
  async ({ userId, query, body }) => {
    parse(noQuery, query);
    const settings = parse(schema, body);
    const connection = await connections.load(userId);
    if (connection === undefined) throw new Problem('not-connected', 'No calendar is connected. Start with "connect".');
    await connections.saveSettings(connection, settings);
    return { status: 200, body: settings };
  };
