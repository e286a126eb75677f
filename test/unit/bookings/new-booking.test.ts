import { describe, expect, test } from 'vitest';
import { readTimes } from '../../../shared/bookings/booking-times.ts';
import { newBooking } from '../../../shared/bookings/new-booking.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { calendarId, calendarKey, now, userId } from '../../support/samples.ts';
import { connected, disconnected, stamp } from './sample-bookings.ts';

const spanOn = (date: string) => {
  const times = { allDay: false, start: `${date}T10:00`, end: `${date}T11:00`, timeZone: 'UTC' };
  const span = readTimes(times);
  return span.kind === 'span' ? span : expect.fail('No span');
};
const id = asId<never>('booking');
const asked = { text: {}, details: { service: 'Cut', clientName: 'Ann' } };
const booking = { id, userId, asked, span: spanOn('2026-03-03'), requestFingerprint: 'f' };

test('a request becomes a booking, titled after what is shared', () => {
  expect(newBooking(booking, connected(), stamp)).toEqual({
    id,
    userId,
    kind: 'booking',
    status: 'confirmed',
    fields: {
      title: 'Cut – Ann',
      allDay: false,
      start: '2026-03-03T10:00:00+00:00',
      end: '2026-03-03T11:00:00+00:00',
      timeZone: 'UTC',
    },
    startsAt: '2026-03-03T10:00:00.000Z',
    endsAt: '2026-03-03T11:00:00.000Z',
    details: { service: 'Cut', clientName: 'Ann' },
    version: 1,
    revision: 1,
    updatedAt: now,
    provenance: { actor: 'user', reason: 'create', chainId: 'request-1' },
    sync: { state: 'pending', target: { calendarKey, calendarId }, since: now, notBefore: now, attempts: 0 },
    requestFingerprint: 'f',
  });
});

test('a client’s name that is not shared is in no title', () => {
  const { shared } = connected().settings;
  const settings = connected({ shared: { ...shared, clientName: false } });
  expect(newBooking(booking, settings, stamp).fields.title).toBe('Cut');
});

test('an own title stays, and empty parts are none', () => {
  const empty = { title: 'My own', text: { location: null, notes: 'Back door' }, details: { service: null } };
  const made = newBooking({ ...booking, asked: empty }, connected(), stamp);
  expect(made.fields).toMatchObject({ title: 'My own', notes: 'Back door' });
  expect(made.fields).not.toHaveProperty('location');
  expect(made).not.toHaveProperty('details');
});

describe('nobody is told', () => {
  test.each([
    ['without a connection', disconnected, '2026-03-03'],
    ['without a calendar for bookings', { connected: true, settings: connected().settings }, '2026-03-03'],
    ['of what is over', connected(), '2026-03-01'],
  ])('%s', (_, destination, date) => {
    const made = newBooking({ ...booking, span: spanOn(date) }, destination, stamp);
    expect(made.sync).toEqual({ state: 'local' });
  });
});
