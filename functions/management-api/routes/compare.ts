/** POST /api/v2/calendar/sync/compare: count where my calendars and appointments differ; the status shows it as `drift`. */
import { freshHint } from '../../../shared/queue/hint.ts';
import { requireConnected } from '../require-connected.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { noBody, noQuery } from '../schemas/wire-values.ts';
import type { SyncRouteDeps } from './sync.ts';

export const compareRoute =
  ({ connections, calendars, queue }: Omit<SyncRouteDeps, 'requests'>): Route<UserRequest> =>
  async ({ userId, query, body, chainId }) => {
    parse(noQuery, query);
    parse(noBody, body);
    await requireConnected({ connections }, userId);
    const compared = (await calendars.listOf(userId)).filter(({ enabled }) => enabled);
    for (const { key } of compared) await queue.send(freshHint(key, 'compare', chainId));
    return { status: 202, body: { id: chainId } };
  };
