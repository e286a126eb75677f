/** POST /api/v2/calendar/push-existing: bookings from before the calendar was connected go to Google as well. */
import { type PushExistingDeps, pushExisting } from '../../../shared/bookings/push-existing.ts';
import { Problem } from '../problem.ts';
import { notConnected } from '../require-connected.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { noBody, noQuery } from '../schemas/wire-values.ts';

export const pushExistingRoute =
  (deps: PushExistingDeps): Route<UserRequest> =>
  async ({ userId, query, body, now, chainId }) => {
    parse(noQuery, query);
    parse(noBody, body);
    const outcome = await pushExisting(deps, userId, { now, chainId });
    switch (outcome.kind) {
      case 'done':
        return { status: 202, body: { marked: outcome.marked, more: outcome.more } };
      case 'not-connected':
        throw notConnected();
      case 'no-calendar':
        throw new Problem('no-bookings-calendar', 'None of the calendars takes bookings');
    }
  };
