/** The one job: bring this calendar to where it should be. Every trigger ends here, and it trusts none of them. */

import { retellIfOutdated } from '../bookings/retell.ts';
import { type ChannelOutcome, reconcileChannel } from '../channels/reconcile-channel.ts';
import { stopStray } from '../channels/stop-stray.ts';
import { type ChannelsAsDeps, channelsAs } from '../connections/channels-as.ts';
import { type AccessDeps, type CallGoogle, googleAccess } from '../connections/google-access.ts';
import { leaveBehind } from '../connections/leave-behind.ts';
import type { Calendar, Drift } from '../domain/calendar.ts';
import type { GrantedConnection } from '../domain/connection.ts';
import { RetryLater } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import { hour, type Instant, plusMs } from '../domain/instant.ts';
import { defaultSettings, type Settings, unsharedIn } from '../domain/settings.ts';
import { compareCalendar } from '../drift/compare-calendar.ts';
import type { EventWriter, GoogleCalendar } from '../google/calendar-api.ts';
import { GoogleError } from '../google/google-error.ts';
import type { CalendarStore, ConnectionStore } from '../ports.ts';
import { type PullDeps, type PullSummary, pageReserveMs, pull } from '../pull/pull.ts';
import { eventsOf } from '../push/events-of.ts';
import { type PushDeps, type PushSummary, pushOf, pushPending } from '../push/push.ts';
import { continuationHint, type Hint, listingHint, pendingHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import { windowAt } from '../schedule/window.ts';
import type { CalendarGenerations, CalendarRegistry } from '../store/calendars.ts';
import { type Admission, admit, areWritesPaused } from './admit.ts';
import { type Met, meetTrouble } from './meet-trouble.ts';
import { withoutGoogle } from './without-google.ts';

export type SyncDeps = AccessDeps &
  ChannelsAsDeps &
  Omit<PullDeps, 'listEvents' | 'getEvent' | 'listOccurrences' | 'listCalendars'> &
  Omit<PushDeps, 'events'> & {
    calendars: CalendarStore & Pick<CalendarRegistry, 'listOf' | 'register'> & CalendarGenerations;
    connections: ConnectionStore;
    google: GoogleCalendar & EventWriter;
    /** What the events of this user's bookings bear (derived-ids.ts). */
    ownerMarkOf(userId: UserId): string;
    queue: SyncQueue;
  };

/** A hint as SQS delivers it, and the time there is for it. */
export type ReceivedHint = { hint: Hint; sentAt: Instant; now: Instant; remainingMs(): number };

export type SyncOutcome =
  | Extract<Admission, { kind: 'acknowledged' | 'deferred' }>
  | { kind: 'synced'; channel: ChannelOutcome; pull: PullSummary }
  | { kind: 'pushed'; push: PushSummary }
  | { kind: 'compared'; drift: Drift; persists: boolean }
  | { kind: 'closed'; channel: ChannelOutcome }
  | { kind: 'acknowledged'; because: 'disconnected' }
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
  const isCurrent = calendar.connectGeneration === connection.connectGeneration;
  if (connection.state !== 'connected' || !isCurrent) {
    return withoutGoogle(deps, { ...received, calendar, connection, isToClose: admission.kind === 'close' });
  }

  const asUser = googleAccess(deps, connection, received.now);
  const job = { ...received, calendar, connection, asUser };
  try {
    const outcome = await work[admission.kind](deps, job);
    const stamp = { now: received.now, chainId: received.hint.chainId };
    if (goesBySettings(outcome)) await retellIfOutdated(deps, calendar.userId, settingsOf(job).shared, stamp);
    return outcome;
  } catch (error) {
    return await meetTrouble({ ...deps, channels: channelsAs(asUser, deps) }, job, error);
  }
};

/** Of an event that is new to us, or gone, nothing is shared. */
const decidedBySettings = ['update', 'restore', 'merge', 'push', 'note', 'conflict'] as const;

/** Google has been told something, or needs to be told nothing; or what it said of a booking was understood. */
const goesBySettings = (outcome: SyncOutcome): boolean =>
  outcome.kind === 'pushed' ||
  (outcome.kind === 'synced' && decidedBySettings.some((kind) => outcome.pull.tally[kind] !== undefined));

type Job = ReceivedHint & { calendar: Calendar; connection: GrantedConnection; asUser: CallGoogle };

/** What a hint that is admitted asks for. */
const work = {
  sync: (deps: SyncDeps, job: Job) => bringUpToDate(deps, job),
  push: (deps: SyncDeps, job: Job) => tellGoogle(deps, job),
  compare: (deps: SyncDeps, job: Job) => compareBothSides(deps, job),
  close: (deps: SyncDeps, job: Job) => cleanUp(deps, job),
  stray: (deps: SyncDeps, job: Job) => quieten(deps, job),
} satisfies Record<string, (deps: SyncDeps, job: Job) => Promise<SyncOutcome>>;

const cleanUp = async (deps: SyncDeps, { hint, asUser, calendar, now }: Job): Promise<SyncOutcome> => {
  await leaveBehind(deps, calendar, { now, chainId: hint.chainId });
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
  const covers = summary.coveredBefore !== undefined && summary.coveredBefore >= now; // One that an earlier run began says nothing of what came since [R6].
  if (!covers) await deps.queue.send(continuationHint(calendar.key, hint.chainId, now));
  if (await isPushLeft(deps, job)) await deps.queue.send(pendingHint(calendar.key, hint.chainId, now));
  return { kind: 'synced', channel, pull: summary };
};

const compareBothSides = async (deps: SyncDeps, job: Job): Promise<SyncOutcome> => {
  const { hint, calendar, now, asUser, remainingMs } = job;
  const run = { now, chainId: hint.chainId, remainingMs, ...ownershipOf(deps, job) };
  return { kind: 'compared', ...(await compareCalendar(listingAs(asUser, deps, calendar), calendar, run)) };
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
  const place = { calendar, context, stamp, askedAt: job.sentAt, remainingMs: job.remainingMs };
  const pushDeps = { ...deps, events: eventsOf(asUser, deps.google) };
  try {
    const push = await (hint.appointment === undefined
      ? pushPending(pushDeps, place)
      : pushOf(pushDeps, place, hint.appointment.id));
    if (push.more) await deps.queue.send(pendingHint(calendar.key, hint.chainId, now, hint.appointment));
    for (const key of push.left) await deps.queue.send(listingHint(key, hint.chainId, now));
    return { kind: 'pushed', push };
  } catch (error) {
    if (!(error instanceof GoogleError && error.outcome === 'paused')) throw error;
    await deps.calendars.pauseWrites(calendar, plusMs(now, writesPauseMs * (0.75 + deps.random() / 2)));
    return { kind: 'acknowledged', because: 'writes_paused' };
  }
};

/** Google may refuse all writes to a calendar for hours, while it can be read: that is no trouble of the sync's [F41]. */
const writesPauseMs = 6 * hour;

const settingsOf = ({ connection }: Pick<Job, 'connection'>): Settings => connection.settings ?? defaultSettings;

const ownershipOf = (deps: SyncDeps, { calendar, connection }: Pick<Job, 'calendar' | 'connection'>) => ({
  settings: settingsOf({ connection }),
  ownerMark: deps.ownerMarkOf(calendar.userId),
});

const listingAs = (
  asUser: CallGoogle,
  deps: SyncDeps,
  { calendarId, userId }: Calendar,
): PullDeps & Pick<SyncDeps, 'queue'> => ({
  ...deps,
  listCalendars: () => deps.calendars.listOf(userId),
  listEvents: (request) => asUser((caller) => deps.google.listEvents(caller, request)),
  getEvent: (eventId, from) => asUser((caller) => deps.google.getEvent(caller, { calendarId: from, eventId })),
  listOccurrences: (seriesId, window) =>
    asUser((caller) => deps.google.listOccurrences(caller, { calendarId, seriesId, window })),
});
