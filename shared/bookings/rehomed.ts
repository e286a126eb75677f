/** A booking whose calendar is of an account that another has replaced: as it stands with the account of now. Pure. */

import { parted, reunited } from '../decision/former-events.ts';
import type { Stamp } from '../decision/next-appointment.ts';
import { moved, pendingAt } from '../decision/sync-state.ts';
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import { type Instant, plusMs, second } from '../domain/instant.ts';
import type { Destination } from './destination.ts';
import type { Surroundings } from './outgoing.ts';

/** Undefined when there is nothing to write. What is over stays as it is, and so does all while no calendar takes bookings. */
export const rehomed = (
  before: Appointment,
  around: Surroundings,
  { now, chainId }: Stamp,
): Appointment | undefined => {
  if (before.status === 'cancelled' || before.endsAt <= now) return undefined;
  const { bookings } = around.destination;
  const isMissed = bookings !== undefined && isMadeMeanwhile(before, around.destination);
  const home = isMissed ? { ...before, sync: pendingAt(bookings, now) } : atHome(before, around, now);
  if (home === before) return undefined;
  return moved(home, { updatedAt: now, provenance: { actor: 'user', reason: 'change_account', chainId } });
};

/** A request that began before the consent may have looked for the calendars after it. */
const requestLifetimeMs = 30 * second;

/** While one account's calendars went and the other's were yet to come, there was none for it to go to. */
const isMadeMeanwhile = ({ kind, link, sync, updatedAt }: Appointment, { since }: Destination): boolean =>
  kind === 'booking' &&
  link === undefined &&
  sync.state === 'local' &&
  since !== undefined &&
  updatedAt >= plusMs(since, -requestLifetimeMs);

/**
 * The booking itself when its calendar is one of the account's. A link to any other counts as none: nothing is ever pushed
 * there, and for what is over nobody needs a new event.
 */
export const atHome = (booking: Appointment, { destination, calendars }: Surroundings, now: Instant): Appointment => {
  if (booking.kind !== 'booking' || !isAway(booking, calendars)) return booking;
  const twin = calendars.find((calendar) => isTwin(calendar, booking));
  if (twin !== undefined) return relinkedTo(twin, booking, now);
  const isOver = booking.status === 'cancelled' || booking.endsAt <= now;
  if (isOver) return { ...parted(booking), sync: { state: 'local' } };
  return destination.bookings === undefined ? booking : sentHome(parted(booking), destination.bookings, calendars, now);
};

/** Its event, or where it was on its way to, is in a calendar that is none of the account's. */
const isAway = ({ link, sync }: Appointment, calendars: Calendar[]): boolean => {
  const target = sync.state === 'pending' ? sync.target.calendarKey : undefined;
  return [link?.calendarKey, target].some((key) => key !== undefined && !calendars.some((owned) => owned.key === key));
};

/** Both accounts have the same calendar: the event is where it should be. */
const isTwin = ({ calendarId, enabled, writable }: Calendar, { link }: Appointment): boolean =>
  calendarId === link?.calendarId && enabled && writable !== false;

/** It is pushed as well: what has come of the event between the two accounts, nobody has seen. */
const relinkedTo = (twin: Calendar, booking: Appointment, now: Instant): Appointment => {
  const { link, sync } = booking;
  if (link === undefined) throw new Error('Without an event there is no calendar that both have');
  const isSettled = sync.state === 'synced' || sync.state === 'pending';
  return {
    ...booking,
    link: { ...link, calendarKey: twin.key, connectGeneration: twin.connectGeneration },
    ...(isSettled && { sync: pendingAt(twin, now) }),
  };
};

type BookingsPlace = NonNullable<Surroundings['destination']['bookings']>;

/** On its way to the calendar of the bookings: as a new event, or as the one that it had in this account before. */
const sentHome = (parting: Appointment, place: BookingsPlace, calendars: Calendar[], now: Instant): Appointment => {
  const sync = { ...pendingAt(place, now), prefer: 'bookedbarber' as const };
  for (const event of parting.former ?? []) {
    const calendar = calendars.find(({ key, enabled }) => enabled && key === event.calendarKey);
    if (calendar !== undefined) return { ...reunited(parting, event, calendar, now), sync };
  }
  return { ...parting, sync };
};
