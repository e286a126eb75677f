/** How the sync of a user stands, calendar by calendar. */
import type * as z from 'zod/mini';
import { messageFor } from '../../shared/connections/grant-end.ts';
import type { Calendar, Drift } from '../../shared/domain/calendar.ts';
import type { Connection } from '../../shared/domain/connection.ts';
import { epochMsOf, type Instant, second } from '../../shared/domain/instant.ts';
import type { Seen } from '../../shared/health/parts.ts';
import { calendarStandingOf } from '../../shared/health/standing.ts';
import { areWritesPaused } from '../../shared/sync/admit.ts';
import type { calendar as chosen } from './schemas/calendars.ts';
import type { statusReply } from './schemas/sync.ts';

export type Status = z.infer<typeof statusReply>;

export const presentStatus = (connection: Connection | undefined, seen: Seen[], now: Instant): Status => {
  if (connection === undefined || connection.state === 'disconnected') {
    return { realTimeSync: 'disabled', connection: { state: 'disconnected', ...about(connection) }, calendars: [] };
  }
  return {
    realTimeSync: connection.realTimeSync ? 'enabled' : 'disabled',
    connection: { state: connection.state, ...about(connection, seen) },
    calendars: seen.map(({ calendar, left: { waitingSince, ...left } }) => ({
      ...presentCalendar(calendar, connection, now),
      ...left,
      queueAgeSeconds: waitingSince === undefined ? 0 : secondsBetween(waitingSince, now),
    })),
  };
};

/** What its owner should know of it [F36]. */
const about = (connection: Connection | undefined, seen: Seen[] = []): Omit<Status['connection'], 'state'> => {
  if (connection === undefined) return {};
  const { account, since } = connection;
  const reason = connection.state === 'needs_reauth' ? (connection.endedBecause ?? 'revoked') : undefined;
  const calendars = seen.map(({ calendar }) => calendar);
  const message = messageFor(connection, calendars);
  return { account, ...(since && { since }), ...(reason && { reason }), ...(message && { message }) };
};

const presentCalendar = (
  calendar: Calendar,
  connection: Connection,
  now: Instant,
): Omit<Status['calendars'][number], 'quarantined' | 'openConflicts' | 'queueAgeSeconds'> => {
  const { calendarId, summary, role, enabled, channel, coveredBefore, lastNotificationAt, lastSyncAt } = calendar;
  const { writesPausedUntil, drift } = calendar;
  return {
    calendarId,
    summary,
    role,
    enabled,
    ...calendarStandingOf(calendar, connection.state),
    initialSyncComplete: calendar.cursor !== undefined,
    ...(channel !== undefined && { channel: { id: channel.id, state: channel.state, expiresAt: channel.expiresAt } }),
    ...(lastNotificationAt !== undefined && { lastNotificationAt }),
    ...(lastSyncAt !== undefined && { lastSyncAt }),
    ...(coveredBefore !== undefined && { cursorAgeSeconds: secondsBetween(coveredBefore, now) }),
    ...(areWritesPaused(calendar, now) && { writesPausedUntil }),
    ...(drift !== undefined && { drift: presentDrift(drift) }),
  };
};

const presentDrift = ({ at, compared, differing, partial }: Drift) => ({
  at,
  compared,
  differing,
  partial: partial === true,
});

/** Clocks may differ a little: what comes from the future is no age below 0. */
const secondsBetween = (from: Instant, to: Instant): number =>
  Math.max(Math.floor((epochMsOf(to) - epochMsOf(from)) / second), 0);

/** A calendar as its owner switches it. */
export const presentChoice = (calendar: Calendar, connection: Connection): z.infer<typeof chosen> => {
  const { calendarId, summary, timeZone, role, enabled, writable = true } = calendar;
  return { calendarId, summary, timeZone, role, enabled, writable, ...calendarStandingOf(calendar, connection.state) };
};
