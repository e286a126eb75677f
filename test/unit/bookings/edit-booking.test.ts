import { describe, expect, test } from 'vitest';
import type { BookingEdit } from '../../../shared/bookings/booking-request.ts';
import { readTimes } from '../../../shared/bookings/booking-times.ts';
import type { Destination } from '../../../shared/bookings/destination.ts';
import { editBooking } from '../../../shared/bookings/edit-booking.ts';
import type { Appointment, EventLink, SyncState } from '../../../shared/domain/appointment.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { hour, plusMs } from '../../../shared/domain/instant.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { anAppointment, at, calendarId, calendarKey, now } from '../../support/samples.ts';
import { aBooking, aLink, aLocalBooking, aSeenLink, connected, disconnected, stamp } from './sample-bookings.ts';

const none: BookingEdit = { text: {}, details: {}, times: {} };
const edit = (before: Appointment, asked: Partial<BookingEdit>, destination: Destination = connected()) =>
  editBooking(before, { edit: { ...none, ...asked } }, destination, stamp);
const edited = (...args: Parameters<typeof edit>): Appointment => edit(...args) ?? expect.fail('Nothing changed');

const later = (booking: Appointment) => {
  const { allDay, timeZone } = booking.fields;
  const span = readTimes({ allDay, timeZone, start: '2026-03-03T12:00', end: '2026-03-03T13:00' });
  return span.kind === 'span' ? span : expect.fail('No span');
};

const pending: SyncState = {
  state: 'pending',
  target: { calendarKey, calendarId },
  since: now,
  notBefore: now,
  attempts: 0,
};

test('an edit moves the version, says who did it, keeps what both had agreed on, and Google must hear of it', () => {
  const before = aBooking({ updatedAt: plusMs(now, -1) });
  const { provenance, ...after } = edited(before, { title: 'Shave' });
  expect(after).toMatchObject({ version: 4, revision: 6, updatedAt: now, edits: { title: now }, sync: pending });
  expect(after.fields).toEqual({ ...before.fields, title: 'Shave' });
  expect(after.base).toEqual(before.fields);
  expect(provenance).toEqual({ actor: 'user', reason: 'update', chainId: 'request-1' });
});

test('new times move the span', () => {
  const before = aBooking();
  const after = editBooking(before, { edit: none, span: later(before) }, connected(), stamp);
  expect(after).toMatchObject({
    fields: { start: '2026-03-03T12:00:00-05:00' },
    startsAt: '2026-03-03T17:00:00.000Z',
    endsAt: '2026-03-03T18:00:00.000Z',
    edits: { times: now },
  });
});

test.each<[string, Partial<BookingEdit>]>([
  ['nothing', {}],
  ['the same title', { title: 'Cut – Ann' }],
  ['to take away what is not there', { text: { notes: null }, details: { price: null } }],
])('[R4] asked for %s, it changes nothing', (_, asked) => {
  expect(edit(aBooking(), asked)).toBeUndefined();
});

test('the same times are no change, however they are written', () => {
  const before = aBooking();
  const span = readTimes({ ...before.fields, start: '2026-03-03T15:00:00Z', end: '2026-03-03T11:00' });
  const same = span.kind === 'span' ? span : expect.fail('No span');
  expect(editBooking(before, { edit: none, span: same }, connected(), stamp)).toBeUndefined();
});

test('null takes a part away', () => {
  const before = aBooking({ fields: { ...aBooking().fields, notes: 'Old', location: 'Old' } });
  const after = edited(before, { text: { notes: null }, details: { service: null, clientName: null } });
  expect(after.fields).not.toHaveProperty('notes');
  expect(after.fields.location).toBe('Old');
  expect(after).not.toHaveProperty('details');
});

describe('the title', () => {
  test('that was composed follows service and client', () => {
    const after = edited(aBooking(), { details: { clientName: 'Eve' } });
    expect(after).toMatchObject({ fields: { title: 'Cut – Eve' }, edits: { title: now }, sync: pending });
  });

  test('that a person wrote stays', () => {
    const own = aBooking({ fields: { ...aBooking().fields, title: 'VIP' } });
    expect(edited(own, { details: { clientName: 'Eve' } }).fields.title).toBe('VIP');
  });

  test('[R15] that Google is not told stays untold when a form sends back the one that the API shows', () => {
    const shared = { ...defaultSettings.shared, service: false, clientName: false };
    const untold = aBooking({ fields: { ...aBooking().fields, title: 'Booked' } });
    const asked = { title: 'Cut – Ann', text: { notes: 'x' } };
    expect(edited(untold, asked, connected({ shared })).fields.title).toBe('Booked');
    expect(edited(untold, { title: 'VIP' }, connected({ shared })).fields.title).toBe('VIP');
  });

  test('of a block is never composed', () => {
    const block = anAppointment({ fields: { ...anAppointment().fields, title: 'Booked' } });
    expect(edited(block, { text: { notes: 'x' } }).fields.title).toBe('Booked');
  });
});

describe('what Google is not told', () => {
  const { shared } = connected().settings;
  const discreet = connected({ shared: { ...shared, notes: false, location: false } });

  test.each<[string, Partial<BookingEdit>, Destination]>([
    ['a contact', { details: { clientContact: '+1 555' } }, connected()],
    ['a price', { details: { price: { amount: 3500, currency: 'EUR' } } }, connected()],
    ['notes that are not shared', { text: { notes: 'Allergic' } }, discreet],
    ['a location that is not shared', { text: { location: 'Room 2' } }, discreet],
  ])('%s: it is kept here, and nothing is pending', (_, asked, destination) => {
    const untold = destination === discreet ? (['location', 'notes'] as const) : [];
    const after = edited(aBooking({ link: aSeenLink({ untold: [...untold] }) }), asked, destination);
    expect(after).toMatchObject({ version: 4, sync: { state: 'synced' } });
    expect(after).not.toHaveProperty('base');
  });

  test('a price that is shared is told, in the footer', () => {
    const open = connected({ shared: { ...shared, price: true } });
    const asked = { details: { price: { amount: 3500, currency: 'EUR' } } };
    const before = aBooking({ link: aSeenLink() });
    expect(edited(before, asked, open)).toMatchObject({ sync: pending, base: before.fields });
  });

  test.each<[string, Partial<EventLink>]>([
    ['a line that the event still has', { footer: 'Price: 35.00 EUR' }],
    ['a part that it was not told', { untold: ['notes'] }],
  ])('what has changed before is told along with the next edit: %s', (_, told) => {
    const before = aBooking({ link: aSeenLink(told) });
    expect(edited(before, { details: { clientContact: '+1 555' } }, connected()).sync).toEqual(pending);
  });

  test('of a block everything is told: it is Google’s own', () => {
    expect(edited(anAppointment(), { text: { notes: 'x' } }, discreet).sync).toEqual(pending);
  });
});

describe('how it stands with Google', () => {
  const earlier = at('2026-03-02T11:00:00Z');
  const failing: SyncState = {
    ...pending,
    since: earlier,
    notBefore: plusMs(now, hour),
    attempts: 3,
    reason: 'forbidden',
    prefer: 'bookedbarber',
  };

  test('pending already: it is tried again at once, has waited since the first edit, and a person’s word stands', () => {
    const base = { ...aBooking().fields, title: 'Agreed' };
    const after = edited(aBooking({ sync: failing, base }), { title: 'Shave' });
    expect(after.sync).toEqual({ ...pending, since: earlier, prefer: 'bookedbarber' });
    expect(after.base).toEqual(base);
  });

  test.each<SyncState>([
    { state: 'conflict', conflictId: asId('c'), theirs: 'gone' },
    { state: 'held', conflictId: asId('c') },
    { state: 'quarantined', reason: 'unreadable' },
  ])('[R2] $state it stays, with the edit and what both had agreed on', (sync) => {
    const before = aBooking({ sync });
    const after = edited(before, { title: 'Shave' });
    expect(after).toMatchObject({ sync, fields: { title: 'Shave' }, base: before.fields });
  });

  test('without an event there is nothing that both have agreed on', () => {
    const after = edited(aLocalBooking(), { title: 'Shave' });
    expect(after.sync).toEqual(pending);
    expect(after).not.toHaveProperty('base');
  });

  test('planned but not yet seen in Google, what was planned is the base: a cut-off insert may have made it', () => {
    const planned = aBooking({ sync: pending, link: aLink });
    expect(edited(planned, { title: 'Shave' }).base).toEqual(planned.fields);
  });

  test('what is over and has no event stays here; its event, when there is one, follows', () => {
    const over = { startsAt: at('2026-03-01T10:00:00Z'), endsAt: at('2026-03-01T11:00:00Z') };
    expect(edited(aLocalBooking(over), { title: 'Shave' }).sync).toEqual({ state: 'local' });
    expect(edited(aBooking(over), { title: 'Shave' }).sync).toEqual(pending);
  });

  test('an event stays in its calendar, whichever takes the bookings now', () => {
    const elsewhere = { ...connected(), bookings: { key: asId<never>('other'), calendarId: asId<never>('other') } };
    expect(edited(aBooking(), { title: 'Shave' }, elsewhere).sync).toEqual(pending);
  });

  test('without a connection nobody is told', () => {
    expect(edited(aLocalBooking(), { title: 'Shave' }, disconnected).sync).toEqual({ state: 'local' });
  });
});

test('white space is no difference: it is kept here, and Google is not bothered [R4]', () => {
  const before = aBooking({ fields: { ...aBooking().fields, notes: 'A\nB' } });
  const after = edited(before, { text: { notes: 'A\n\nB' } });
  expect(after).toMatchObject({ version: 4, fields: { notes: 'A\n\nB' }, sync: { state: 'synced' } });
  expect(after).not.toHaveProperty('edits');
});
