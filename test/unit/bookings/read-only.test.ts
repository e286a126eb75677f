import { expect, test } from 'vitest';
import { isAnothersBooking, overwritesHiddenText } from '../../../shared/bookings/read-only.ts';
import type { Appointment } from '../../../shared/domain/appointment.ts';
import { anAppointment } from '../../support/samples.ts';
import { aLink, aSeenLink } from './sample-bookings.ts';

const { idGeneration: _ours, ...foreign } = aLink;
const { fields } = anAppointment();
const busy = { ...fields, title: 'Busy' };
const marked: Partial<Appointment> = { link: { ...foreign, marked: true }, fields: busy };

test('an event that bears a mark, and whose text is hidden, is a booking of someone else', () => {
  expect(isAnothersBooking(anAppointment(marked))).toBe(true);
});

test.each<[string, Partial<Appointment>]>([
  ['a copy of an own booking, whose text is read', { ...marked, fields }],
  ['a block that we have made anew ourselves', { ...marked, link: aSeenLink({ marked: true }) }],
  ['a private event', { ...marked, link: { ...foreign, confidential: true } }],
  ['a booking', { ...marked, kind: 'booking' }],
])('%s is not', (_, more) => {
  expect(isAnothersBooking(anAppointment(more))).toBe(false);
});

test.each<[string, Partial<typeof fields>, boolean]>([
  ['another title', { title: 'Out' }, true],
  ['a place', { location: 'Chair one' }, true],
  ['notes', { notes: 'Call first' }, true],
  ['another time', { start: '2026-03-03T09:00:00-05:00' }, false],
  ['nothing new', {}, false],
])('%s: is a hidden text overwritten by it?', (_, edit, expected) => {
  expect(overwritesHiddenText(anAppointment(marked), { ...busy, ...edit })).toBe(expected);
});
