import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { presentAppointment, presentClash } from '../../../functions/management-api/present-appointment.ts';
import { appointment as schema } from '../../../functions/management-api/schemas/appointments.ts';
import { titleOf } from '../../../shared/decision/booking-text.ts';
import { nextAppointment } from '../../../shared/decision/next-appointment.ts';
import { translate } from '../../../shared/decision/translate.ts';
import type { SyncState } from '../../../shared/domain/appointment.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { day } from '../../../shared/domain/instant.ts';
import { aCalendar, anAppointment, anEvent, now } from '../../support/samples.ts';
import { anyZone } from '../hostile.ts';

const appointment = anAppointment();

test('an appointment is shown as the API promises', () => {
  expect(presentAppointment(appointment)).toEqual({
    id: appointment.id,
    kind: 'block',
    status: 'confirmed',
    title: 'Dentist',
    allDay: false,
    start: '2026-03-03T10:00:00-05:00',
    end: '2026-03-03T11:00:00-05:00',
    timeZone: 'America/New_York',
    version: 1,
    updatedAt: now,
    calendar: { calendarId: 'barber-1@example.com', eventId: 'event1' },
    sync: { state: 'synced' },
  });
});

test('an event without a title is shown with one', () => {
  const shown = presentAppointment({ ...appointment, fields: { ...appointment.fields, title: '' } });
  expect(shown.title).toBe('(No title)');
});

test('a booking tells its details', () => {
  const details = {
    service: 'Cut',
    clientName: 'Ann',
    clientContact: '+1 555',
    price: { amount: 3500, currency: 'EUR' },
  };
  const shown = presentAppointment({ ...appointment, kind: 'booking', details });
  expect(shown).toMatchObject(details);
  expect(schema.parse(shown)).toEqual(shown);
});

describe('a booking whose title tells Google nothing', () => {
  const details = { service: 'Cut', clientName: 'Ann' };
  const booking = anAppointment({
    kind: 'booking',
    fields: { ...appointment.fields, title: titleOf(details, { service: false, clientName: false }) },
    details,
  });

  test('tells the barber here whom it is for', () => {
    expect(presentAppointment(booking).title).toBe('Cut – Ann');
    expect(presentClash(booking).title).toBe('Cut – Ann');
  });

  test('keeps its title when there is nothing more to tell', () => {
    const { details: _details, ...bare } = booking;
    expect(presentAppointment(bare).title).toBe(booking.fields.title);
  });

  test('that a person wrote is shown as written', () => {
    const written = { ...booking, fields: { ...booking.fields, title: 'Walk-in' } };
    expect(presentAppointment(written).title).toBe('Walk-in');
  });
});

describe('how it stands with Google', () => {
  const target = { calendarKey: asId<never>('key'), calendarId: asId<never>('calendar') };
  const pending: SyncState = { state: 'pending', target, since: now, notBefore: now, attempts: 2 };
  const conflictId = asId<never>('conflict-1');

  test.each<[SyncState, object]>([
    [{ state: 'local' }, { state: 'local' }],
    [{ state: 'synced' }, { state: 'synced' }],
    [pending, { state: 'pending' }],
    [
      { ...pending, reason: 'forbidden' },
      { state: 'pending', reason: 'forbidden' },
    ],
    [
      { state: 'conflict', conflictId, theirs: 'gone' },
      { state: 'conflict', conflictId },
    ],
    [
      { state: 'held', conflictId },
      { state: 'conflict', conflictId },
    ],
    [
      { state: 'quarantined', reason: 'No end' },
      { state: 'quarantined', reason: 'No end' },
    ],
  ])('[F60] $state', (sync, shown) => {
    expect(presentAppointment({ ...appointment, sync }).sync).toEqual(shown);
  });

  test('without an event there is no calendar', () => {
    const { link: _link, ...local } = appointment;
    expect(presentAppointment(local)).not.toHaveProperty('calendar');
  });

  test('an occurrence names its series', () => {
    const link = { ...(appointment.link ?? expect.fail('No link')), recurringEventId: anEvent().id };
    expect(presentAppointment({ ...appointment, link }).calendar?.recurringEventId).toBe('event1');
  });
});

test('[R15] nothing else is shown: neither revision nor provenance, owner or etag', () => {
  const text = JSON.stringify(presentAppointment(appointment));
  expect(text).not.toMatch(/revision|provenance|chain-1|userId|etag|connectGeneration|startsAt/);
});

test('[F56] whatever is translated in any zone can be shown: it is of the documented form', () => {
  const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(anyZone, moment, fc.boolean(), (zone, start, allDay) => {
      const end = new Date(start.getTime() + day);
      const time = (when: Date) =>
        allDay
          ? ({ kind: 'date', date: when.toISOString().slice(0, 10) } as const)
          : ({ kind: 'dateTime', dateTime: when.toISOString(), timeZone: zone } as const);
      const event = anEvent({ start: time(start), end: time(end) });
      const translated = translate(event, zone, false);
      if (translated.kind === 'untranslatable') throw new Error(translated.reason);
      const stamp = { now, chainId: appointment.provenance.chainId };
      schema.parse(presentAppointment(nextAppointment({ kind: 'create', event, translated }, aCalendar(), stamp)));
    }),
  );
});
