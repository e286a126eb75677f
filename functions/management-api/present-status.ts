/** How the sync of a user stands, calendar by calendar. */
import type * as z from 'zod';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { Connection } from '../../shared/domain/connection.ts';
import type { CalendarKey } from '../../shared/domain/ids.ts';
import type { calendar as chosen } from './schemas/calendars.ts';
import type { statusReply } from './schemas/sync.ts';

export type Status = z.infer<typeof statusReply>;

/** `quarantined`: how many events of each calendar are set aside because they cannot be read. */
export type Quarantined = ReadonlyMap<CalendarKey, number>;

export const presentStatus = (
  connection: Connection | undefined,
  calendars: Calendar[],
  quarantined: Quarantined,
): Status => {
  if (connection === undefined) {
    return { realTimeSync: 'disabled', connection: { state: 'disconnected' }, calendars: [] };
  }
  return {
    realTimeSync: connection.realTimeSync ? 'enabled' : 'disabled',
    connection: { state: connection.state, account: connection.account },
    calendars: calendars.map((calendar) => ({
      ...presentCalendar(calendar, connection),
      quarantined: quarantined.get(calendar.key) ?? 0,
    })),
  };
};

const presentCalendar = (
  calendar: Calendar,
  connection: Connection,
): Omit<Status['calendars'][number], 'quarantined'> => {
  const { calendarId, summary, role, enabled, channel, lastNotificationAt, lastSyncAt } = calendar;
  return {
    calendarId,
    summary,
    role,
    enabled,
    ...standingOf(calendar, connection),
    initialSyncComplete: calendar.cursor !== undefined,
    ...(channel !== undefined && { channel: { id: channel.id, state: channel.state, expiresAt: channel.expiresAt } }),
    ...(lastNotificationAt !== undefined && { lastNotificationAt }),
    ...(lastSyncAt !== undefined && { lastSyncAt }),
  };
};

/** A calendar as its owner switches it. */
export const presentChoice = (calendar: Calendar, connection: Connection): z.infer<typeof chosen> => {
  const { calendarId, summary, timeZone, role, enabled } = calendar;
  return { calendarId, summary, timeZone, role, enabled, ...standingOf(calendar, connection) };
};

type Standing = Pick<Status['calendars'][number], 'state' | 'reason'>;

const standingOf = (calendar: Calendar, connection: Connection): Standing => {
  const { enabled, disabledBecause, trouble, cursor, realTimeSync, watchable } = calendar;
  if (!enabled) return { state: 'disabled', ...(disabledBecause && { reason: disabledBecause }) };
  if (connection.state === 'needs_reauth') return { state: 'needs_reauth' };
  if (trouble !== undefined) return { state: 'degraded', reason: trouble.reason };
  if (cursor === undefined) return { state: 'initial_sync' };
  return { state: realTimeSync && watchable ? 'synced' : 'polled' };
};
