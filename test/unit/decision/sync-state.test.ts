import { describe, expect, test } from 'vitest';
import {
  agreed,
  followed,
  inLine,
  keepBase,
  kept,
  linked,
  moved,
  pendingAt,
  pendingStill,
  recreated,
  seenIn,
  type Written,
} from '../../../shared/decision/sync-state.ts';
import type { Appointment, EventLink, SyncState } from '../../../shared/domain/appointment.ts';
import { appointmentIdOf, eventIdFor } from '../../../shared/domain/derived-ids.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { minute, plusMs } from '../../../shared/domain/instant.ts';
import { aBookedEvent, aBooking, aCalendar, anAppointment, anEvent, at, now } from '../../support/samples.ts';

const calendar = aCalendar();
const other = aCalendar({ key: asId('other-key'), calendarId: asId('other@example.com') });
const pending = pendingAt(calendar, now);
const later = plusMs(now, 1 * minute);
const written: Written = { updatedAt: later, provenance: { ...aBooking().provenance, reason: 'update' } };
const base = { ...aBooking().fields, title: 'Before' };
const booking = aBooking({ version: 3, revision: 5, base, edits: { title: now }, sync: pending });

describe('versions', () => {
  test('[R12] what a reader can see moves both on, and says when and why', () => {
    expect(moved(booking, written)).toEqual({ ...booking, ...written, version: 4, revision: 6 });
  });

  test('[R12] what is written at or before the last change counts as a moment after it', () => {
    const at = (updatedAt: Written['updatedAt']) => moved({ ...booking, updatedAt: now }, { ...written, updatedAt });
    expect(at(plusMs(now, 1)).updatedAt).toBe(plusMs(now, 1));
    expect(at(now).updatedAt).toBe(plusMs(now, 1));
    expect(at(plusMs(now, -1 * minute)).updatedAt).toBe(plusMs(now, 1));
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
    expect(keepBase(aBooking({ status: 'cancelled' }))).toStrictEqual({});
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
    expect(linked(anEvent(), calendar).link).toStrictEqual(anAppointment().link);
  });

  test('of a booking that had none has no generation either', () => {
    const { link: _link, ...bare } = aBooking();
    expect(linked(event, calendar, bare).link).not.toHaveProperty('idGeneration');
  });

  test('[R15] says which parts of a booking Google was never told and shall not be: what is only to go from it now is there still', () => {
    const before = aBooking({ link: { ...(aBooking().link as EventLink), untold: ['notes'] } });
    expect(linked(event, calendar, before, ['location', 'notes']).link.untold).toEqual(['notes']);
    expect(linked(event, calendar, before, ['location']).link).not.toHaveProperty('untold');
    expect(linked(event, calendar, before).link).not.toHaveProperty('untold');
    expect(linked(anEvent(), calendar, anAppointment(), ['location']).link).not.toHaveProperty('untold');
    expect(linked(anEvent(), calendar, undefined, ['location']).link).not.toHaveProperty('untold');
  });

  test('[R2] keeps what is being sent until a newer version shows whether it has come true', () => {
    const sent = { fields: base, footer: '' };
    const { observed: _observed, ...unseen } = aBooking().link as EventLink;
    const sending = aBooking({ link: { ...(aBooking().link as EventLink), sent } });
    expect(linked(aBookedEvent(), calendar, sending).link.sent).toEqual(sent);
    expect(linked(event, calendar, sending).link).not.toHaveProperty('sent');
    expect(linked(event, calendar, aBooking({ link: { ...unseen, sent } })).link).not.toHaveProperty('sent');
  });

  test('[R4] of a booking that was told nothing says nothing of it', () => {
    expect(linked(aBookedEvent(), calendar, aBooking()).link).toStrictEqual(aBooking().link);
  });

  test('of a block says whose the event may be; a booking’s is ours', () => {
    const event = anEvent({ confidential: true, mark: 'owner.appointment' });
    expect(linked(event, calendar, anAppointment()).link).toMatchObject({ confidential: true, marked: true });
    const link = { ...anAppointment().link, confidential: true, marked: true } as EventLink;
    expect(linked(anEvent(), calendar, anAppointment({ link })).link).toEqual(anAppointment().link);
    expect(linked(event, calendar, aBooking()).link).not.toHaveProperty('marked');
  });
});

describe('an event that lies in another calendar now', () => {
  const stamp = { now: later, chainId: asId<Written['provenance']['chainId']>('chain-9') };
  const synced = aBooking({ version: 3, revision: 5 });
  const isMoved = (appointment: Appointment, calendar = other) =>
    seenIn(appointment, calendar, stamp).version > appointment.version;

  test('[R12] was moved by a person, which a reader sees', () => {
    const provenance = { actor: 'google', reason: 'move', chainId: 'chain-9' };
    expect(seenIn(synced, other, stamp)).toEqual({ ...synced, version: 4, revision: 6, updatedAt: later, provenance });
  });

  test('[R4] is no news where it was, nor once it is cancelled, nor when there was none before', () => {
    const { link: _link, ...bare } = synced;
    expect(seenIn(synced, calendar, stamp)).toEqual(kept(synced));
    expect(isMoved({ ...synced, status: 'cancelled' })).toBe(false);
    expect(isMoved(bare)).toBe(false);
  });

  test('[R4] is no news when we were moving it there, and the answer was lost', () => {
    expect(isMoved({ ...synced, sync: pendingAt(other, now) })).toBe(false);
    expect(isMoved({ ...synced, sync: pendingAt(calendar, now) })).toBe(true);
  });

  const elsewhere = (sync: SyncState) => aBooking({ sync, ...linked(aBookedEvent(), other) });

  test('[R2] is still told there what it was to be told', () => {
    expect(followed(elsewhere(pending), booking)).toEqual(elsewhere(pendingAt(other, now)));
  });

  test('[R2] is still moved on to where we were about to move it', () => {
    const third = pendingAt(aCalendar({ key: asId('third-key') }), now);
    expect(followed(elsewhere(third), { ...booking, sync: third })).toEqual(elsewhere(third));
  });

  test('is told nothing there when nothing is due, or when it had not been anywhere', () => {
    const { link: _link, ...bare } = booking;
    expect(followed(elsewhere({ state: 'synced' }), synced)).toEqual(elsewhere({ state: 'synced' }));
    expect(followed(elsewhere(pending), bare)).toEqual(elsewhere(pending));
    expect(followed(bare, bare)).toEqual(bare);
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
      eventId: eventIdFor(booking.id, 2),
    });
    expect(next.link && appointmentIdOf(next.link.eventId)).toBe(booking.id);
  });

  test('[R2] is pushed with all that we have, and has no base', () => {
    expect(next).toMatchObject({ fields: booking.fields, status: 'confirmed', version: 4, revision: 6 });
    expect(next.sync).toEqual(pendingAt(calendar, later));
    expect(next).not.toHaveProperty('base');
    expect(next).not.toHaveProperty('edits');
  });

  test('is made where its event was', () => {
    expect(recreated(aBooking(), written).sync).toEqual(pendingAt(calendar, later));
  });

  test('is made where it was on its way to', () => {
    const sync = pendingAt(other, now);
    expect(recreated({ ...booking, sync }, written).sync).toEqual(pendingAt(other, later));
  });

  test('[R3] gets its first event of ours when the old one was foreign', () => {
    const { link } = recreated(anAppointment(), written);
    expect(link).toMatchObject({ idGeneration: 1, eventId: eventIdFor(anAppointment().id, 1) });
  });

  test('must have had an event', () => {
    const { link: _link, ...bare } = booking;
    expect(() => recreated(bare, written)).toThrow('no event');
  });
});
