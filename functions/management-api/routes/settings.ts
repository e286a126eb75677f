/** GET and PUT /api/v2/calendar/settings: what a user chooses about the connection. */
import { changeSettings, type SettingsDeps } from '../../../shared/connections/change-settings.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import type { ConnectionStore } from '../../../shared/ports.ts';
import { notConnected } from '../require-connected.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { settings as schema } from '../schemas/settings.ts';
import { noQuery } from '../schemas/wire-values.ts';

export const settingsRoute =
  ({ connections }: { connections: Pick<ConnectionStore, 'load'> }): Route<UserRequest> =>
  async ({ userId, query }) => {
    parse(noQuery, query);
    const connection = await connections.load(userId);
    return { status: 200, body: connection?.settings ?? defaultSettings };
  };

export const changeSettingsRoute =
  (deps: SettingsDeps): Route<UserRequest> =>
  async ({ userId, query, body, now, chainId }) => {
    parse(noQuery, query);
    const settings = parse(schema, body);
    const outcome = await changeSettings(deps, userId, settings, { now, chainId });
    if (outcome === 'not-connected') {
      throw notConnected();
    }
    return { status: 200, body: settings };
  };
