/** Ids that are computed, never drawn: whoever meets the same thing twice gives it the same name, so a retry meets itself. */
import { createHash } from 'node:crypto';
import { type AppointmentId, asId, type CalendarId, type CalendarKey, type EventId, type UserId } from './ids.ts';

/** The calendar of one user in one Google account. Another account's calendar of the same id is another calendar [F10]. */
export const calendarKeyOf = (userId: UserId, account: string, calendarId: CalendarId): CalendarKey =>
  asId(digest('calendar', userId, account, calendarId));

/** The block that stands for a foreign event. */
export const blockIdOf = (calendarKey: CalendarKey, eventId: EventId): AppointmentId =>
  asId(digest('block', calendarKey, eventId));

/** 128 bits of SHA-256 as 22 characters of base64url. JSON keeps the parts apart. */
const digest = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16).toString('base64url');
