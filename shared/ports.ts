/** What the sync needs of the world. The adapters are in store/, google/ and queue/; tests bring their own. */
import type { Appointment } from './domain/appointment.ts';
import type { Calendar, Checkpoint, Drift, Trouble } from './domain/calendar.ts';
import type { Channel, ChannelSlot } from './domain/channel.ts';
import type { Conflict } from './domain/conflict.ts';
import type { Connection, GrantEnd, SealedGrant } from './domain/connection.ts';
import type { AppointmentId, CalendarKey, ConflictId, EventId, UserId } from './domain/ids.ts';
import type { Instant } from './domain/instant.ts';
import type { Fingerprint } from './domain/seen.ts';

export type AppointmentStore = {
  /** Read consistently; absent ones are left out. */
  loadMany(userId: UserId, ids: AppointmentId[]): Promise<Appointment[]>;
  /**
   * Writes all or nothing. `conflict`: something is not as it was read, be it the appointment (its stored revision is not
   * the one before this; for revision 1: there is one), the review item or a day.
   */
  save(next: Appointment, beside?: WrittenBeside): Promise<'saved' | 'conflict'>;
};

export type WrittenBeside = {
  /** The booking as it was read, which tells the days that it leaves. */
  before?: Appointment | undefined;
  /** A review item that opens, changes or closes with it. */
  conflict?: Conflict | undefined;
  /** The barber's days as they were read: nobody may have booked on them since. */
  days?: Day[] | undefined;
};

/** The bookings of one barber that touch a civil day (UTC): what keeps two requests from booking the same time. */
export type Day = {
  userId: UserId;
  /** YYYY-MM-DD */
  date: string;
  /** Moves with every booking that comes, goes or moves; 0: the day has never had one. */
  version: number;
  bookings: Record<AppointmentId, { startsAt: Instant; endsAt: Instant }>;
};

export type DayReader = {
  /** Every day that the span touches, read consistently. */
  loadDays(userId: UserId, startsAt: Instant, endsAt: Instant): Promise<Day[]>;
};

/** Appointments that Google must still hear of; eventually consistent. */
export type PendingReader = {
  /** Those whose turn has come, the longest waiting first. */
  listPending(key: CalendarKey, now: Instant, limit: number): Promise<{ userId: UserId; id: AppointmentId }[]>;
};

/** The review queue. */
export type ConflictStore = {
  load(userId: UserId, id: ConflictId): Promise<Conflict | undefined>;
  /** `conflict`: the stored revision is not the one before this (for revision 1: there is one). */
  save(conflict: Conflict): Promise<'saved' | 'conflict'>;
  /** The newest first; `after` is the position that an earlier page gave. */
  list(request: ConflictsRequest): Promise<{ items: Conflict[]; after?: string }>;
};

export type ConflictsRequest = { userId: UserId; status?: Conflict['status']; limit: number; after?: string };

/** What a complete listing leaves behind. */
export type ListingCommit = {
  cursor: string;
  queryVersion: number;
  coveredBefore: Instant;
  nextGenerationAt?: Instant;
  lastSyncAt: Instant;
  lastNotificationAt?: Instant;
  lastAnsweredAt?: Instant;
  lastNotifiedRun?: NonNullable<Calendar['lastNotifiedRun']>;
};

/** Every write throws Superseded when the calendar has moved on since `read` was read. */
export type CalendarStore = {
  load(key: CalendarKey): Promise<Calendar | undefined>;
  /** Ends any trouble. As for a checkpoint, the listing must be where `read` has it. */
  commitListing(read: Calendar, commit: ListingCommit): Promise<void>;
  saveCheckpoint(read: Calendar, checkpoint: Checkpoint): Promise<void>;
  noteTrouble(read: Calendar, trouble: Trouble): Promise<void>;
  /** Where both sides differ, everything is listed anew at the next sync. */
  noteDrift(read: Calendar, drift: Drift): Promise<void>;
  /** Google takes no more writes for a while: nothing is pushed before `until`, when the sweep looks again [F41]. */
  pauseWrites(read: Calendar, until: Instant): Promise<void>;
  /** It is no longer synced, watched or swept. */
  switchOff(read: Calendar, because: NonNullable<Calendar['disabledBecause']>): Promise<void>;
};

/** Whatever a user has ever had, by id and page by page; read consistently. `after`: the last id of an earlier page. */
export type AppointmentLister = {
  listOf(
    userId: UserId,
    page: { limit: number; after?: AppointmentId },
  ): Promise<{ items: Appointment[]; after?: AppointmentId }>;
};

/** Appointments by start; eventually consistent. */
export type AgendaReader = { list(request: AgendaRequest): Promise<AgendaPage> };

/** `from` and `to` bound a span that is open at both ends; `after` is the position that an earlier page gave. */
export type AgendaRequest = {
  userId: UserId;
  from: Instant;
  to: Instant;
  limit: number;
  includeCancelled: boolean;
  after?: string;
};
export type AgendaPage = { items: Appointment[]; after?: string };

/** The ids that a generation has seen, kept for the comparison after its last page. */
export type SeenStore = {
  add(key: CalendarKey, page: { startedAt: Instant; page: number }, fingerprints: Fingerprint[]): Promise<void>;
  load(key: CalendarKey, generation: { startedAt: Instant }): Promise<ReadonlySet<Fingerprint>>;
};

/** Events of a calendar that cannot be read, so that none is lost when the cursor goes on [R5]. */
export type Quarantine = {
  list(key: CalendarKey): Promise<ReadonlySet<EventId>>;
  park(key: CalendarKey, eventId: EventId, reason: string, now: Instant): Promise<void>;
  release(key: CalendarKey, eventId: EventId): Promise<void>;
};

/** Writes of the calendar's channel slot throw Superseded when the slot is not as in `read`. */
export type ChannelStore = {
  /**
   * Saves the channel and takes the slot for it, in one transaction, before Google hears of it; due when the slot says.
   * Throws Superseded as well when the calendar has been switched off: nobody would look after the channel.
   */
  begin(read: Calendar, channel: Channel, slot: ChannelSlot): Promise<void>;
  /** The sweep looks at the calendar again at `dueAt`. */
  activate(read: Calendar, channel: Channel, slot: ChannelSlot, dueAt: Instant): Promise<void>;
  /** The channel could not be created: notes why, and when the sweep shall try again. */
  postpone(read: Calendar, slot: ChannelSlot): Promise<void>;
  /** Notes that every channel before this one has been stopped. */
  settle(read: Calendar): Promise<void>;
  /** Some could not be stopped: that is not tried again before `settleAt`. The sweep looks at the calendar at `dueAt`. */
  deferSettling(read: Calendar, settleAt: Instant, dueAt: Instant): Promise<void>;
  /** Empties the slot. */
  vacate(read: Calendar): Promise<void>;
  /** Empties the slot, and remembers since when it is known that this calendar cannot be watched. */
  giveUp(read: Calendar, since: Instant): Promise<void>;
  /** A person wants a new channel: the one in the slot, or a calendar that could not be watched, is due at once. */
  renewNow(read: Calendar, now: Instant): Promise<void>;
  /** Read consistently. */
  listOf(userId: UserId, key: CalendarKey): Promise<Channel[]>;
  /** Notes a state, and what else is known of the channel by now; nothing when its record is gone. */
  note(channel: Channel): Promise<void>;
};

export type ConnectionStore = {
  load(userId: UserId): Promise<Connection | undefined>;
  /** Throws Superseded when the user has connected afresh meanwhile. */
  saveTokens(
    read: Connection,
    tokens: Partial<Pick<SealedGrant, 'accessToken' | 'accessTokenExpiresAt' | 'refreshToken'>>,
  ): Promise<void>;
  markNeedsReauth(read: Connection, ended: { at: Instant; because: GrantEnd }): Promise<void>;
};
