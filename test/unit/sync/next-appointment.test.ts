import { describe, expect, test } from 'vitest';
import type { Appointment } from '../../../shared/domain/appointment.ts';
import { blockIdOf } from '../../../shared/domain/derived-ids.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { minute, plusMs } from '../../../shared/domain/instant.ts';
import { type Change, nextAppointment } from '../../../shared/sync/next-appointment.ts';
import { type Translated, translate } from '../../../shared/sync/translate.ts';
import { aCalendar, anAppointment, anEvent, at, now } from '../../support/samples.ts';

const calendar = aCalendar({ connectGeneration: 3 });
const stamp = { now: plusMs(now, 1 * minute), chainId: asId<Appointment['provenance']['chainId']>('chain-9') };
const event = anEvent({ etag: '"9"', updated: at('2026-03-02T11:00:00Z'), summary: 'Orthodontist' });
const translated = translate(event, calendar.timeZone) as Translated;
const before = anAppointment({ version: 3, revision: 5, sync: { state: 'quarantined', reason: 'No end' } });

const changes: Record<Change['kind'], Change> = {
  create: { kind: 'create', event, translated },
  update: { kind: 'update', event, translated, appointment: before },
  restore: { kind: 'restore', event, translated, appointment: { ...before, status: 'cancelled' } },
  note: { kind: 'note', event, appointment: before },
  cancel: { kind: 'cancel', appointment: before },
  'park-appointment': { kind: 'park-appointment', eventId: event.id, appointment: before, reason: 'No start' },
};
const next = (kind: Change['kind']) => nextAppointment(changes[kind], calendar, stamp);

test('a created block is named after its event and linked to it', () => {
  expect(next('create')).toEqual({
    id: blockIdOf(calendar.key, event.id),
    userId: calendar.userId,
    kind: 'block',
    status: 'confirmed',
    fields: translated.fields,
    startsAt: translated.startsAt,
    endsAt: translated.endsAt,
    version: 1,
    revision: 1,
    updatedAt: stamp.now,
    sync: { state: 'synced' },
    link: {
      calendarKey: calendar.key,
      calendarId: calendar.calendarId,
      connectGeneration: 3,
      eventId: event.id,
      etag: '"9"',
      updated: event.updated,
    },
    provenance: { actor: 'google', reason: 'create', chainId: 'chain-9' },
  });
});

test('[R3] who creates it twice gives it the same id', () => {
  expect(next('create').id).toBe(next('create').id);
});

test('an occurrence names its series', () => {
  const recurringEventId = asId<typeof event.id>('series1');
  const change: Change = { kind: 'create', event: { ...event, recurringEventId }, translated };
  expect(nextAppointment(change, calendar, stamp).link.recurringEventId).toBe('series1');
});

test('an event that has left its series names it no more', () => {
  const appointment = { ...before, link: { ...before.link, recurringEventId: event.id } };
  const left = nextAppointment({ kind: 'update', event, translated, appointment }, calendar, stamp);
  expect(left.link).not.toHaveProperty('recurringEventId');
});

describe('every change of an appointment', () => {
  const kinds = ['update', 'restore', 'cancel', 'park-appointment'] as const;

  test.each(kinds)('[R12] %s moves version and revision on by one and says why', (kind) => {
    expect(next(kind)).toMatchObject({
      id: before.id,
      version: 4,
      revision: 6,
      updatedAt: stamp.now,
      provenance: { actor: 'google', reason: kind, chainId: 'chain-9' },
    });
  });

  test.each(kinds)('%s leaves the appointment it was given as it was', (kind) => {
    const copy = structuredClone(changes[kind]);
    next(kind);
    expect(changes[kind]).toEqual(copy);
  });
});

test.each(['update', 'restore'] as const)('%s takes over fields, times and link, and ends the quarantine', (kind) => {
  expect(next(kind)).toMatchObject({
    status: 'confirmed',
    fields: translated.fields,
    startsAt: translated.startsAt,
    endsAt: translated.endsAt,
    sync: { state: 'synced' },
    link: { etag: '"9"', updated: event.updated, connectGeneration: 3 },
  });
});

test('fields that the event no longer has go', () => {
  const appointment = { ...before, fields: { ...before.fields, location: 'Main St', notes: 'Bring card' } };
  const bare = nextAppointment({ kind: 'update', event, translated, appointment }, calendar, stamp);
  expect(bare.fields).toEqual(translated.fields);
});

test('a note keeps the books and nothing else', () => {
  const { link, ...rest } = before;
  expect(next('note')).toMatchObject({ ...rest, revision: 6, link: { etag: '"9"', updated: event.updated } });
});

test('[R2] an event that takes no time any more leaves the version in which it did so', () => {
  const cancelled = nextAppointment({ kind: 'cancel', event, appointment: before }, calendar, stamp);
  expect(cancelled.link).toMatchObject({ etag: '"9"', updated: event.updated });
});

test('[R2] a cancelled appointment keeps its fields and its link', () => {
  const { fields, link, startsAt, endsAt } = before;
  expect(next('cancel')).toMatchObject({
    status: 'cancelled',
    fields,
    link,
    startsAt,
    endsAt,
    sync: { state: 'synced' },
  });
});

test('[R2] a parked appointment keeps everything and says why', () => {
  const { fields, link, status } = before;
  const sync = { state: 'quarantined', reason: 'No start' };
  expect(next('park-appointment')).toMatchObject({ fields, link, status, sync });
});
