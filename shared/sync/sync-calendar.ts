/** The one job: bring this calendar to where it should be. Every trigger ends here, and it trusts none of them. */

import { changeFuture } from '../bookings/change-future.ts';
import { type ChannelDeps, type ChannelOutcome, reconcileChannel } from '../channels/reconcile-channel.ts';
import { stopStray } from '../channels/stop-stray.ts';
import { freed } from '../connections/freed.ts';
import { type AccessDeps, type CallGoogle, googleAccess } from '../connections/google-access.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Connection } from '../domain/connection.ts';
import { RetryLater } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import { hour, type Instant, plusMs } from '../domain/instant.ts';
import { defaultSettings, unsharedIn } from '../domain/settings.ts';
import type { EventWriter, GoogleCalendar } from '../google/calendar-api.ts';
import { GoogleError } from '../google/google-error.ts';
import { type PullDeps, type PullSummary, pageReserveMs, pull } from '../pull/pull.ts';
import { eventsOf } from '../push/events-of.ts';
import { type PushDeps, type PushSummary, pushOf, pushPending } from '../push/push.ts';
import { continuationHint, type Hint, listingHint, pendingHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import type { CalendarRegistry } from '../store/calendars.ts';
import { type Admission, admit, areWritesPaused } from './admit.ts';
import { type Met, meetTrouble } from './meet-trouble.ts';
import type { CalendarStore } from './ports.ts';
import { windowAt } from './window.ts';

export type SyncDeps = AccessDeps &
  Omit<ChannelDeps, 'watch' | 'stop'> &
  Omit<PullDeps, 'listEvents' | 'getEvent' | 'listOccurrences' | 'listCalendars'> &
  Omit<PushDeps, 'events'> & {
    calendars: CalendarStore & Pick<CalendarRegistry, 'listOf'>;
    google: GoogleCalendar & EventWriter;
    /** What the events of this user's bookings bear (derived-ids.ts). */
    ownerMarkOf(userId: UserId): string;
    queue: SyncQueue;
    webhookAddress: string;
  };

/** A hint as SQS delivers it, and the time there is for it. */
export type ReceivedHint = { hint: Hint; sentAt: Instant; now: Instant; remainingMs(): number };

export type SyncOutcome =
  | Extract<Admission, { kind: 'acknowledged' | 'deferred' }>
  | { kind: 'synced'; channel: ChannelOutcome; pull: PullSummary }
  | { kind: 'pushed'; push: PushSummary }
  | { kind: 'closed'; channel: ChannelOutcome }
  | Met;

/** Throws only where there is no state yet to note a failure on, or someone newer is at work. */
export const syncCalendar = async (deps: SyncDeps, received: ReceivedHint): Promise<SyncOutcome> => {
  if (received.remainingMs() < pageReserveMs) return { kind: 'deferred', forMs: 0 }; // The next invocation has time.
  const calendar = await deps.calendars.load(received.hint.calendarKey);
  if (calendar === undefined) throw new RetryLater('The calendar is not written yet');
  const admission = admit(calendar, received);
  if (admission.kind === 'acknowledged' || admission.kind === 'deferred') return admission;

  const connection = await deps.connections.load(calendar.userId);
  if (connection === undefined) throw new RetryLater('The connection is not written yet');
  if (connection.state === 'needs_reauth') return { kind: 'acknowledged', because: 'needs_reauth' };

  const asUser = googleAccess(deps, connection, received.now);
  const job = { ...received, calendar, connection, asUser };
  try {
    return await work[admission.kind](deps, job);
  } catch (error) {
    return await meetTrouble({ ...deps, channels: channelsAs(asUser, deps) }, job, error);
  }
};

type Job = ReceivedHint & { calendar: Calendar; connection: Connection; asUser: CallGoogle };

/** What a hint that is admitted asks for. */
const work = {
  sync: (deps: SyncDeps, job: Job) => bringUpToDate(deps, job),
  push: (deps: SyncDeps, job: Job) => tellGoogle(deps, job),
  close: (deps: SyncDeps, job: Job) => cleanUp(deps, job),
  stray: (deps: SyncDeps, job: Job) => quieten(deps, job),
} satisfies Record<string, (deps: SyncDeps, job: Job) => Promise<SyncOutcome>>;

/** In the calendar's own queue group: a pull that was under way when it was switched off can bring in nothing afterwards. */
const cleanUp = async (deps: SyncDeps, { hint, asUser, calendar, now }: Job): Promise<SyncOutcome> => {
  const stamp = { now, chainId: hint.chainId };
  const { more } = await changeFuture(deps, calendar.userId, (before) => freed(before, calendar, stamp), stamp);
  if (more) await deps.queue.send(continuationHint(calendar.key, hint.chainId, now));
  return { kind: 'closed', channel: await reconcileChannel(channelsAs(asUser, deps), calendar, now) };
};

const quieten = async (deps: SyncDeps, { hint, asUser, calendar }: Job): Promise<SyncOutcome> => {
  if (hint.channel !== undefined) await stopStray(channelsAs(asUser, deps), calendar, hint.channel);
  return { kind: 'acknowledged', because: 'covered' };
};

const bringUpToDate = async (deps: SyncDeps, job: Job): Promise<SyncOutcome> => {
  const { hint, calendar, now, asUser } = job;

  // The channel first: what changes while we list is then notified.
  const channelDeps = channelsAs(asUser, deps);
  const channel = await reconcileChannel(channelDeps, calendar, now);
  if (hint.channel !== undefined) await stopStray(channelDeps, calendar, hint.channel);

  const summary = await pull(listingAs(asUser, deps, calendar), calendar, {
    chainId: hint.chainId,
    startedAt: now,
    ...(hint.reason === 'notification' && { notifiedAt: job.sentAt }),
    ...ownershipOf(deps, job),
    remainingMs: job.remainingMs,
  });
  const covers = summary.coveredBefore === now; // A listing that an earlier run began says nothing of what came since [R6].
  if (!covers) await deps.queue.send(continuationHint(calendar.key, hint.chainId, now));
  if (await isPushLeft(deps, job)) await deps.queue.send(pendingHint(calendar.key, hint.chainId, now));
  return { kind: 'synced', channel, pull: summary };
};

/** What is pending has sent a hint of its own. Whether one came to nothing is looked up now and then, not at each change. */
const isPushLeft = async ({ appointments }: SyncDeps, { hint, calendar, now }: Job): Promise<boolean> => {
  if (hint.reason === 'notification' || areWritesPaused(calendar, now)) return false;
  return (await appointments.listPending(calendar.key, now, 1)).length > 0;
};

/** Appointments have changed here: says so, without listing anything. */
const tellGoogle = async (deps: SyncDeps, job: Job): Promise<SyncOutcome> => {
  const { hint, calendar, now, asUser } = job;
  const context = { timeZone: calendar.timeZone, window: windowAt(now), now, ...ownershipOf(deps, job) };
  const stamp = { now, chainId: hint.chainId, unshared: unsharedIn(context.settings) };
  const place = { calendar, context, stamp };
  const pushDeps = { ...deps, events: eventsOf(asUser, deps.google) };
  try {
    const push = await (hint.appointment === undefined
      ? pushPending(pushDeps, place, () => job.remainingMs() >= pageReserveMs)
      : pushOf(pushDeps, place, hint.appointment.id));
    if (push.more) await deps.queue.send(pendingHint(calendar.key, hint.chainId, now));
    for (const key of push.left) await deps.queue.send(listingHint(key, hint.chainId, now));
    return { kind: 'pushed', push };
  } catch (error) {
    if (!(error instanceof GoogleError && error.outcome === 'paused')) throw error;
    await deps.calendars.pauseWrites(calendar, plusMs(now, writesPauseMs * (0.75 + deps.random() / 2)));
    return { kind: 'acknowledged', because: 'writes-paused' };
  }
};

/** Google may refuse all writes to a calendar for hours, while it can be read: that is no trouble of the sync's [F41]. */
const writesPauseMs = 6 * hour;

const ownershipOf = (deps: SyncDeps, { calendar, connection }: Pick<Job, 'calendar' | 'connection'>) => ({
  settings: connection.settings ?? defaultSettings,
  ownerMark: deps.ownerMarkOf(calendar.userId),
});

const channelsAs = (asUser: CallGoogle, deps: SyncDeps): ChannelDeps => ({
  ...deps,
  watch: (request) => asUser((caller) => deps.google.watch(caller, { ...request, address: deps.webhookAddress })),
  stop: (channel) => asUser((caller) => deps.google.stop(caller, channel)),
});

const listingAs = (asUser: CallGoogle, deps: SyncDeps, { calendarId, userId }: Calendar): PullDeps => ({
  ...deps,
  listCalendars: () => deps.calendars.listOf(userId),
  listEvents: (request) => asUser((caller) => deps.google.listEvents(caller, request)),
  getEvent: (eventId, from) => asUser((caller) => deps.google.getEvent(caller, { calendarId: from, eventId })),
  listOccurrences: (seriesId, window) =>
    asUser((caller) => deps.google.listOccurrences(caller, { calendarId, seriesId, window })),
});
