import fc from 'fast-check';
import { expect, test } from 'vitest';
import { presentAppointment } from '../../../functions/management-api/present-appointment.ts';
import { appointment as schema } from '../../../functions/management-api/schemas.ts';
import { day } from '../../../shared/domain/instant.ts';
import { nextAppointment } from '../../../shared/sync/next-appointment.ts';
import { translate } from '../../../shared/sync/translate.ts';
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

test('[F60] a quarantined one says why', () => {
  const sync = { state: 'quarantined', reason: 'No end' } as const;
  expect(presentAppointment({ ...appointment, sync }).sync).toEqual(sync);
});

test('an occurrence names its series', () => {
  const link = { ...appointment.link, recurringEventId: anEvent().id };
  expect(presentAppointment({ ...appointment, link }).calendar?.recurringEventId).toBe('event1');
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
      const translated = translate(event, zone);
      if (translated.kind === 'untranslatable') throw new Error(translated.reason);
      const stamp = { now, chainId: appointment.provenance.chainId };
      schema.parse(presentAppointment(nextAppointment({ kind: 'create', event, translated }, aCalendar(), stamp)));
    }),
  );
});
