/** A push subscription on one calendar. It is never extended, only replaced by one with a new id. */
import type { CalendarId, CalendarKey, ChannelId, UserId } from './ids.ts';
import type { Instant } from './instant.ts';

/** `superseded`: yet to be stopped. `expired`: it ended by itself. */
export type ChannelState = 'creating' | 'active' | 'superseded' | 'stopped' | 'expired';

export type Channel = {
  id: ChannelId;
  userId: UserId;
  calendarKey: CalendarKey;
  calendarId: CalendarId;
  state: ChannelState;
  createdAt: Instant;
  expiresAt: Instant;
  /** Google's name for what is watched; known once `watch` has answered. Stopping needs it. */
  resourceId?: string;
};

/** The calendar's place for its one current channel. Earlier versions did not store what is optional here. */
export type ChannelSlot = Pick<Channel, 'id' | 'expiresAt' | 'resourceId'> & {
  state: 'creating' | 'active';
  createdAt?: Instant;
  /** When it is due to be replaced; while it is being created, when its maker is taken to have failed. */
  renewAt: Instant;
  /** While it is being created: the tries so far, this one included. Each counts as failed until it has succeeded. */
  failures?: number;
  /** Why the last try failed, in one word. */
  reason?: string;
  /** How many tries failed, halved with each channel since: the more there were, the earlier the next renewal begins. */
  failuresSeen?: number;
  /** Since when there has been an active channel at every moment. */
  watchedSince?: Instant;
  /** While it is being created: until when the one before it fires, if there is one. */
  watchedUntil?: Instant;
  /** Channels before this one may still fire and are yet to be stopped. */
  unsettled?: true;
  /** When stopping them may be tried again. */
  settleAt?: Instant;
};
