/** GET /api/v2/admin/sync/overview: how the whole fleet does, and where to look first. */
import type * as z from 'zod/mini';
import { type FleetDeps, loadFleet, type Worst } from '../../../shared/health/load-fleet.ts';
import type { DeadLetters } from '../../../shared/queue/dead-letters.ts';
import type { MeasureQueue } from '../../../shared/queue/queue-depth.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import type { overviewReply } from '../schemas/overview.ts';
import { noQuery } from '../schemas/wire-values.ts';

export type OverviewDeps = FleetDeps & { deadLetters: Pick<DeadLetters, 'count'>; measureQueue: MeasureQueue };

export const overviewRoute =
  (deps: OverviewDeps): Route<UserRequest> =>
  async ({ query, now }) => {
    parse(noQuery, query);
    const [fleet, deadLetters, depth] = await Promise.all([
      loadFleet(deps, now),
      deps.deadLetters.count(),
      deps.measureQueue(),
    ]);
    const { worst, partial, due, calendars, byState, oldestWaitSeconds, ...rest } = fleet;
    const body: z.infer<typeof overviewReply> = {
      at: now,
      partial,
      calendars: { total: calendars, byState, due },
      ...rest,
      queue: { ...depth, oldestWaitSeconds },
      deadLetters,
      worst: worst.map(present),
    };
    return { status: 200, body };
  };

const present = ({ calendar, health: { score, reason, recommendation, parts } }: Worst) => {
  const next = recommendation ?? parts.find((part) => part.reason === reason)?.recommendation;
  const { calendarId, summary, userId } = calendar;
  return { calendarId, summary, userId, score, reason, ...(next && { recommendation: next }) };
};
