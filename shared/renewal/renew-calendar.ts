/**
 * One calendar that is due: its channel is renewed here and now, whatever is waiting in its queue; anything else that it needs
 * is asked for by a hint. Whatever is left undone when this is cut off is due again soon.
 */

import { isDoneWith, isSyncOverdue, nextDueAt } from '../channels/next-due.ts';
import { type ChannelOutcome, reconcileChannel } from '../channels/reconcile-channel.ts';
import { planChannel } from '../channels/renewal-plan.ts';
import { type ChannelsAsDeps, channelsAs } from '../connections/channels-as.ts';
import { whyEnded } from '../connections/grant-end.ts';
import type { Calendar } from '../domain/calendar.ts';
import { GrantRevoked, Superseded } from '../domain/errors.ts';
import type { CalendarKey } from '../domain/ids.ts';
import { hour, type Instant, plusMs } from '../domain/instant.ts';
import type { CalendarStore, ConnectionStore, PendingReader } from '../ports.ts';
import { type Envelope, freshHint, pendingHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import { isComparisonDue } from '../schedule/comparison-plan.ts';
import { roundMs } from '../schedule/round-interval.ts';
import type { DueCalendars } from '../store/calendars.ts';
import { areWritesPaused } from '../sync/admit.ts';
import type { Access, Accesses } from './access.ts';
import type { PassedBecause, Seen, Visit } from './census.ts';
import type { Round } from './due-round.ts';

export type RenewDeps = ChannelsAsDeps & {
  calendars: Pick<CalendarStore, 'load'> & DueCalendars;
  connections: ConnectionStore;
  appointments: PendingReader;
  queue: SyncQueue;
};

export type At = Pick<Round, 'chainId' | 'now'> & { accesses: Accesses };

/** After a failure, or should we stop in between: a round later, so that the others come first [F42]. */
const retryMs = roundMs;
/** Without consent nothing can be done; the user's return makes it due by itself. */
const withoutConsentMs = 1 * hour;

/** Never throws: a failure is a result. */
export const renewCalendar = async (deps: RenewDeps, at: At, calendarKey: CalendarKey): Promise<Visit> => {
  try {
    return { calendarKey, ...(await visit(deps, at, calendarKey)) };
  } catch (error) {
    if (error instanceof Superseded) return { calendarKey, kind: 'passed', because: 'overtaken' };
    return { calendarKey, kind: 'failed', error: await putBehind(deps, calendarKey, error, at.now) };
  }
};

const visit = async (deps: RenewDeps, at: At, key: CalendarKey): Promise<Seen> => {
  const calendar = await deps.calendars.load(key);
  if (calendar === undefined) return { kind: 'passed', because: 'absent' };
  const access = await at.accesses(calendar.userId);
  if ('because' in access) return passOver(deps, at, calendar, access.because);
  if (access.connection.connectGeneration !== calendar.connectGeneration) {
    return passOver(deps, at, calendar, 'old_connection');
  }

  const channel = await tendChannel(deps, access, calendar, at.now);
  if (channel === 'revoked') return passOver(deps, at, calendar, 'needs_reauth');
  const latest = await asItIsNow(deps, calendar, channel);
  const hints = await sendHints(deps, latest, at);
  if (isDoneWith(latest)) await deps.calendars.postpone(key, nextDueAt(latest, at.now, deps.random()));
  return { kind: 'looked', calendar: latest, channel, hints };
};

/** The calendar's own job cleans up what a disconnect, another account or a switch has left behind. */
const passOver = async (
  { calendars, queue }: RenewDeps,
  { chainId, now }: At,
  { key, enabled }: Calendar,
  because: Exclude<PassedBecause, 'overtaken'>,
): Promise<Seen> => {
  if (!enabled) await queue.send(freshHint(key, 'disabled', chainId));
  else if (because === 'disconnected' || because === 'old_connection')
    await queue.send(freshHint(key, 'sweep', chainId));
  await calendars.postpone(key, plusMs(now, withoutConsentMs));
  return { kind: 'passed', because };
};

/** Due again soon before anything is begun: whatever ends us must not end the round that comes after [F43]. */
const tendChannel = async (
  deps: RenewDeps,
  { connection, asUser }: Access,
  calendar: Calendar,
  now: Instant,
): Promise<ChannelOutcome | 'revoked'> => {
  const asksForWork = !['keep', 'nothing'].includes(planChannel(calendar, now));
  if (asksForWork && calendar.enabled) await deps.calendars.postpone(calendar.key, plusMs(now, retryMs));
  try {
    return await reconcileChannel(channelsAs(asUser, deps), calendar, now);
  } catch (error) {
    if (!(error instanceof GrantRevoked)) throw error;
    await deps.connections.markNeedsReauth(connection, { at: now, because: whyEnded(connection, error.reason, now) }); // [F24][R14]
    return 'revoked';
  }
};

const asItIsNow = async ({ calendars }: RenewDeps, read: Calendar, { kind, ...more }: ChannelOutcome) => {
  const isUntouched = (kind === 'kept' && !('unstopped' in more)) || kind === 'none';
  return isUntouched ? read : ((await calendars.load(read.key)) ?? read);
};

const sendHints = async ({ queue, appointments }: RenewDeps, calendar: Calendar, { chainId, now }: At) => {
  const hints = await hintsFor(appointments, calendar, { chainId, now });
  for (const hint of hints) await queue.send(hint);
  return hints.length;
};

/** A sync looks for what is pending too. One that is switched off is due once more for what its last look could not see yet. */
const hintsFor = async (
  appointments: PendingReader,
  calendar: Calendar,
  { chainId, now }: Pick<At, 'chainId' | 'now'>,
): Promise<Envelope[]> => {
  if (!calendar.enabled) return isDoneWith(calendar) ? [freshHint(calendar.key, 'disabled', chainId)] : [];
  const comparison = isComparisonDue(calendar, now) ? [freshHint(calendar.key, 'compare', chainId)] : [];
  if (isSyncNeeded(calendar, now)) return [freshHint(calendar.key, 'sweep', chainId), ...comparison];
  if (areWritesPaused(calendar, now)) return comparison;
  const pending = await appointments.listPending(calendar.key, now, 1);
  return [...(pending.length > 0 ? [pendingHint(calendar.key, chainId, now)] : []), ...comparison];
};

const isSyncNeeded = (calendar: Calendar, now: Instant): boolean =>
  isSyncOverdue(calendar, now) || calendar.checkpoint !== undefined || calendar.trouble !== undefined;

/** Returns the error, or both. One that is switched off stays due, because it would never become due again. */
const putBehind = async ({ calendars }: RenewDeps, key: CalendarKey, error: unknown, now: Instant) => {
  try {
    const calendar = await calendars.load(key);
    if (calendar?.enabled !== false) await calendars.postpone(key, plusMs(now, retryMs));
    return error;
  } catch (second) {
    return new AggregateError([error, second], 'A calendar could not be renewed, nor put behind the others');
  }
};
