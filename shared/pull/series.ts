/**
 * Deletions that put a whole series in doubt: one may name the series itself, and of a deleted series Google has been
 * seen to name no more than the occurrences of the next months (github.com/googleapis/google-api-ruby-client/issues/860).
 * So the series is listed again, and what it no longer has is asked for one by one.
 */

import { pagesOf } from '../appointments/agenda-pages.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { SyncWindow } from '../domain/calendar.ts';
import { RetryLater } from '../domain/errors.ts';
import type { EventId } from '../domain/ids.ts';
import { confirm } from './absence.ts';
import type { ApplyDeps } from './apply.ts';
import type { Place } from './place.ts';
import { addTallies, type Tally } from './tally.ts';

export type SeriesDeps = ApplyDeps & {
  /** The occurrences that a series has in the window; none when Google does not know it (any more). */
  listOccurrences(seriesId: EventId, window: SyncWindow): Promise<ReadonlySet<EventId>>;
};

export const relistSeries = async (deps: SeriesDeps, place: Place, doubtful: ReadonlySet<EventId>): Promise<Tally> => {
  if (doubtful.size === 0) return {};
  const members = await membersOf(deps, place, doubtful);
  let tally: Tally = {};
  for (const [seriesId, appointments] of members) {
    const occurrences = await deps.listOccurrences(seriesId, place.context.window);
    const missing = appointments.filter(({ link }) => link !== undefined && !occurrences.has(link.eventId));
    tally = addTallies(tally, (await confirm(deps, place, missing)).tally);
  }
  return tally;
};

const appointmentsPerRead = 200;
const readsAtMost = 200;

/**
 * The confirmed appointments of these series that overlap the window. Few deletions lead here, so there is no index by
 * series: the whole agenda of the calendar's user is read.
 */
const membersOf = async (
  { appointments }: ApplyDeps,
  { calendar, context }: Place,
  doubtful: ReadonlySet<EventId>,
): Promise<Map<EventId, Appointment[]>> => {
  const members = new Map<EventId, Appointment[]>();
  const request = { userId: calendar.userId, ...context.window, limit: appointmentsPerRead, includeCancelled: false };
  for await (const { items, after } of pagesOf(appointments, request, readsAtMost)) {
    for (const appointment of items) {
      const { calendarKey, recurringEventId } = appointment.link ?? {};
      if (calendarKey !== calendar.key || recurringEventId === undefined || !doubtful.has(recurringEventId)) continue;
      members.set(recurringEventId, [...(members.get(recurringEventId) ?? []), appointment]);
    }
    if (after === undefined) return members;
  }
  throw new RetryLater(`More than ${readsAtMost * appointmentsPerRead} appointments in the window`);
};
