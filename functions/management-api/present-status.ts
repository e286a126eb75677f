/** How the sync of a user stands, calendar by calendar. */
import type * as z from 'zod';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { Connection } from '../../shared/domain/connection.ts';
import type { statusReply } from './schemas.ts';

export type Status = z.infer<typeof statusReply>;

export const presentStatus = (connection: Connection | undefined, calendars: Calendar[]): Status => {
  if (connection === undefined) {
    return { realTimeSync: 'disabled', connection: { state: 'disconnected' }, calendars: [] };
  }
  return {
    realTimeSync: connection.realTimeSync ? 'enabled' : 'disabled',
    connection: { state: connection.state, account: connection.account },
    calendars: calendars.map((calendar) => presentCalendar(calendar, connection)),
  };
};

const presentCalendar = (calendar: Calendar, connection: Connection): Status['calendars'][number] => {
  const { calendarId, summary, role, enabled, channel, lastNotificationAt, lastSyncAt } = calendar;
  return {
    calendarId,
    summary,
    role,
    enabled,
    state: stateOf(calendar, connection),
    initialSyncComplete: calendar.cursor !== undefined,
    ...(channel !== undefined && { channel: { id: channel.id, state: channel.state, expiresAt: channel.expiresAt } }),
    ...(lastNotificationAt !== undefined && { lastNotificationAt }),
    ...(lastSyncAt !== undefined && { lastSyncAt }),
  };
};

const stateOf = (calendar: Calendar, connection: Connection): Status['calendars'][number]['state'] => {
  const { enabled, cursor, realTimeSync, watchable } = calendar;
  if (!enabled) return 'disabled';
  if (connection.state === 'needs_reauth') return 'needs_reauth';
  if (cursor === undefined) return 'initial_sync';
  return realTimeSync && watchable ? 'synced' : 'polled';
};
