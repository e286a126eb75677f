import { describe, expect, test } from 'vitest';
import { decide, type Verdict, verdicts } from '../../../shared/decision/decide.ts';
import type { Decision } from '../../../shared/decision/decision.ts';
import { conflictIdFor, nextAppointment, type Stamp } from '../../../shared/decision/next-appointment.ts';
import type { OurSide, TheirSide } from '../../../shared/decision/sides.ts';
import { pendingAt } from '../../../shared/decision/sync-state.ts';
import type { Appointment, EventLink, SyncState } from '../../../shared/domain/appointment.ts';
import type { CalendarEvent, EventChange, EventTime } from '../../../shared/domain/calendar-event.ts';
import { type Instant, minute, plusMs, second } from '../../../shared/domain/instant.ts';
import { aBookedEvent, aBooking, aCalendar, aContext, anAppointment, anEvent, now } from '../../support/samples.ts';

const context = aContext();
const stamp: Stamp = { now, chainId: anAppointment().provenance.chainId };
const seen = anEvent().updated;
const later = plusMs(seen, 1 * minute);

const changeTo = (event: Partial<CalendarEvent>): EventChange => ({ kind: 'event', event: anEvent(event) });
const deleted: EventChange = { kind: 'deleted', id: anEvent().id };
const unreadable: EventChange & { kind: 'unreadable' } = { kind: 'unreadable', id: anEvent().id, reason: 'No end' };
const decisionOf = (appointment: Appointment | undefined, change: EventChange): Decision =>
  decide(appointment, change, context);

const apply = (appointment: Appointment | undefined, change: EventChange): Appointment | undefined => {
  const decision = decisionOf(appointment, change);
  if (
    decision.kind === 'nothing' ||
    decision.kind === 'stale' ||
    decision.kind === 'parked' ||
    decision.kind === 'park-event'
  )
    return appointment;
  return nextAppointment(decision, aCalendar(), stamp);
};

describe('the table', () => {
  const pending = pendingAt(aCalendar(), now);
  const edited = aBooking({
    base: aBooking().fields,
    fields: { ...aBooking().fields, title: 'Beard trim' },
    edits: { title: now },
    sync: pending,
  });
  const ours: Record<OurSide, Appointment | undefined> = {
    none: undefined,
    same: aBooking(),
    changed: edited,
    gone: aBooking({ base: aBooking().fields, status: 'cancelled', sync: pending }),
    settled: aBooking({ status: 'cancelled' }),
  };
  const { id } = aBookedEvent();
  const theirs: Record<TheirSide, EventChange> = {
    same: { kind: 'event', event: aBookedEvent({ etag: '"2"', updated: later }) },
    changed: { kind: 'event', event: aBookedEvent({ updated: later, description: 'Cash only' }) },
    gone: { kind: 'deleted', id },
    unreadable: { kind: 'unreadable', id, reason: 'No end' },
  };

  /** Each cell: the verdict, and where another decision comes of it for this sample, that. */
  const cells: [OurSide, TheirSide, Verdict, Decision['kind']?][] = [
    ['none', 'same', 'create'],
    ['none', 'changed', 'create'],
    ['none', 'gone', 'nothing'],
    ['none', 'unreadable', 'park-event'],
    ['same', 'same', 'note'],
    ['same', 'changed', 'update'],
    ['same', 'gone', 'cancel'],
    ['same', 'unreadable', 'park-appointment'],
    ['changed', 'same', 'push'],
    ['changed', 'changed', 'merge'],
    ['changed', 'gone', 'lost-there', 'conflict'],
    ['changed', 'unreadable', 'park-appointment'],
    ['gone', 'same', 'push'],
    ['gone', 'changed', 'lost-here', 'conflict'],
    ['gone', 'gone', 'note'],
    ['gone', 'unreadable', 'park-appointment'],
    ['settled', 'same', 'restore'],
    ['settled', 'changed', 'restore'],
    ['settled', 'gone', 'note', 'nothing'],
    ['settled', 'unreadable', 'park-event'],
  ];

  test.each(cells)('[R1] %s × %s → %s', (our, their, verdict, decision = verdict as Decision['kind']) => {
    expect(verdicts[our][their]).toBe(verdict);
    expect(decisionOf(ours[our], theirs[their]).kind).toBe(decision);
  });

  test('has no cell that is not tried here', () => {
    const all = Object.entries(verdicts).flatMap(([our, row]) => Object.keys(row).map((their) => `${our} ${their}`));
    expect(cells.map(([our, their]) => `${our} ${their}`).sort()).toEqual(all.sort());
  });

  test.each(Object.entries(theirs))('[R9] what is held waits for a person, whatever Google says: %s', (_, change) => {
    const held = { ...edited, sync: { state: 'held' as const, conflictId: conflictIdFor(edited) } };
    const isNews = change.kind === 'event' && change.event.etag !== held.link?.observed?.etag;
    expect(decisionOf(held, change)).toMatchObject(isNews ? { kind: 'note', inReview: {} } : { kind: 'nothing' });
  });
});

const aBookingLink = aBooking().link as EventLink;
const timed = (dateTime: string): EventTime => ({ kind: 'dateTime', dateTime, timeZone: 'America/New_York' });
const cancelled = anAppointment({ status: 'cancelled' });

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
    expect(noted).toMatchObject({
      version: 1,
      revision: 2,
      updatedAt: now,
      link: { observed: { etag: '"2"', updated: later } },
    });
    const late = changeTo({ updated: plusMs(seen, 1), summary: 'Older' });
    expect(decisionOf(noted, late)).toEqual({ kind: 'stale' });
  });

  test('is noted once, and a deletion is no version', () => {
    expect(decisionOf(anAppointment(), deleted)).toStrictEqual({ kind: 'cancel', appointment: anAppointment() });
    expect(decisionOf(apply(anAppointment(), newer), newer)).toEqual({ kind: 'nothing' });
    expect(decisionOf(cancelled, deleted)).toEqual({ kind: 'nothing' });
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
    ['parks nothing for what was unreadable then', { ...unreadable, updated: earlier }],
  ])('[R2] %s', (_, change) => {
    expect(decisionOf(anAppointment(), change)).toEqual({ kind: 'stale' });
  });

  test('is older than the last one seen: one of the same moment counts', () => {
    expect(decisionOf(anAppointment(), changeTo({ updated: seen, summary: 'New' })).kind).toBe('update');
  });

  test.each<[string, Instant, Decision['kind']]>([
    ['the last version seen', seen, 'stale'],
    ['an older one', earlier, 'stale'],
    ['a newer one', plusMs(seen, 1), 'restore'],
  ])('after a deletion, %s → %s', (_, updated, kind) => {
    expect(decisionOf(cancelled, changeTo({ updated })).kind).toBe(kind);
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

  test.each<SyncState>([
    { state: 'conflict', conflictId: conflictIdFor(anAppointment()), theirs: 'gone' },
    { state: 'conflict', conflictId: conflictIdFor(anAppointment()), theirs: anAppointment().fields },
  ])('waits for a person as it is, and only the event is set aside: %o', (sync) => {
    const expected = { kind: 'park-event', eventId: anEvent().id, reason: 'No end' };
    expect(decisionOf(anAppointment({ sync }), unreadable)).toEqual(expected);
  });

  test('is released by an event that can be read, even one like before', () => {
    expect(apply(parked, changeTo({}))).toMatchObject({ sync: { state: 'synced' }, version: 2 });
    expect(apply(parked, changeTo({ summary: 'Other' }))).toMatchObject({ sync: { state: 'synced' }, version: 2 });
  });

  test('is cancelled when the event is deleted', () => {
    expect(decisionOf(parked, deleted).kind).toBe('cancel');
  });
});

describe('our own write seen again', () => {
  const fields = { ...aBooking().fields, title: 'Beard trim' };
  const pending = pendingAt(aCalendar(), now);
  const edited = aBooking({ base: aBooking().fields, fields, edits: { title: now }, sync: pending });
  const echo: EventChange = {
    kind: 'event',
    event: aBookedEvent({ etag: '"2"', updated: later, summary: 'Beard trim' }),
  };

  test('[F45][R4] decides nothing', () => {
    const link = { ...aBookingLink, observed: { etag: '"2"', updated: later } };
    expect(decisionOf(aBooking({ fields, link }), echo)).toEqual({ kind: 'nothing' });
  });

  test('[F49][R4] is no conflict when the answer to it was lost', () => {
    const left = apply(edited, echo);
    expect(left).toMatchObject({ version: 1, revision: 2, fields, sync: pending, link: { observed: { etag: '"2"' } } });
    expect(left).not.toHaveProperty('base');
    expect(decisionOf(left, echo)).toEqual({ kind: 'nothing' });
  });

  test('[F48][R3] is met after a deletion whose answer was lost', () => {
    const gone = aBooking({ base: aBooking().fields, status: 'cancelled', sync: pending });
    const left = apply(gone, { kind: 'deleted', id: aBookedEvent().id });
    expect(left).toMatchObject({ status: 'cancelled', version: 1, sync: { state: 'synced' } });
    expect(left).not.toHaveProperty('base');
  });

  test('[R2] is agreed on even if Google then goes back to what was before', () => {
    const link = { ...aBookingLink, observed: { etag: '"2"', updated: later } };
    const agreed = apply({ ...edited, link }, echo);
    const back: EventChange = { kind: 'event', event: aBookedEvent({ etag: '"3"', updated: plusMs(later, 1) }) };
    expect(decisionOf(agreed, back)).toMatchObject({ kind: 'update' });
  });
});

test('a booking that stands for no event yet takes over the one that is found for it [R3]', () => {
  const { link: _, ...unlinked } = aBooking();
  const change: EventChange = { kind: 'event', event: aBookedEvent() };
  expect(decisionOf(unlinked, change)).toMatchObject({ kind: 'note', event: aBookedEvent() });
});

describe('a booking that Google has never shown us', () => {
  const { observed: _observed, ...planned } = aBookingLink;
  const booking = aBooking({ link: planned, base: aBooking().fields, sync: pendingAt(aCalendar(), now) });

  test('[R3] knows the event that its lost insert has made', () => {
    const change: EventChange = { kind: 'event', event: aBookedEvent() };
    expect(apply(booking, change)).toMatchObject({ link: { observed: { etag: '"1"' } }, version: 1 });
  });

  test('[F48] that is cancelled meanwhile leaves no event behind', () => {
    const change: EventChange = { kind: 'event', event: aBookedEvent() };
    expect(decisionOf({ ...booking, status: 'cancelled' }, change).kind).toBe('push');
  });
});
