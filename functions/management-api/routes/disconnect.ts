/** POST /api/v2/calendar/disconnect: ends the connection, here first and then at Google, as far as Google answers. */
import type * as z from 'zod/mini';
import { type DisconnectDeps, type Disconnected, disconnect } from '../../../shared/connections/disconnect.ts';
import type { Leave } from '../../../shared/connections/take-leave.ts';
import type { Log } from '../../../shared/runtime/observability.ts';
import { Problem } from '../problem.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { disconnectBody, type disconnectReply } from '../schemas/connecting.ts';
import { noQuery } from '../schemas/wire-values.ts';

export type DisconnectRouteDeps = DisconnectDeps & { log: Log };

export const disconnectRoute =
  (deps: DisconnectRouteDeps): Route<UserRequest> =>
  async ({ userId, query, body = {}, now, chainId }) => {
    parse(noQuery, query);
    const { blocks } = parse(disconnectBody, body);
    const left = await disconnect(deps, { userId, blocks }, { now, chainId });
    if (left === 'not-connected') throw new Problem('not-connected', 'No calendar was ever connected.');
    logLeave(deps.log, left);
    return { status: 200, body: present(left) };
  };

/** Also of an account that another replaces. */
export const logLeave = (log: Log, { failures }: Leave): void => {
  for (const failure of failures) log.error('Google was not told all of a disconnection', failure);
};

const present = ({ grant, failures, more }: Disconnected): z.infer<typeof disconnectReply> => ({
  disconnected: true,
  revoked: grant === 'ended',
  message: grant === 'ended' && failures.length > 0 ? channelsLeft : messages[grant],
  more,
});

const makeSure = 'To be sure, remove the access at https://myaccount.google.com/connections';

const messages: Record<Disconnected['grant'], string> = {
  ended: 'Google honours the grant no longer.',
  not_told: `Google did not answer, so it does not know yet. ${makeSure}`,
  forgotten: `It was disconnected before, and Google was told then, if it answered. ${makeSure}`,
};

const channelsLeft =
  'Google honours the grant no longer. Some of its notifications may go on for a day; they are not heeded.';
