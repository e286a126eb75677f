import { describe, expect, test } from 'vitest';
import { atHome, rehomed } from '../../../shared/bookings/rehomed.ts';
import { metAgain, parted } from '../../../shared/decision/former-events.ts';
import type { Appointment } from '../../../shared/domain/appointment.ts';
import { calendarKeyOf } from '../../../shared/domain/derived-ids.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { day, plusMs } from '../../../shared/domain/instant.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { aBooking, aCalendar, anAppointment, calendarId, calendarKey, now, userId } from '../../support/samples.ts';

const otherId = asId<typeof calendarId>('other@example.com');
const home = aCalendar({ key: calendarKeyOf(userId, otherId, otherId), calendarId: otherId, connectGeneration: 2 });
const around = {
  destination: { connected: true, settings: defaultSettings, bookings: { key: home.key, calendarId: otherId } },
  calendars: [home],
};
const stamp = { now, chainId: asId<never>('chain') };
const past: Partial<Appointment> = { startsAt: plusMs(now, -2 * day), endsAt: plusMs(now, -day) };
const former = { calendarKey, calendarId, eventId: aBooking().link?.eventId, idGeneration: 1 };

describe('a booking of an account that has been replaced', () => {
  test('[R3] goes to the calendar of the bookings, and remembers the event that it had', () => {
    const { link: _link, ...booking } = aBooking();
    expect(rehomed(aBooking({ base: booking.fields, edits: { title: now } }), around, stamp)).toEqual({
      ...booking,
      former: [former],
      version: 2,
      revision: 2,
      updatedAt: expect.any(String),
      sync: expect.objectContaining({
        state: 'pending',
        target: { calendarKey: home.key, calendarId: otherId },
        prefer: 'bookedbarber',
      }),
      provenance: { actor: 'user', reason: 'change_account', chainId: 'chain' },
    });
  });

  test('[R4] goes there once', () => {
    const once = rehomed(aBooking(), around, stamp) ?? expect.fail('It stays');
    expect(rehomed(once, around, stamp)).toBeUndefined();
  });

  test.each<[string, Appointment]>([
    ['that is over', aBooking(past)],
    ['that is cancelled', aBooking({ status: 'cancelled' })],
    ['that no calendar has', { ...parted(aBooking()), sync: { state: 'local' } }],
    ['that is a foreign event', anAppointment()],
  ])('%s stays', (_, booking) => {
    expect(rehomed(booking, around, stamp)).toBeUndefined();
  });

  test('stays while no calendar takes bookings: whoever connects next comes back to it', () => {
    const { bookings: _bookings, ...destination } = around.destination;
    expect(rehomed(aBooking(), { ...around, destination }, stamp)).toBeUndefined();
  });

  test('that is over counts as never sent when it is edited', () => {
    expect(atHome(aBooking(past), around, now)).toMatchObject({ sync: { state: 'local' }, former: [former] });
    expect(atHome(aBooking(past), around, now)).not.toHaveProperty('link');
  });

  test('[R3] that the account of now had before is linked to that event, of the same id', () => {
    const away = { ...parted(aBooking()), sync: { state: 'pending', target: { calendarKey: asId<never>('gone') } } };
    const back = aCalendar({ connectGeneration: 3 });
    const place = { key: back.key, calendarId };
    const returning = { destination: { ...around.destination, bookings: place }, calendars: [back] };
    expect(rehomed(away as Appointment, returning, stamp)).toMatchObject({
      link: { ...former, connectGeneration: 3 },
      former: [],
      sync: { target: { calendarKey }, prefer: 'bookedbarber' },
    });
  });

  test('[R3] whose calendar both accounts have keeps its event, which is looked at once', () => {
    const twin = aCalendar({ key: asId('twin'), connectGeneration: 2 });
    const shared = { ...around, calendars: [home, twin] };
    expect(rehomed(aBooking(), shared, stamp)).toMatchObject({
      link: { ...aBooking().link, calendarKey: 'twin', connectGeneration: 2 },
      sync: { state: 'pending', target: { calendarKey: 'twin', calendarId } },
    });
    const readOnly = { ...around, calendars: [home, { ...twin, writable: false as const }] };
    expect(rehomed(aBooking(), readOnly, stamp)).toMatchObject({ sync: { target: { calendarKey: home.key } } });
  });
});

describe('a listing that shows an event of before', () => {
  const away = rehomed(aBooking(), around, stamp) ?? expect.fail('It stays');
  const here = aCalendar({ connectGeneration: 3 });

  test('[R3] is of the booking that had it', () => {
    const eventId = aBooking().link?.eventId ?? asId('none');
    expect(metAgain(away, here, eventId)).toMatchObject({ link: { eventId, calendarKey, connectGeneration: 3 } });
    expect(metAgain(away, here, eventId).revision).toBe(away.revision);
  });

  test('is not, when the event is another, or the booking has one in this account by now', () => {
    expect(metAgain(away, here, asId('another'))).toBe(away);
    const settled = aBooking({ former: [{ ...former, eventId: asId('event') }] });
    expect(metAgain(settled, aCalendar(), asId('event'))).toBe(settled);
  });
});

test('[R11] no more than five events are remembered', () => {
  let booking = aBooking();
  for (let nth = 1; nth <= 9; nth++)
    booking = parted({ ...aBooking(), ...(booking.former && { former: booking.former }) });
  expect(booking.former).toHaveLength(5);
});
