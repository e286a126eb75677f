/** POST /api/v2/calendar/sync: sync my calendars now. Needs no push; `…/real-time-sync/status` says when it is done. */

import { freshHint } from '../../../shared/queue/hint.ts';
import type { SyncQueue } from '../../../shared/queue/sync-queue.ts';
import type { CalendarRegistry } from '../../../shared/store/calendars.ts';
import type { SyncRequests } from '../../../shared/store/sync-requests.ts';
import { type ConnectedDeps, requireConnected } from '../require-connected.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { noBody, noQuery } from '../schemas/wire-values.ts';

export type SyncRouteDeps = ConnectedDeps & {
  calendars: Pick<CalendarRegistry, 'listOf'>;
  requests: Pick<SyncRequests, 'save'>;
  queue: SyncQueue;
};

/** The request is noted before its hints are sent, so that every sync they cause begins after it. */
export const syncRoute =
  ({ connections, calendars, requests, queue }: SyncRouteDeps): Route<UserRequest> =>
  async ({ userId, query, body, now, chainId }) => {
    parse(noQuery, query);
    parse(noBody, body);
    await requireConnected({ connections }, userId);
    await requests.save(userId, { id: chainId, requestedAt: now });
    const synced = (await calendars.listOf(userId)).filter(({ enabled }) => enabled);
    for (const { key } of synced) await queue.send(freshHint(key, 'manual', chainId));
    return { status: 202, body: { id: chainId } };
  };
