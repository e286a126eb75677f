/**
 * Shell: switches one calendar on or off, and says whether it takes the bookings. What the switch means for appointments is
 * written after it, so that repeating the request goes on where one was cut off.
 */

import type { Stamp } from '../decision/next-appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { CalendarId, UserId } from '../domain/ids.ts';
import { startListing } from '../pull/listing.ts';
import { freshHint } from '../queue/hint.ts';
import type { SyncQueue } from '../queue/sync-queue.ts';
import type { CalendarRegistry } from '../store/calendars.ts';
import type { CalendarStore } from '../sync/ports.ts';
import { type ChangeFutureDeps, changeFuture } from './change-future.ts';
import { freed } from './freed.ts';
import { sentTo } from './sent-to.ts';

export type ChooseDeps = ChangeFutureDeps & { calendars: CalendarStore & CalendarRegistry; queue: SyncQueue };

export type Switches = Pick<Calendar, 'enabled' | 'role'>;

export type AskedSwitches = Switches & { userId: UserId; calendarId: CalendarId };

/** `bookings_left_homeless`: another calendar must take the bookings first. */
export type Chosen = { kind: 'done' } | { kind: 'absent' } | { kind: 'refused'; because: 'bookings_left_homeless' };

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

  if (!enabled) await switchOff(deps, calendar, stamp);
  else if (!calendar.enabled) await switchOn(deps, calendar, stamp);
  if (takesBookings) await takeBookings(deps, calendar, calendars, stamp);
  await deps.queue.send(freshHint(calendar.key, enabled ? 'enabled' : 'disabled', stamp.chainId));
  return { kind: 'done' };
};

/** Its blocks were cancelled when it was switched off, or have changed unseen: only a listing of everything shows them. */
const switchOn = async ({ calendars }: ChooseDeps, calendar: Calendar, { now }: Stamp): Promise<void> => {
  await calendars.saveCheckpoint(calendar, startListing(now));
  await calendars.setSwitches(calendar, { enabled: true, role: calendar.role }, now);
};

const switchOff = async (deps: ChooseDeps, calendar: Calendar, stamp: Stamp): Promise<void> => {
  if (calendar.enabled) await deps.calendars.setSwitches(calendar, { enabled: false, role: 'blocks' }, stamp.now);
  await changeFuture(deps, calendar.userId, (before) => freed(before, calendar, stamp), stamp);
};

const takeBookings = async (
  deps: ChooseDeps,
  calendar: Calendar,
  calendars: Calendar[],
  stamp: Stamp,
): Promise<void> => {
  const previous = calendars.find(({ role }) => role === 'bookings');
  if (previous?.key !== calendar.key) await deps.calendars.chooseBookingsCalendar(calendar, previous);
  await changeFuture(deps, calendar.userId, (before) => sentTo(before, calendar, stamp), stamp);
};
