import { describe, expect, test } from 'vitest';
import { decide } from '../../../shared/decision/decide.ts';
import { isOurs, type OurSide, readOurs, readTheirs } from '../../../shared/decision/sides.ts';
import { pendingAt } from '../../../shared/decision/sync-state.ts';
import type { Appointment, EventLink, OwnedFields } from '../../../shared/domain/appointment.ts';
import type { CalendarEvent, EventChange } from '../../../shared/domain/calendar-event.ts';
import { eventMarkOf, ownerMarkOf } from '../../../shared/domain/derived-ids.ts';
import { asId } from '../../../shared/domain/ids.ts';
import type { Settings, Shared } from '../../../shared/domain/settings.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import {
  aBookedEvent,
  aBooking,
  aCalendar,
  aContext,
  anAppointment,
  anEvent,
  now,
  ownerMark,
} from '../../support/samples.ts';

const changeTo = (event: CalendarEvent): EventChange => ({ kind: 'event', event });
const theirs = (appointment: Appointment | undefined, event: CalendarEvent, settings: Partial<Settings> = {}) =>
  readTheirs(appointment, changeTo(event), aContext({ settings }));
const sharing = (shared: Partial<Shared>): Partial<Settings> => ({ shared: { ...defaultSettings.shared, ...shared } });
const bookedLink = aBooking().link as EventLink;
const otherMark = eventMarkOf(ownerMarkOf('test', asId('barber-2')), aBooking().id);

describe('our side', () => {
  const { fields } = aBooking();
  const base = { ...fields, title: 'Before' };
  const pending = pendingAt(aCalendar(), now);
  const preferred = { ...pending, prefer: 'bookedbarber' as const };

  test.each<[OurSide, string, Appointment | undefined]>([
    ['none', 'there is no appointment', undefined],
    ['same', 'nothing is stored that it could differ from', aBooking()],
    ['same', 'it says what was agreed on', aBooking({ base: { ...fields, title: ` ${fields.title}` } })],
    ['changed', 'it says something else', aBooking({ base })],
    ['changed', 'a person has said that it wins', aBooking({ sync: preferred })],
    ['gone', 'it is cancelled, and Google has it still', aBooking({ base, status: 'cancelled' })],
    ['gone', 'it is cancelled, and that wins', aBooking({ base, status: 'cancelled', sync: preferred })],
    ['settled', 'it is cancelled, and both know', aBooking({ status: 'cancelled' })],
  ])('is `%s` when %s', (side, _, appointment) => {
    expect(readOurs(appointment)).toBe(side);
  });
});

describe('the text of an event', () => {
  const hidden = { title: 'Busy' };
  const shown = { title: 'Dentist', location: 'Elm St', notes: 'Crown' };
  const told = { location: 'Elm St', description: 'Crown' };
  const textOf = (
    appointment: Appointment | undefined,
    event: Partial<CalendarEvent>,
    settings?: Partial<Settings>,
  ) => {
    const read = theirs(appointment, anEvent({ ...told, ...event }), settings);
    if (!('translated' in read)) throw new Error(`Their side is ${read.side}`);
    const { title, location, notes } = read.translated.fields;
    return { title, ...(location !== undefined && { location }), ...(notes !== undefined && { notes }) };
  };

  test.each<[string, Partial<CalendarEvent>, Partial<Settings>, object]>([
    ['is read', {}, {}, shown],
    ['that is private is not', { confidential: true }, {}, hidden],
    ['that is private is, if the user says so', { confidential: true }, { readPrivateText: true }, shown],
    ["that is another barber's is not", { mark: otherMark }, {}, hidden],
    ["that is another barber's never is", { mark: otherMark }, { readPrivateText: true }, hidden],
    ['that bears our own mark is', { mark: eventMarkOf(ownerMark, aBooking().id) }, {}, shown],
  ])('%s', (_, event, settings, text) => {
    expect(textOf(undefined, event, settings)).toEqual(text);
    expect(textOf(anAppointment(), event, settings)).toEqual(text);
  });

  test('that stands for our own booking is never hidden', () => {
    expect(textOf(aBooking(), { confidential: true, mark: otherMark })).toEqual(shown);
  });

  test('[R4] that is hidden is no difference, whatever it says', () => {
    const block = anAppointment({ fields: { ...anAppointment().fields, title: 'Busy' } });
    expect(theirs(block, anEvent({ confidential: true, summary: 'Other', description: 'Other' })).side).toBe('same');
  });
});

describe('what a booking does not share', () => {
  const parts = [
    ['location', { location: 'Elsewhere' }],
    ['notes', { description: 'Other' }],
  ] as const;

  test.each(parts)('[R4] is not read, and no difference: %s', (part, event) => {
    const read = theirs(aBooking(), aBookedEvent(event), sharing({ [part]: false }));
    expect(read).toMatchObject({ side: 'same', translated: { fields: aBooking().fields } });
    expect(theirs(aBooking(), aBookedEvent(event)).side).toBe('changed');
  });

  test.each(parts)('[R2] is no difference to what was agreed on after we have changed it: %s', (part) => {
    const base = { ...aBooking().fields, [part]: 'Before' };
    expect(theirs(aBooking({ base }), aBookedEvent(), sharing({ [part]: false })).side).toBe('same');
  });

  test('that we have not either is not made up', () => {
    const { location: _, ...fields } = aBooking().fields;
    const read = theirs(aBooking({ fields }), aBookedEvent(), sharing({ location: false }));
    expect(read).toMatchObject({ side: 'same', translated: { fields } });
    expect('translated' in read && read.translated.fields).not.toHaveProperty('location');
  });

  test('concerns bookings only: what a block says counts whole, and so does what was agreed on about it', () => {
    const { fields } = anAppointment();
    const block = anAppointment({ base: { ...fields, location: 'Before' }, fields: { ...fields, location: 'Elm St' } });
    expect(theirs(block, anEvent({ location: 'Elm St' }), sharing({ location: false })).side).toBe('changed');
    expect(theirs(block, anEvent({ location: 'Before' }), sharing({ location: false })).side).toBe('same');
  });

  test('that was never agreed on is not made up', () => {
    const read = theirs(anAppointment(), anEvent());
    expect('base' in read && read.base).toStrictEqual(anAppointment().fields);
  });

  test('concerns bookings only: a block is read whole', () => {
    const read = theirs(anAppointment(), anEvent({ location: 'Elm St' }), sharing({ location: false }));
    expect(read).toMatchObject({ side: 'changed', translated: { fields: { location: 'Elm St' } } });
  });
});

describe('the lines that we add to the notes', () => {
  const settings = sharing({ clientContact: true, price: true });
  const booking = aBooking({ details: { clientContact: 'ann@example.com', price: { amount: 3500, currency: 'EUR' } } });
  const footer = 'Contact: ann@example.com\nPrice: 35.00 EUR';

  test.each([
    ['below the notes', `Bring card\n\n${footer}`],
    ['as an editor writes them', `Bring card<br><br>${footer.replace('\n', '<br>')}`],
  ])('[R4] are no difference: %s', (_, description) => {
    expect(theirs(booking, aBookedEvent({ description }), settings)).toMatchObject({
      side: 'same',
      translated: { fields: { notes: 'Bring card' } },
    });
  });

  test('[R2] hide nothing that a person has written above them', () => {
    const read = theirs(booking, aBookedEvent({ description: `Bring cash\n\n${footer}` }), settings);
    expect(read).toMatchObject({ side: 'changed', translated: { fields: { notes: 'Bring cash' } } });
  });

  const told = { ...booking, link: { ...bookedLink, footer } };

  test.each([
    ['the price has changed', { ...told, details: { price: { amount: 4000, currency: 'EUR' } } }, settings],
    ['they are shared no more', told, {}],
  ])('[R2] are no notes either when we would write others by now: %s', (_, appointment, others) => {
    expect(theirs(appointment, aBookedEvent({ description: `Bring card\n\n${footer}` }), others).side).toBe('same');
  });

  test('[F49] are no notes when they were written and the answer was lost', () => {
    const before = { ...booking, link: { ...bookedLink, footer: 'Price: 30.00 EUR' } };
    expect(theirs(before, aBookedEvent({ description: `Bring card\n\n${footer}` }), settings).side).toBe('same');
  });

  test('alone are no notes', () => {
    const { notes: _, ...fields } = booking.fields;
    const read = theirs({ ...booking, fields }, aBookedEvent({ description: footer }), settings);
    expect(read.side).toBe('same');
    expect('translated' in read && read.translated.fields).toStrictEqual(fields);
  });
});

describe('an event of a booking', () => {
  test('[R2] that lasts for longer than 31 days cannot be taken', () => {
    const until = (dateTime: string) => aBookedEvent({ end: { kind: 'dateTime', dateTime } });
    expect(theirs(aBooking(), until('2026-04-03T14:00:00Z')).side).toBe('changed');
    expect(theirs(aBooking(), until('2026-04-03T14:00:01Z'))).toEqual({
      side: 'unreadable',
      eventId: aBookedEvent().id,
      reason: 'A booking cannot last more than 31 days',
    });
    expect(theirs(anAppointment(), until('2026-04-03T14:00:01Z')).side).toBe('changed');
  });

  test.each([undefined, aBooking()])('[R2] that cannot be read says why, and is not taken for gone', (appointment) => {
    const event = aBookedEvent({ end: { kind: 'date', date: '2026-03-04' } });
    expect(theirs(appointment, event)).toEqual({
      side: 'unreadable',
      eventId: event.id,
      reason: 'The start, end or time zone cannot be read',
    });
  });

  test.each<[string, Partial<CalendarEvent>]>([
    ['shown as free', { transparent: true }],
    ['declined', { declined: true }],
    ['of a kind that takes no time', { eventType: 'workingLocation' }],
  ])('[F58] stays its event when it is %s', (_, event) => {
    expect(theirs(aBooking(), aBookedEvent(event)).side).toBe('same');
    expect(theirs(undefined, aBookedEvent(event)).side).toBe('gone');
  });

  test('[R3] is ours only by our own mark for this very booking', () => {
    const marked = (mark: string | undefined) =>
      isOurs(aBookedEvent({ ...(mark !== undefined && { mark }) }), aBooking(), ownerMark);
    expect(marked(eventMarkOf(ownerMark, aBooking().id))).toBe(true);
    expect(marked(eventMarkOf(ownerMark, anAppointment().id))).toBe(false);
    expect(marked(otherMark)).toBe(false);
    expect(isOurs(anEvent(), aBooking(), ownerMark)).toBe(false);
  });
});

describe('[R2] a part that Google has not been told', () => {
  const parts = [
    ['location', { location: 'Chair 2' }],
    ['notes', { notes: 'Fringe only' }],
  ] as const;
  const { description: _description, location: _location, ...bare } = aBookedEvent();
  const untold = (part: 'location' | 'notes', told: Partial<OwnedFields>) => ({
    booking: aBooking({ fields: { ...aBooking().fields, ...told }, link: { ...bookedLink, untold: [part] } }),
    change: changeTo({ ...bare, ...(part === 'notes' ? { location: 'Main St 1' } : { description: 'Bring card' }) }),
    settingIt: (shared: boolean) => aContext({ settings: sharing({ [part]: shared }) }),
  });

  test.each(parts)('is no difference while it is not shared: %s', (part, told) => {
    const { booking, change, settingIt } = untold(part, told);
    expect(decide(booking, change, settingIt(false))).toEqual({ kind: 'nothing' });
  });

  test.each(parts)('is told, not taken for deleted there, once it is shared: %s', (part, told) => {
    const { booking, change, settingIt } = untold(part, told);
    expect(decide(booking, change, settingIt(true))).toMatchObject({ kind: 'push' });
  });
});
