/** The chaos run's proof must be able to fail: each kind of damage is named. */
import { expect, test } from 'vitest';
import { compare, type Sides } from '../../chaos/compare.ts';
import { lastingMs } from '../../chaos/people.ts';

const startMs = Date.parse('2026-03-02T12:00:00Z');
const start = new Date(startMs).toISOString();
const end = new Date(startMs + lastingMs).toISOString();
const made = {
  side: 'google',
  id: 'e1',
  user: 'ann',
  calendar: 'ann',
  title: 'Dentist',
  startMs,
  gone: false,
  editedAt: 0,
} as const;
const event: Sides['events'][number] = {
  id: 'e1',
  etag: '"1"',
  status: 'confirmed',
  created: start,
  updated: start,
  summary: 'Dentist',
  start: { dateTime: start },
  end: { dateTime: end },
  eventType: 'default',
  iCalUID: 'e1',
  sequence: 0,
  organizer: { email: 'ann' },
};
const appointment = {
  id: 'a1',
  kind: 'block',
  status: 'confirmed',
  title: 'Dentist',
  start,
  end,
  version: 1,
  calendar: { eventId: 'e1' },
  sync: { state: 'synced' },
};
const sound: Sides = { user: 'ann', made: [made], events: [event], appointments: [appointment] };

test('what agrees is not spoken against', () => {
  expect(compare(sound)).toEqual({ lost: [], doubled: [], unsettled: [] });
});

test('what was deleted and is gone on both sides is no loss', () => {
  const cancelled = { status: 'cancelled' } as const;
  const sides: Sides = {
    ...sound,
    made: [{ ...made, gone: true }],
    events: [{ ...event, ...cancelled }],
    appointments: [{ ...appointment, ...cancelled }],
  };
  expect(compare(sides)).toEqual({ lost: [], doubled: [], unsettled: [] });
});

test.each<[string, Partial<Sides>, string]>([
  ['an event that is no appointment', { appointments: [] }, 'is not in BookedBarber'],
  ['one that ends at another time', { appointments: [{ ...appointment, end: start }] }, 'is not in BookedBarber'],
  ['a booking that is no event', { events: [] }, 'is not in Google'],
  ['an edit that did not arrive', { appointments: [{ ...appointment, title: 'Before' }] }, 'is not in BookedBarber'],
  ['a move that did not arrive', { made: [{ ...made, startMs: startMs + 1 }] }, 'is not in Google'],
])('[R2] %s is lost', (_, damage, message) => {
  expect(compare({ ...sound, ...damage }).lost).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
});

test.each<[string, Partial<Sides>, string]>([
  ['a second event', { events: [event, { ...event, id: 'e2' }] }, 'is in Google, where nobody has left it'],
  ['a second appointment', { appointments: [appointment, { ...appointment, id: 'a2' }] }, 'the event e1 has 2'],
  ['an event that came back', { made: [{ ...made, gone: true }] }, 'is in Google, where nobody has left it'],
  ['an event without its appointment', { appointments: [{ ...appointment, calendar: undefined }] }, 'e1 has 0'],
])('[R3] %s is one too many', (_, damage, message) => {
  expect(compare({ ...sound, ...damage }).doubled).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
});

test.each(['pending', 'conflict', 'quarantined'])('an appointment that ends %s is left over', (state) => {
  const { unsettled } = compare({ ...sound, appointments: [{ ...appointment, sync: { state } }] });
  expect(unsettled).toEqual([`ann: the appointment a1 is ${state}`]);
});
