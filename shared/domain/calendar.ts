/** One calendar of a connection: what it is, whether it is synced, and how far the sync has come. */
import type { ChannelSlot } from './channel.ts';
import type { AppointmentId, CalendarId, CalendarKey, ChainId, UserId } from './ids.ts';
import type { Instant } from './instant.ts';

/** The span of time that is mirrored: events that overlap `[from, to)`. */
export type SyncWindow = { from: Instant; to: Instant };

/** Where a listing of several pages has come to, so that the next run goes on instead of starting again. */
export type Checkpoint = {
  startedAt: Instant;
  window: SyncWindow;
  /** Absent in a generation, which lists everything. */
  cursor?: string;
  /** How many pages have been stored. */
  page: number;
  /** The notification that a run of it has answered, and what has come of that so far. */
  notified?: { at: Instant } & NotifiedRunState;
  /** How many future bookings it has cancelled or moved so far [R9]. */
  harmed?: number;
  step: ListingStep;
};

/** `compare`: everything has been listed; what we have and it has not has been looked at up to `compared`. */
export type ListingStep =
  | { kind: 'list'; pageToken?: string }
  | { kind: 'compare'; cursor: string; timeZone: string; compared?: AppointmentId }
  | { kind: 'done'; cursor: string };

/** What keeps a calendar from being synced: since when, how often in a row, and in one word why. */
export type Trouble = {
  since: Instant;
  failures: number;
  /** Google's reason, or the name of an error; never text. */
  reason: string;
  /** Repeating will not help soon: notifications are passed over, and the sweep tries again. */
  leftToSweep?: true;
};

/** How far both sides were apart when they were last compared, without a write to either. */
export type Drift = {
  at: Instant;
  /** Of so many appointments and events … */
  compared: number;
  /** … so many said something else on the other side, and nothing that is known explained it. */
  differing: number;
  /** Time ran out: what was not come to is not in the numbers. */
  partial?: true;
  /** When the sweep has them compared again. */
  nextAt: Instant;
};

/** Its chain, and how many events ended in which decision. */
export type NotifiedRunState = { chainId: ChainId; changes: Record<string, number> };

export type Calendar = {
  key: CalendarKey;
  userId: UserId;
  calendarId: CalendarId;
  summary: string;
  timeZone: string;
  /** Bookings are written to one calendar; the others only take time. */
  role: 'bookings' | 'blocks';
  enabled: boolean;
  /** Google lets the account only read it, or write without seeing all of it: it cannot take the bookings. */
  writable?: false;
  /** Why it is not synced, when that was not anyone's choice. `account_replaced`: it is of an account that is no longer connected. */
  disabledBecause?: 'calendar_gone' | 'account_replaced';
  /** Whether a channel is wanted. Without one the calendar is polled. */
  realTimeSync: boolean;
  /** False once Google has said that this calendar sends no notifications. */
  watchable: boolean;
  /** When Google last said so. It is asked again when the user connects again, or asks for it. */
  unwatchableSince?: Instant;
  connectGeneration: number;
  channel?: ChannelSlot;
  /** Google's sync token of the last complete listing, and the version of the query that it belongs to. */
  cursor?: string;
  queryVersion?: number;
  /** When everything is to be listed anew, because the window has moved on. */
  nextGenerationAt?: Instant;
  checkpoint?: Checkpoint;
  /** The start of the last complete sync: a hint that is older has been seen to. */
  coveredBefore?: Instant;
  lastSyncAt?: Instant;
  /** Google takes no writes to this calendar until then [F41]; reading goes on. */
  writesPausedUntil?: Instant;
  /** Absent while all is well: the next complete sync clears it. */
  trouble?: Trouble;
  drift?: Drift;
  /** How its last attempts to sync ended, in one letter each, the newest last (domain/recent-syncs.ts). */
  recentSyncs?: string;
  lastNotificationAt?: Instant;
  /** When the run began that finished the answer to it. */
  lastAnsweredAt?: Instant;
  /** What the last notification led to. */
  lastNotifiedRun?: NotifiedRunState;
};
