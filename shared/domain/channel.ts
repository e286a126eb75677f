/** A push subscription on one calendar. It is never extended, only replaced by one with a new id. */
import type { CalendarId, CalendarKey, ChannelId, UserId } from './ids.ts';
import type { Instant } from './instant.ts';

export type ChannelState = 'creating' | 'active' | 'superseded' | 'stopped';

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

/** The calendar's place for its one current channel. */
export type ChannelSlot = Pick<Channel, 'id' | 'expiresAt' | 'resourceId'> & {
  state: 'creating' | 'active';
  /** When it is due to be replaced; while it is being created, when to try again. */
  renewAt: Instant;
  /** How often in a row it could not be created. */
  failures?: number;
  /** Channels before this one may still fire and are yet to be stopped. */
  unsettled?: true;
};
