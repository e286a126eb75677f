/** GET /api/v2/calendar/sync/health: how well the sync does, why, and what to do about it. */
import type * as z from 'zod/mini';
import { messageFor } from '../../../shared/connections/grant-end.ts';
import { type LeftOverDeps, loadLeftOver } from '../../../shared/health/load-left-over.ts';
import { type Health, healthOf } from '../../../shared/health/score.ts';
import type { ConnectionStore } from '../../../shared/ports.ts';
import type { CalendarRegistry } from '../../../shared/store/calendars.ts';
import { notConnected } from '../require-connected.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import type { healthReply } from '../schemas/health.ts';
import { noQuery } from '../schemas/wire-values.ts';

export type HealthDeps = LeftOverDeps & {
  connections: Pick<ConnectionStore, 'load'>;
  calendars: Pick<CalendarRegistry, 'listOf'>;
};

export const healthRoute =
  (deps: HealthDeps): Route<UserRequest> =>
  async ({ userId, query, now }) => {
    parse(noQuery, query);
    const connection = await deps.connections.load(userId);
    if (connection === undefined || connection.state === 'disconnected') {
      throw notConnected();
    }
    const seen = await loadLeftOver(deps, { userId, now }, await deps.calendars.listOf(userId));
    const body = present(healthOf(connection.state, seen, now));
    return { status: 200, body: connection.state === 'connected' ? body : { ...body, reason: messageFor(connection) } };
  };

const present = ({ worst, calendars, ...health }: Health): z.infer<typeof healthReply> => ({
  ...health,
  ...(worst !== undefined && { worstCalendarId: worst.calendarId }),
  calendars: calendars.map(({ calendar: { calendarId, summary }, ...judged }) => ({ calendarId, summary, ...judged })),
});
