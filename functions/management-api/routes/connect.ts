/** GET /api/v2/calendar/connect: where to send the user so that Google can ask for consent. */
import { askConsent, type ConsentDeps } from '../../../shared/connections/consent.ts';
import { invalidRequest } from '../problem.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { connectQuery } from '../schemas/connecting.ts';

export type ConnectRouteDeps = { consent(): Promise<ConsentDeps>; callbackPages: Record<string, string> };

export const connectRoute =
  ({ consent, callbackPages }: ConnectRouteDeps): Route<UserRequest> =>
  async ({ userId, query, now }) => {
    const { returnTo, replaceAccount } = parse(connectQuery, query);
    if (returnTo !== undefined && !Object.hasOwn(callbackPages, returnTo)) {
      throw invalidRequest([{ field: 'returnTo', message: 'No such page; the stage config names them by key' }]);
    }
    const authorizationUrl = await askConsent(await consent(), { userId, returnTo, replaceAccount }, now);
    return { status: 200, body: { authorizationUrl } };
  };
