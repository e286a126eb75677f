import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Appointment, OwnedFields } from '../../../shared/domain/appointment.ts';
import type { CalendarEvent, EventChange, EventTime } from '../../../shared/domain/calendar-event.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { type Instant, minute, plusMs, second } from '../../../shared/domain/instant.ts';
import {
  type Decision,
  decide,
  type OurSide,
  sameFields,
  type TheirSide,
  verdicts,
} from '../../../shared/sync/decide.ts';
import { nextAppointment } from '../../../shared/sync/next-appointment.ts';
import { windowAt } from '../../../shared/sync/window.ts';
import { aCalendar, anAppointment, anEvent, now } from '../../support/samples.ts';

const context = { timeZone: 'America/New_York', window: windowAt(now) };
const stamp = { now, chainId: asId<Parameters<typeof nextAppointment>[2]['chainId']>('chain-2') };
const seen = anEvent().updated;
const later = plusMs(seen, 1 * minute);

const changeTo = (event: Partial<CalendarEvent>): EventChange => ({ kind: 'event', event: anEvent(event) });
const deleted: EventChange = { kind: 'deleted', id: anEvent().id };
const unreadable: EventChange = { kind: 'unreadable', id: anEvent().id, reason: 'No end' };
const decisionOf = (appointment: Appointment | undefined, change: EventChange) => decide(appointment, change, context);

const ours: Record<OurSide, Appointment | undefined> = {
  none: undefined,
  same: anAppointment(),
  cancelled: anAppointment({ status: 'cancelled' }),
};
const theirs: Record<TheirSide, EventChange> = {
  same: changeTo({ updated: later }),
  changed: changeTo({ updated: later, summary: 'Orthodontist' }),
  gone: changeTo({ updated: later, transparent: true }),
  unreadable,
};

describe('the table', () => {
  const cells: [OurSide, TheirSide, Decision['kind']][] = [
    ['none', 'same', 'create'],
    ['none', 'changed', 'create'],
    ['none', 'gone', 'nothing'],
    ['none', 'unreadable', 'park-event'],
    ['same', 'same', 'note'],
    ['same', 'changed', 'update'],
    ['same', 'gone', 'cancel'],
    ['same', 'unreadable', 'park-appointment'],
    ['cancelled', 'same', 'restore'],
    ['cancelled', 'changed', 'restore'],
    ['cancelled', 'gone', 'note'],
    ['cancelled', 'unreadable', 'park-event'],
  ];

  test.each(cells)('[R1] %s × %s → %s', (our, their, verdict) => {
    expect(decisionOf(ours[our], theirs[their]).kind).toBe(verdict);
    expect(verdicts[our][their]).toBe(verdict);
  });

  test('has no cell that is not tried here', () => {
    const all = Object.entries(verdicts).flatMap(([our, row]) => Object.keys(row).map((their) => `${our} ${their}`));
    expect(cells.map(([our, their]) => `${our} ${their}`)).toEqual(all);
  });
});

describe('[R4] what is no difference decides nothing', () => {
  test.each<[string, Partial<CalendarEvent>]>([
    ['the same version again', {}],
    ['milliseconds [F54]', { start: { ...timed('2026-03-03T10:00:00.500-05:00') } }],
    ['the same moment in another offset', { start: timed('2026-03-03T15:00:00Z') }],
    ['an empty place', { location: '' }],
    ['another kind of event that takes time', { eventType: 'focusTime' }],
  ])('%s', (_, event) => {
    expect(decisionOf(anAppointment(), changeTo(event))).toEqual({ kind: 'nothing' });
  });
});

describe('[R2] a version that we did not know, with nothing new in it', () => {
  const newer = changeTo({ etag: '"2"', updated: later });

  test('is noted, so that an older one cannot come back over it', () => {
    const noted = apply(anAppointment(), newer);
    expect(noted).toMatchObject({ version: 1, revision: 2, updatedAt: now, link: { etag: '"2"', updated: later } });
    const late = changeTo({ updated: plusMs(seen, 1), summary: 'Older' });
    expect(decisionOf(noted, late)).toEqual({ kind: 'nothing' });
  });

  test('is noted once, and a deletion is no version', () => {
    expect(decisionOf(apply(anAppointment(), newer), newer)).toEqual({ kind: 'nothing' });
    expect(decisionOf(ours.cancelled, deleted)).toEqual({ kind: 'nothing' });
  });
});

describe('what is a difference', () => {
  const fields = anAppointment().fields;
  const others: { [Field in keyof Required<OwnedFields>]: OwnedFields[Field] } = {
    title: 'Other',
    location: 'Main St',
    notes: 'Bring card',
    allDay: true,
    start: '2026-03-03T10:30:00-05:00',
    end: '2026-03-03T11:30:00-05:00',
    timeZone: 'America/Chicago',
  };

  test.each(Object.entries(others))('%s', (field, other) => {
    expect(sameFields(fields, { ...fields, [field]: other })).toBe(false);
    expect(sameFields({ ...fields, [field]: other }, fields)).toBe(false);
  });
});

describe('an event is gone when it', () => {
  test.each<[string, EventChange]>([
    ['is deleted', deleted],
    ['is marked as free', changeTo({ updated: later, transparent: true })],
    ['is declined by the barber', changeTo({ updated: later, declined: true })],
    ['only says where the barber is', changeTo({ updated: later, eventType: 'workingLocation' })],
    [
      'is free, and cannot be read besides',
      changeTo({ updated: later, transparent: true, end: { kind: 'date', date: 'x' } }),
    ],
  ])('%s', (_, change) => {
    expect(decisionOf(anAppointment(), change)).toMatchObject({ kind: 'cancel', appointment: anAppointment() });
    expect(decisionOf(undefined, change).kind).toBe('nothing');
  });
});

describe('a stale event', () => {
  const earlier = plusMs(seen, -1);

  test.each<[string, EventChange]>([
    ['changes nothing', changeTo({ updated: earlier, summary: 'Old' })],
    ['cancels nothing', changeTo({ updated: earlier, transparent: true })],
    ['parks nothing', changeTo({ updated: earlier, end: { kind: 'date', date: 'x' } })],
  ])('[R2] %s', (_, change) => {
    expect(decisionOf(anAppointment(), change)).toEqual({ kind: 'nothing' });
  });

  test('is older than the last one seen: one of the same moment counts', () => {
    expect(decisionOf(anAppointment(), changeTo({ updated: seen, summary: 'New' })).kind).toBe('update');
  });

  test.each<[string, Instant, Decision['kind']]>([
    ['the last version seen', seen, 'nothing'],
    ['an older one', earlier, 'nothing'],
    ['a newer one', plusMs(seen, 1), 'restore'],
  ])('after a deletion, %s → %s', (_, updated, kind) => {
    expect(decisionOf(ours.cancelled, changeTo({ updated })).kind).toBe(kind);
  });
});

describe('the window', () => {
  const { from, to } = context.window;
  const spanning = (start: Instant, end: Instant) => changeTo({ start: timed(start), end: timed(end) });

  test.each<[string, EventChange, Decision['kind']]>([
    ['that ends as the window begins', spanning(plusMs(from, -1 * minute), from), 'nothing'],
    ['that ends a second later', spanning(plusMs(from, -1 * minute), plusMs(from, 1 * second)), 'create'],
    [
      'that begins a second before the window ends',
      spanning(plusMs(to, -1 * second), plusMs(to, 1 * minute)),
      'create',
    ],
    ['that begins as the window ends', spanning(to, plusMs(to, 1 * minute)), 'nothing'],
    ['around the window', spanning(plusMs(from, -1 * minute), plusMs(to, 1 * minute)), 'create'],
  ])('an event %s → %s', (_, change, kind) => {
    expect(decisionOf(undefined, change).kind).toBe(kind);
  });

  test('[R2] an appointment follows its event out of the window', () => {
    expect(decisionOf(anAppointment(), spanning(to, plusMs(to, 1 * minute))).kind).toBe('update');
  });
});

describe('an appointment whose event cannot be read', () => {
  const parked = anAppointment({ sync: { state: 'quarantined', reason: 'No end' } });

  test('keeps what it has, with the reason', () => {
    const expected = {
      kind: 'park-appointment',
      eventId: anEvent().id,
      appointment: anAppointment(),
      reason: 'No end',
    };
    expect(decisionOf(anAppointment(), unreadable)).toEqual(expected);
  });

  test('[R4] is parked once for one reason', () => {
    expect(decisionOf(parked, unreadable)).toEqual({ kind: 'parked' });
    expect(decisionOf(parked, { ...unreadable, reason: 'No start' }).kind).toBe('park-appointment');
  });

  test('is released by an event that can be read, even one like before', () => {
    expect(decisionOf(parked, theirs.same).kind).toBe('update');
  });

  test('is cancelled when the event is deleted', () => {
    expect(decisionOf(parked, deleted).kind).toBe('cancel');
  });
});

describe('whatever happens', () => {
  test('[R1][R4] applying the decision leaves nothing to decide', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { minLength: 1, maxLength: 6 }), (changes) => {
        const left = changes.reduce<Appointment | undefined>(apply, undefined);
        const { kind } = decisionOf(left, changes.at(-1) ?? deleted);
        expect(['nothing', 'parked', 'park-event']).toContain(kind); // Parking an event again is the same write.
      }),
    );
  });

  test('[R2] an appointment is cancelled by a deletion or by its own event, never by one that cannot be read', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 5 }), anyChange, (changes, change) => {
        fc.pre(decisionOf(changes.reduce<Appointment | undefined>(apply, undefined), change).kind === 'cancel');
        expect(change.kind === 'deleted' || (change.kind === 'event' && change.event.transparent)).toBe(true);
      }),
    );
  });
});

const apply = (appointment: Appointment | undefined, change: EventChange): Appointment | undefined => {
  const decision = decisionOf(appointment, change);
  if (decision.kind === 'nothing' || decision.kind === 'parked' || decision.kind === 'park-event') return appointment;
  return nextAppointment(decision, aCalendar(), stamp);
};

function timed(dateTime: string): EventTime {
  return { kind: 'dateTime', dateTime, timeZone: 'America/New_York' };
}

const anyTime = fc.constantFrom<EventTime>(
  timed('2020-01-01T10:00:00Z'),
  timed('2026-03-03T10:00:00-05:00'),
  timed('2026-03-03T11:00:00-05:00'),
  { kind: 'dateTime', dateTime: '2026-03-04T11:00:00Z', timeZone: 'Mars/Olympus' },
  { kind: 'date', date: '2026-03-03' },
  { kind: 'date', date: '2026-03-05' },
);
const anyEvent = fc
  .record({
    updated: fc.integer({ min: 0, max: 3 }).map((minutes) => plusMs(seen, minutes * minute)),
    summary: fc.constantFrom('Dentist', 'Orthodontist'),
    transparent: fc.boolean(),
    confidential: fc.boolean(),
    start: anyTime,
    end: anyTime,
  })
  .map(changeTo);
const anyChange = fc.oneof(
  anyEvent,
  anyEvent,
  fc.constantFrom(deleted, unreadable, { ...unreadable, reason: 'Other' }),
);
