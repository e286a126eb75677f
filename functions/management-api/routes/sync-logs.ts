/** GET /api/v2/calendar/sync-logs: what the sync has done to a user's appointments, the newest first, page by page. */
import type { SyncHistory } from '../../../shared/store/sync-events.ts';
import { decodeCursor, encodeCursor } from '../page-cursor.ts';
import { presentSyncEvent } from '../present-sync-event.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { syncLogsQuery } from '../schemas/sync.ts';

/** Time, appointment, version. */
const positionForm = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z#[\w-]+#\d+$/;

export const syncLogsRoute =
  (history: SyncHistory): Route<UserRequest> =>
  async ({ userId, query }) => {
    const { limit, cursor } = parse(syncLogsQuery, query);
    const position = cursor === undefined ? undefined : decodeCursor(cursor, positionForm);
    const page = await history.list({ userId, limit, ...(position !== undefined && { after: position }) });
    const items = page.items.map(presentSyncEvent);
    return { status: 200, body: { items, ...(page.after !== undefined && { nextCursor: encodeCursor(page.after) }) } };
  };
