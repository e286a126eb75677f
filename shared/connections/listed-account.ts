/** The list of an account's calendars → whose account it is, and the calendars as they begin here. */
import type { Calendar } from '../domain/calendar.ts';
import type { Connection } from '../domain/connection.ts';
import { calendarKeyOf } from '../domain/derived-ids.ts';
import type { ListedCalendar } from '../google/calendar-api.ts';

/** The account's name is its primary calendar's id: no further scope is needed to know it. Undefined when it has no calendar. */
export const accountOf = (calendars: ListedCalendar[]): string | undefined =>
  calendars.find(({ primary }) => primary)?.id;

/** Calendars of one's own take one's time; those of others, and subscriptions such as holidays, do not. */
export const toCalendar = (
  connection: Connection,
  { id, summary, timeZone, primary, owned, writable }: ListedCalendar,
): Calendar => ({
  key: calendarKeyOf(connection.userId, connection.account, id),
  userId: connection.userId,
  calendarId: id,
  summary,
  timeZone,
  role: primary ? 'bookings' : 'blocks',
  enabled: owned,
  ...(!writable && { writable }),
  realTimeSync: connection.realTimeSync,
  watchable: true,
  connectGeneration: connection.connectGeneration,
});
