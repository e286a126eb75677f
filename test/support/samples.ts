/** Things to test with: valid, unremarkable, each overridable in what matters to a test. */

import type { Context } from '../../shared/decision/sides.ts';
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { CalendarEvent } from '../../shared/domain/calendar-event.ts';
import type { Channel } from '../../shared/domain/channel.ts';
import type { GrantedConnection, Sealed } from '../../shared/domain/connection.ts';
import {
  blockIdOf,
  bookingIdOf,
  calendarKeyOf,
  eventIdFor,
  eventMarkOf,
  ownerMarkOf,
} from '../../shared/domain/derived-ids.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, type Instant, plusMs } from '../../shared/domain/instant.ts';
import { defaultSettings, type Settings } from '../../shared/domain/settings.ts';
import { windowAt } from '../../shared/schedule/window.ts';

export const at = (text: string): Instant => new Date(text).toISOString() as Instant;

export const now = at('2026-03-02T12:00:00Z');
export const userId = asId<Calendar['userId']>('barber-1');
export const calendarId = asId<Calendar['calendarId']>('barber-1@example.com');
export const calendarKey = calendarKeyOf(userId, 'barber-1@example.com', calendarId);
export const ownerMark = ownerMarkOf('test', userId);

export const aCalendar = (overrides: Partial<Calendar> = {}): Calendar => ({
  key: calendarKey,
  userId,
  calendarId,
  summary: 'Chair one',
  timeZone: 'America/New_York',
  role: 'bookings',
  enabled: true,
  realTimeSync: true,
  watchable: true,
  connectGeneration: 1,
  ...overrides,
});

export const anEvent = (overrides: Partial<CalendarEvent> = {}): CalendarEvent => ({
  id: asId('event1'),
  etag: '"1"',
  updated: at('2026-03-01T09:00:00Z'),
  eventType: 'default',
  transparent: false,
  declined: false,
  confidential: false,
  summary: 'Dentist',
  start: { kind: 'dateTime', dateTime: '2026-03-03T10:00:00-05:00', timeZone: 'America/New_York' },
  end: { kind: 'dateTime', dateTime: '2026-03-03T11:00:00-05:00', timeZone: 'America/New_York' },
  ...overrides,
});

export const anAppointment = (overrides: Partial<Appointment> = {}): Appointment => ({
  id: blockIdOf(calendarKey, asId('event1')),
  userId,
  kind: 'block',
  status: 'confirmed',
  fields: {
    title: 'Dentist',
    allDay: false,
    start: '2026-03-03T10:00:00-05:00',
    end: '2026-03-03T11:00:00-05:00',
    timeZone: 'America/New_York',
  },
  startsAt: at('2026-03-03T15:00:00Z'),
  endsAt: at('2026-03-03T16:00:00Z'),
  version: 1,
  revision: 1,
  updatedAt: now,
  sync: { state: 'synced' },
  link: {
    calendarKey,
    calendarId,
    connectGeneration: 1,
    eventId: asId('event1'),
    observed: { etag: '"1"', updated: at('2026-03-01T09:00:00Z') },
  },
  provenance: { actor: 'google', reason: 'create', chainId: asId('chain-1') },
  ...overrides,
});

const bookingId = bookingIdOf(userId, 'key-1');

/** The first event of a booking that Google and we agree on. */
export const aBooking = (overrides: Partial<Appointment> = {}): Appointment =>
  anAppointment({
    id: bookingId,
    kind: 'booking',
    fields: { ...anAppointment().fields, title: 'Haircut – Ann', location: 'Main St 1', notes: 'Bring card' },
    details: { service: 'Haircut', clientName: 'Ann', clientContact: 'ann@example.com' },
    link: {
      calendarKey,
      calendarId,
      connectGeneration: 1,
      eventId: eventIdFor(bookingId, 1),
      idGeneration: 1,
      observed: { etag: '"1"', updated: at('2026-03-01T09:00:00Z') },
    },
    ...overrides,
  });

/** That event, as Google has it. */
export const aBookedEvent = (overrides: Partial<CalendarEvent> = {}): CalendarEvent =>
  anEvent({
    id: eventIdFor(bookingId, 1),
    summary: 'Haircut – Ann',
    location: 'Main St 1',
    description: 'Bring card',
    mark: eventMarkOf(ownerMark, bookingId),
    ...overrides,
  });

export const aContext = ({ settings, ...overrides }: ContextOverrides = {}): Context => ({
  timeZone: 'America/New_York',
  window: windowAt(now),
  now,
  ownerMark,
  settings: { ...defaultSettings, ...settings },
  ...overrides,
});

type ContextOverrides = Partial<Omit<Context, 'settings'>> & { settings?: Partial<Settings> };

export const aChannel = (overrides: Partial<Channel> = {}): Channel => ({
  id: asId('channel-1'),
  userId,
  calendarKey,
  calendarId,
  state: 'creating',
  createdAt: now,
  expiresAt: plusMs(now, 24 * hour),
  ...overrides,
});

export const aConnection = (overrides: Partial<GrantedConnection> = {}): GrantedConnection => ({
  userId,
  state: 'connected',
  account: 'barber-1@example.com',
  connectGeneration: 1,
  realTimeSync: true,
  refreshToken: 'sealed-refresh' as Sealed,
  accessToken: 'sealed-access' as Sealed,
  accessTokenExpiresAt: plusMs(now, hour),
  ...overrides,
});
