/** One calendar of a connection: what it is, whether it is synced, and how far the sync has come. */
import type { ChannelSlot } from './channel.ts';
import type { CalendarId, CalendarKey, UserId } from './ids.ts';
import type { Instant } from './instant.ts';

/** The span of time that is mirrored: events that overlap `[from, to)`. */
export type SyncWindow = { from: Instant; to: Instant };

/** Where a listing of several pages has come to, so that the next run goes on instead of starting again. */
export type Checkpoint = {
  startedAt: Instant;
  window: SyncWindow;
  pageToken: string;
  /** Absent in a generation, which lists everything. */
  cursor?: string;
};

export type Calendar = {
  key: CalendarKey;
  userId: UserId;
  calendarId: CalendarId;
  summary: string;
  timeZone: string;
  /** Bookings are written to one calendar; the others only take time. */
  role: 'bookings' | 'blocks';
  enabled: boolean;
  /** Whether a channel is wanted. Without one the calendar is polled. */
  realTimeSync: boolean;
  /** False once Google has said that this calendar sends no notifications. */
  watchable: boolean;
  connectGeneration: number;
  channel?: ChannelSlot;
  /** Google's sync token of the last complete listing. */
  cursor?: string;
  checkpoint?: Checkpoint;
  /** The start of the last complete sync: a hint that is older has been seen to. */
  coveredBefore?: Instant;
  lastSyncAt?: Instant;
  lastNotificationAt?: Instant;
};
