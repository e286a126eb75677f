/** Bookings to test with, and where they go. */
import type { Destination } from '../../../shared/bookings/destination.ts';
import type { Stamp } from '../../../shared/decision/next-appointment.ts';
import type { Appointment, EventLink } from '../../../shared/domain/appointment.ts';
import { bookingIdOf, eventIdFor } from '../../../shared/domain/derived-ids.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { defaultSettings, type Settings } from '../../../shared/domain/settings.ts';
import { anAppointment, calendarId, calendarKey, now, userId } from '../../support/samples.ts';

export const stamp: Stamp = { now, chainId: asId('request-1') };

export const connected = (settings: Partial<Settings> = {}): Destination => ({
  connected: true,
  settings: { ...defaultSettings, ...settings },
  bookings: { key: calendarKey, calendarId },
});
export const disconnected: Destination = { connected: false, settings: defaultSettings };

const id = bookingIdOf(userId, 'key');
export const aLink: EventLink = {
  calendarKey,
  calendarId,
  connectGeneration: 1,
  eventId: eventIdFor(id, 1),
  idGeneration: 1,
};

/** Google has an event of it. */
export const aSeenLink = (told: Partial<EventLink> = {}): EventLink => ({
  ...aLink,
  observed: { etag: '"1"', updated: now },
  ...told,
});

export const aBooking = (overrides: Partial<Appointment> = {}): Appointment =>
  anAppointment({
    id,
    kind: 'booking',
    fields: { ...anAppointment().fields, title: 'Cut – Ann' },
    details: { service: 'Cut', clientName: 'Ann' },
    link: aLink,
    version: 3,
    revision: 5,
    ...overrides,
  });

export const aLocalBooking = (overrides: Partial<Appointment> = {}): Appointment => {
  const { link: _link, ...booking } = aBooking();
  return { ...booking, sync: { state: 'local' }, ...overrides };
};
