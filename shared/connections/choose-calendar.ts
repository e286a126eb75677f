/**
 * Shell: switches one calendar on or off, and says whether it takes the bookings. What the switch means for appointments is
 * written after it, so that repeating the request goes on where one was cut off.
 */

import { type ChangeFutureDeps, changeFuture } from '../bookings/change-future.ts';
import { lastLookAt } from '../channels/next-due.ts';
import type { Stamp } from '../decision/next-appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import { RetryLater } from '../domain/errors.ts';
import type { CalendarId, UserId } from '../domain/ids.ts';
import type { CalendarStore } from '../ports.ts';
import { startListing } from '../pull/listing.ts';
import { freshHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import type { CalendarRegistry } from '../store/calendars.ts';
import { freed } from './freed.ts';
import { sentTo } from './sent-to.ts';

export type ChooseDeps = ChangeFutureDeps & { calendars: CalendarStore & CalendarRegistry; queue: SyncQueue };

export type Switches = Pick<Calendar, 'enabled' | 'role'>;

export type AskedSwitches = Switches & { userId: UserId; calendarId: CalendarId };

/** `bookings_left_homeless`: another calendar must take the bookings first. */
export type Chosen =
  | { kind: 'done' }
  | { kind: 'absent' }
  | { kind: 'refused'; because: 'bookings_left_homeless' }
  | { kind: 'refused'; because: 'read_only'; calendar: string };

/** Throws RetryLater when there are more bookings than one request can send to the calendar. */
export const chooseCalendar = async (
  deps: ChooseDeps,
  { userId, calendarId, enabled, role }: AskedSwitches,
  stamp: Stamp,
): Promise<Chosen> => {
  const calendars = await deps.calendars.listOf(userId);
  const calendar = calendars.find((owned) => owned.calendarId === calendarId);
  if (calendar === undefined) return { kind: 'absent' };
  const takesBookings = enabled && role === 'bookings';
  if ([calendar.role, role].includes('bookings') && !takesBookings) {
    return { kind: 'refused', because: 'bookings_left_homeless' };
  }
  if (takesBookings && calendar.writable === false) {
    return { kind: 'refused', because: 'read_only', calendar: calendar.summary };
  }

  if (enabled !== calendar.enabled || calendar.disabledBecause)
    await (enabled ? switchOn : switchOff)(deps, calendar, stamp);
  const previous = calendars.find(({ role }) => role === 'bookings');
  if (takesBookings && previous?.key !== calendar.key) await deps.calendars.chooseBookingsCalendar(calendar, previous);
  await deps.queue.send(freshHint(calendar.key, enabled ? 'enabled' : 'disabled', stamp.chainId));

  if (!enabled) await changeFuture(deps, userId, (before) => freed(before, calendar, stamp), stamp); // Its job frees the rest.
  if (takesBookings) await sendBookings(deps, calendar, stamp);
  return { kind: 'done' };
};

/** Its blocks were cancelled when it was switched off, or have changed unseen: only a listing of everything shows them. */
const switchOn = async ({ calendars }: ChooseDeps, calendar: Calendar, { now }: Stamp): Promise<void> => {
  await calendars.saveCheckpoint(calendar, startListing(now));
  await calendars.setSwitches(calendar, { enabled: true, role: calendar.role }, now);
};

const switchOff = ({ calendars }: ChooseDeps, calendar: Calendar, { now }: Stamp): Promise<void> =>
  calendars.setSwitches(calendar, { enabled: false, role: 'blocks' }, lastLookAt(now));

const sendBookings = async (deps: ChooseDeps, calendar: Calendar, stamp: Stamp): Promise<void> => {
  const { more } = await changeFuture(deps, calendar.userId, (before) => sentTo(before, calendar, stamp), stamp);
  if (more) throw new RetryLater('More bookings are to be sent to the calendar');
};
