/** An appointment: a booking, or a block of time that a foreign calendar event takes. */
import type { AppointmentId, CalendarId, CalendarKey, ChainId, ConflictId, EventId, UserId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { ConflictPolicy } from './settings.ts';

/**
 * When it takes place. Timed: `start` and `end` are RFC 3339 with the offset of `timeZone`.
 * All day: they are civil dates and `end` is exclusive; `timeZone` says whose days they are.
 */
export type Times = { allDay: boolean; start: string; end: string; timeZone: string };

/** The fields that an appointment and its event share. Nothing else is compared: guests, colours and the rest are Google's own. */
export type OwnedFields = Times & { title: string; location?: string; notes?: string };

/** Google itself keeps no more: characters of a title or location, and of notes. */
export const longestTitle = 1_024;
export const longestNotes = 8_192;

/** One side's appointment as it stands, or that there is none (any more). */
export type SideState = OwnedFields | 'gone';

/** What is compared, merged and disputed as one. */
export type FieldGroup = 'title' | 'location' | 'notes' | 'times';

/** What a booking says beyond its event. Which of it Google is told depends on the connection's settings. */
export type BookingDetails = {
  service?: string;
  clientName?: string;
  clientContact?: string;
  /** In the currency's smallest unit; `currency` by ISO 4217. */
  price?: { amount: number; currency: string };
};

/** The event that an appointment stands for, or will: it is planned, and stored, before it is inserted. */
export type EventLink = {
  calendarKey: CalendarKey;
  calendarId: CalendarId;
  connectGeneration: number;
  eventId: EventId;
  recurringEventId?: EventId;
  /** How many events this booking has had: a deleted event's id is never free again. Foreign events have none. */
  idGeneration?: number;
  /** The event of a block is private. */
  confidential?: true;
  /** The event of a block bears an owner's mark: another one's, as a rule (two barbers share a calendar). */
  marked?: true;
  /** The lines that we added to its description when we last wrote it (booking-text.ts). */
  footer?: string;
  /** Parts that the settings kept from Google when we last wrote it. */
  untold?: ('location' | 'notes')[];
  /** What the version that we last saw is being changed to, until the answer is known: it may have come true unseen. */
  sent?: Sent;
  /** The version that we last saw is being deleted by us, likewise. */
  deleting?: true;
  /** The version that we last saw: Google's etag, opaque, and when Google last saw it change. Absent: never seen yet. */
  observed?: { etag: string; updated: Instant };
};

/** `earlier`: what it was being changed to before that, the latest first, and still is for all we know. */
export type Sent = { fields: OwnedFields; footer: string; earlier?: Omit<Sent, 'earlier'>[] };

export type FormerLink = Pick<EventLink, 'calendarKey' | 'calendarId' | 'eventId' | 'idGeneration'>;

/** Google must still hear of it. Not before `notBefore`: earlier attempts have failed, for `reason`. */
export type Pending = {
  state: 'pending';
  /** The calendar that it goes to; when that is not the link's, the event moves. */
  target: { calendarKey: CalendarKey; calendarId: CalendarId };
  since: Instant;
  notBefore: Instant;
  attempts: number;
  reason?: string;
  /** A person has said which side wins, whatever Google has and by what policy. */
  prefer?: 'google' | 'bookedbarber';
};

/**
 * How the appointment and its event stand to each other.
 * - `local`: no event is wanted.
 * - `conflict`: a person decides; `theirs` is Google's side, as in the review item. `told`: what Google has instead, which is not its
 *   own word but that of a decision that was taken back (decision/dispute.ts).
 * - `held`: one of many changes at once that a person must release first [R9].
 * - `quarantined`: the event, or Google's answer to our change, cannot be dealt with.
 */
export type SyncState =
  | { state: 'local' }
  | { state: 'synced' }
  | Pending
  | { state: 'conflict'; conflictId: ConflictId; theirs: SideState; told?: SideState }
  | { state: 'held'; conflictId: ConflictId }
  | { state: 'quarantined'; reason: string };

/** How a difference between both sides was settled, and what Google had. Our side is in the record's image before. */
export type Settlement = {
  policy: ConflictPolicy | 'person';
  theirs: SideState;
  /** Which side's value each disputed part has now. */
  chosen: Partial<Record<FieldGroup | 'status', 'google' | 'bookedbarber' | 'merged'>>;
};

/** What a write was for; the API calls it the `action`. The log keeps them for long: none may be renamed. */
export const writeReasons = [
  // What became of a change in Google, or of one on both sides: the kinds of decision that write (decision/decision.ts).
  'create',
  'update',
  'restore',
  'note',
  'push',
  'merge',
  'cancel',
  'recreate',
  'conflict',
  'hold',
  'park-appointment',
  'agree',
  'move',
  // What else a person has asked for; they create, update and cancel too.
  'resolve',
  'undo',
  'release',
  'discard',
  'change_settings',
  'change_calendar',
  'change_account',
  'calendar_disabled',
] as const;
export type WriteReason = (typeof writeReasons)[number];

/** Who wrote this version of the item, and why. The audit log is projected from it. */
export type Provenance = {
  actor: 'google' | 'user';
  reason: WriteReason;
  chainId: ChainId;
  settled?: Settlement;
};

export type Appointment = {
  id: AppointmentId;
  userId: UserId;
  kind: 'booking' | 'block';
  status: 'confirmed' | 'cancelled';
  fields: OwnedFields;
  startsAt: Instant;
  endsAt: Instant;
  details?: BookingDetails;
  /** Moves when something changes that a reader can see. */
  version: number;
  /** Moves with every write; every write is conditional on it. */
  revision: number;
  updatedAt: Instant;
  sync: SyncState;
  /** What both sides last agreed on, while that may differ from `fields`; see base.ts. */
  base?: OwnedFields;
  /** When a person last changed each part here, since both sides last agreed; `status`: has cancelled it. */
  edits?: Partial<Record<FieldGroup | 'status', Instant>>;
  link?: EventLink;
  /** Its events in accounts that have been connected before: should one of those come back, they are met again [R3]. */
  former?: FormerLink[];
  /** Of the request that made it: the same key with another request is refused. */
  requestFingerprint?: string;
  provenance: Provenance;
};
