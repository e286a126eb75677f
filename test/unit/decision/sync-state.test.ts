import { describe, expect, test } from 'vitest';
import {
  agreed,
  inLine,
  keepBase,
  kept,
  linked,
  moved,
  pendingAt,
  pendingStill,
  recreated,
  type Written,
} from '../../../shared/decision/sync-state.ts';
import type { Appointment, EventLink, SyncState } from '../../../shared/domain/appointment.ts';
import { appointmentIdOf, eventIdOf } from '../../../shared/domain/derived-ids.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { minute, plusMs } from '../../../shared/domain/instant.ts';
import { aBookedEvent, aBooking, aCalendar, anAppointment, anEvent, at, now } from '../../support/samples.ts';

const calendar = aCalendar();
const other = aCalendar({ key: asId('other-key'), calendarId: asId('other@example.com') });
const pending = pendingAt(calendar, now);
const later = plusMs(now, 1 * minute);
const written: Written = { updatedAt: later, provenance: { ...aBooking().provenance, reason: 'test' } };
const base = { ...aBooking().fields, title: 'Before' };
const booking = aBooking({ version: 3, revision: 5, base, edits: { title: now }, sync: pending });

describe('versions', () => {
  test('[R12] what a reader can see moves both on, and says when and why', () => {
    expect(moved(booking, written)).toEqual({ ...booking, ...written, version: 4, revision: 6 });
  });

  test('what only the books show moves the revision', () => {
    expect(kept(booking)).toEqual({ ...booking, revision: 6 });
  });
});

describe('the base', () => {
  test('is stored no more once both sides agree, nor when what was edited', () => {
    const { base: _base, edits: _edits, ...rest } = booking;
    expect(agreed(booking)).toEqual({ ...rest, sync: { state: 'synced' } });
  });

  test('is written out as our side was, the first time that it may differ', () => {
    expect(keepBase(aBooking())).toEqual({ base: aBooking().fields });
    expect(keepBase(booking)).toEqual({ base });
    expect(keepBase(aBooking({ status: 'cancelled' }))).toEqual({});
  });
});

describe('what agrees with Google', () => {
  test('[R2] is still pushed when a push is due: there may be more to say than the fields', () => {
    const left = inLine(booking);
    expect(left.sync).toEqual(pending);
    expect(left).not.toHaveProperty('base');
    expect(left).not.toHaveProperty('edits');
  });

  test.each<SyncState>([
    { state: 'synced' },
    { state: 'quarantined', reason: 'No end' },
    { state: 'conflict', conflictId: asId('conflict-1'), theirs: 'gone' },
  ])('[R4] is at rest when it was $state', (sync) => {
    expect(inLine({ ...booking, sync }).sync).toEqual({ state: 'synced' });
  });
});

describe('a push', () => {
  test('is due at once, and has not been tried', () => {
    const target = { calendarKey: calendar.key, calendarId: calendar.calendarId };
    expect(pending).toEqual({ state: 'pending', target, since: now, notBefore: now, attempts: 0 });
  });

  test('[R2] still goes where it was to go, afresh and without a preference', () => {
    const onItsWay: Appointment = {
      ...booking,
      sync: { ...pendingAt(other, now), attempts: 4, reason: 'rejected', prefer: 'bookedbarber' },
    };
    expect(pendingStill(onItsWay, calendar, later)).toEqual(pendingAt(other, later));
    expect(pendingStill(aBooking(), calendar, later)).toEqual(pendingAt(calendar, later));
  });
});

describe('the link', () => {
  const event = aBookedEvent({ etag: '"7"', updated: at('2026-03-02T08:00:00Z') });

  test('takes the place and the version from what was seen, and keeps what only we know', () => {
    const before = aBooking({
      link: { ...(aBooking().link as EventLink), idGeneration: 3, footer: 'Price: 5.00 EUR' },
    });
    expect(linked(event, { ...other, connectGeneration: 2 }, before).link).toEqual({
      calendarKey: other.key,
      calendarId: other.calendarId,
      connectGeneration: 2,
      eventId: event.id,
      idGeneration: 3,
      footer: 'Price: 5.00 EUR',
      observed: { etag: '"7"', updated: event.updated },
    });
  });

  test('of a foreign event has no generation', () => {
    expect(linked(anEvent(), calendar).link).toEqual(anAppointment().link);
  });

  test('of a block says whose the event may be; a booking’s is ours', () => {
    const event = anEvent({ confidential: true, mark: 'owner.appointment' });
    expect(linked(event, calendar, anAppointment()).link).toMatchObject({ confidential: true, marked: true });
    const link = { ...anAppointment().link, confidential: true, marked: true } as EventLink;
    expect(linked(anEvent(), calendar, anAppointment({ link })).link).toEqual(anAppointment().link);
    expect(linked(event, calendar, aBooking()).link).not.toHaveProperty('marked');
  });
});

describe('what is made anew', () => {
  const next = recreated(booking, written);

  test('[R3][F53] has the next id, which leads back to it, and no event that was ever seen', () => {
    expect(next.link).toEqual({
      calendarKey: calendar.key,
      calendarId: calendar.calendarId,
      connectGeneration: 1,
      idGeneration: 2,
      eventId: eventIdOf(booking.id, 2),
    });
    expect(next.link && appointmentIdOf(next.link.eventId)).toBe(booking.id);
  });

  test('[R2] is pushed with all that we have, and has no base', () => {
    expect(next).toMatchObject({ fields: booking.fields, status: 'confirmed', version: 4, revision: 6 });
    expect(next.sync).toEqual(pendingAt(calendar, later));
    expect(next).not.toHaveProperty('base');
    expect(next).not.toHaveProperty('edits');
  });

  test('is made where it was on its way to', () => {
    const sync = pendingAt(other, now);
    expect(recreated({ ...booking, sync }, written).sync).toEqual(pendingAt(other, later));
  });

  test('[R3] gets its first event of ours when the old one was foreign', () => {
    const { link } = recreated(anAppointment(), written);
    expect(link).toMatchObject({ idGeneration: 1, eventId: eventIdOf(anAppointment().id, 1) });
  });

  test('must have had an event', () => {
    const { link: _link, ...bare } = booking;
    expect(() => recreated(bare, written)).toThrow('no event');
  });
});
