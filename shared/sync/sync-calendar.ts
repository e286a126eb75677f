/** The one job: bring this calendar to where it should be. Every trigger ends here, and it trusts none of them. */
import { type ChannelDeps, type ChannelOutcome, reconcileChannel } from '../channels/reconcile-channel.ts';
import { stopStray } from '../channels/stop-stray.ts';
import { type AccessDeps, type CallGoogle, googleAccess } from '../connections/google-access.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Connection } from '../domain/connection.ts';
import { RetryLater } from '../domain/errors.ts';
import type { CalendarId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { GoogleCalendar } from '../google/calendar-api.ts';
import { continuationHint, type Hint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import { type Admission, admit } from './admit.ts';
import { type Met, meetTrouble } from './meet-trouble.ts';
import type { CalendarStore } from './ports.ts';
import { type PullDeps, type PullSummary, pageReserveMs, pull } from './pull.ts';

export type SyncDeps = AccessDeps &
  Omit<ChannelDeps, 'watch' | 'stop'> &
  Omit<PullDeps, 'listEvents' | 'getEvent' | 'listOccurrences'> & {
    calendars: CalendarStore;
    google: GoogleCalendar;
    queue: SyncQueue;
    webhookAddress: string;
  };

/** A hint as SQS delivers it, and the time there is for it. */
export type ReceivedHint = { hint: Hint; sentAt: Instant; now: Instant; remainingMs(): number };

export type SyncOutcome =
  | Exclude<Admission, { kind: 'sync' }>
  | { kind: 'synced'; channel: ChannelOutcome; pull: PullSummary }
  | Met;

/** Throws only where there is no state yet to note a failure on, or someone newer is at work. */
export const syncCalendar = async (deps: SyncDeps, received: ReceivedHint): Promise<SyncOutcome> => {
  if (received.remainingMs() < pageReserveMs) return { kind: 'deferred', forMs: 0 }; // The next invocation has time.
  const calendar = await deps.calendars.load(received.hint.calendarKey);
  if (calendar === undefined) throw new RetryLater('The calendar is not written yet');
  const admission = admit(calendar, received);
  if (admission.kind !== 'sync') return admission;

  const connection = await deps.connections.load(calendar.userId);
  if (connection === undefined) throw new RetryLater('The connection is not written yet');
  if (connection.state === 'needs_reauth') return { kind: 'acknowledged', because: 'needs_reauth' };

  const asUser = googleAccess(deps, connection, received.now);
  const job = { ...received, calendar, connection, asUser };
  try {
    return await bringUpToDate(deps, job);
  } catch (error) {
    return await meetTrouble({ ...deps, channels: channelsAs(asUser, deps) }, job, error);
  }
};

type Job = ReceivedHint & { calendar: Calendar; connection: Connection; asUser: CallGoogle };

const bringUpToDate = async (deps: SyncDeps, job: Job): Promise<SyncOutcome> => {
  const { hint, calendar, now, asUser } = job;

  // The channel first: what changes while we list is then notified.
  const channelDeps = channelsAs(asUser, deps);
  const channel = await reconcileChannel(channelDeps, calendar, now);
  if (hint.channel !== undefined) await stopStray(channelDeps, calendar, hint.channel);

  const summary = await pull(listingAs(asUser, deps, calendar.calendarId), calendar, {
    chainId: hint.chainId,
    startedAt: now,
    ...(hint.reason === 'notification' && { notifiedAt: job.sentAt }),
    remainingMs: job.remainingMs,
  });
  const covers = summary.coveredBefore === now; // A listing that an earlier run began says nothing of what came since [R6].
  if (!covers) await deps.queue.send(continuationHint(calendar.key, hint.chainId, now));
  return { kind: 'synced', channel, pull: summary };
};

const channelsAs = (asUser: CallGoogle, deps: SyncDeps): ChannelDeps => ({
  ...deps,
  watch: (request) => asUser((caller) => deps.google.watch(caller, { ...request, address: deps.webhookAddress })),
  stop: (channel) => asUser((caller) => deps.google.stop(caller, channel)),
});

const listingAs = (asUser: CallGoogle, deps: SyncDeps, calendarId: CalendarId): PullDeps => ({
  ...deps,
  listEvents: (request) => asUser((caller) => deps.google.listEvents(caller, request)),
  getEvent: (eventId) => asUser((caller) => deps.google.getEvent(caller, { calendarId, eventId })),
  listOccurrences: (seriesId, window) =>
    asUser((caller) => deps.google.listOccurrences(caller, { calendarId, seriesId, window })),
});
