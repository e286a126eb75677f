/** Where a user's changes go: to which calendar, and how much of them. */
import type { Appointment } from '../domain/appointment.ts';
import type { Calendar } from '../domain/calendar.ts';
import type { Connection } from '../domain/connection.ts';
import type { Instant } from '../domain/instant.ts';
import { defaultSettings, type Settings } from '../domain/settings.ts';

export type Place = Pick<Calendar, 'key' | 'calendarId'>;

export type Destination = {
  /** True also while consent is needed again: what waits is sent afterwards [R14]. False once the connection was ended. */
  connected: boolean;
  settings: Settings;
  /** When the user has consented. */
  since?: Instant;
  /** Where new bookings go. */
  bookings?: Place;
};

export const destinationOf = (connection: Connection | undefined, calendars: Calendar[]): Destination => {
  const connected = connection !== undefined && connection.state !== 'disconnected';
  const bookings = connected ? bookingsPlaceOf(calendars) : undefined;
  return {
    connected,
    settings: connection?.settings ?? defaultSettings,
    ...(connected && { since: connection.since }),
    ...(bookings && { bookings }),
  };
};

export const bookingsPlaceOf = (calendars: Calendar[]): Place | undefined => {
  const calendar = calendars.find(({ role, enabled }) => role === 'bookings' && enabled);
  return calendar && { key: calendar.key, calendarId: calendar.calendarId };
};

/** An event stays in its calendar, and is told of changes once that is connected again. What is over needs no new event. */
export const targetOf = (
  { link, endsAt }: Pick<Appointment, 'link' | 'endsAt'>,
  { bookings }: Destination,
  now: Instant,
): Place | undefined => {
  if (link !== undefined) return { key: link.calendarKey, calendarId: link.calendarId };
  return endsAt > now ? bookings : undefined;
};
