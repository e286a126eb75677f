import { describe, expect, test } from 'vitest';
import { mergeFields } from '../../../shared/decision/merge.ts';
import {
  type Change,
  conflictIdFor,
  nextAppointment,
  openConflictOf,
  type Stamp,
} from '../../../shared/decision/next-appointment.ts';
import { pendingAt } from '../../../shared/decision/sync-state.ts';
import { type Translated, translate } from '../../../shared/decision/translate.ts';
import type { Appointment, EventLink, Settlement, SyncState } from '../../../shared/domain/appointment.ts';
import type { CalendarEvent } from '../../../shared/domain/calendar-event.ts';
import { blockIdOf } from '../../../shared/domain/derived-ids.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { minute, plusMs } from '../../../shared/domain/instant.ts';
import { aBooking, aCalendar, anEvent, at, now } from '../../support/samples.ts';

const calendar = aCalendar({ connectGeneration: 3 });
const other = aCalendar({ key: asId('other-key'), calendarId: asId('other@example.com') });
const stamp: Stamp = { now: plusMs(now, 1 * minute), chainId: asId('chain-9') };
const next = (change: Change): Appointment => nextAppointment(change, calendar, stamp);

const read = (event: CalendarEvent): Translated => translate(event, calendar.timeZone, false) as Translated;
const event = anEvent({
  etag: '"9"',
  updated: at('2026-03-02T11:00:00Z'),
  summary: 'Shave',
  start: { kind: 'date', date: '2026-03-04' },
  end: { kind: 'date', date: '2026-03-05' },
});
const translated = read(event);
const pending = pendingAt(calendar, now);
const base = aBooking().fields;
const edited = aBooking({
  version: 3,
  revision: 5,
  base,
  fields: { ...base, title: 'Beard trim' },
  edits: { title: now },
  sync: pending,
});
const found = { event, translated, appointment: edited };
const settled: Settlement = { policy: 'merge', theirs: translated.fields, chosen: { title: 'bookedbarber' } };
const rule = { policy: 'bookedbarber_wins', oursAt: () => now, theirsAt: now } as const;
const merged = mergeFields({ base, ours: edited.fields, theirs: translated.fields }, rule);
const conflictId = conflictIdFor(edited);
const dispute = {
  kind: 'conflict',
  about: 'fields',
  theirs: translated.fields,
  theirsAt: event.updated,
  ...found,
} as const;

const changes: { [Kind in Change['kind']]: Extract<Change, { kind: Kind }> } = {
  create: { kind: 'create', event, translated },
  update: { kind: 'update', ...found },
  restore: { kind: 'restore', ...found, appointment: { ...edited, status: 'cancelled' } },
  note: { kind: 'note', event, appointment: edited },
  push: { kind: 'push', ...found },
  merge: { kind: 'merge', merged, settled, ...found },
  cancel: { kind: 'cancel', appointment: edited },
  recreate: { kind: 'recreate', appointment: edited, settled: { ...settled, theirs: 'gone' } },
  conflict: dispute,
  hold: { kind: 'hold', appointment: edited, conflictId },
  'park-appointment': { kind: 'park-appointment', eventId: event.id, appointment: edited, reason: 'No start' },
};
const stored: Change[] = Object.values(changes).filter(({ kind }) => kind !== 'create');
const quiet = new Set(['note', 'push']);

describe('a created block', () => {
  test('is named after its event and linked to it', () => {
    expect(next(changes.create)).toEqual({
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
        observed: { etag: '"9"', updated: event.updated },
      },
      provenance: { actor: 'google', reason: 'create', chainId: 'chain-9' },
    });
  });

  test('names its series, until its event has left it', () => {
    const recurringEventId = asId<typeof event.id>('series1');
    const created = next({ ...changes.create, event: { ...event, recurringEventId } });
    expect(created.link?.recurringEventId).toBe('series1');
    expect(next({ kind: 'update', event, translated, appointment: created }).link).not.toHaveProperty(
      'recurringEventId',
    );
  });
});

describe('every change', () => {
  test.each(stored.map((change) => [change.kind, change] as const))(
    '[R12] %s moves the revision on by one',
    (kind, change) => {
      const left = next(change);
      expect(left).toMatchObject({ id: edited.id, kind: 'booking', details: edited.details, revision: 6 });
      if (quiet.has(kind)) {
        expect(left).toMatchObject({ version: 3, updatedAt: edited.updatedAt, provenance: edited.provenance });
        return;
      }
      const provenance = { actor: 'google', reason: kind, chainId: 'chain-9' };
      expect(left).toMatchObject({ version: 4, updatedAt: stamp.now, provenance });
    },
  );

  test.each(stored.map((change) => [change.kind, change] as const))(
    '%s leaves what it was given as it was',
    (_, change) => {
      const copy = structuredClone(change);
      next(change);
      expect(change).toEqual(copy);
    },
  );

  test.each(['merge', 'recreate'] as const)('[R12] %s is on record with what has lost and why', (kind) => {
    const change = changes[kind];
    expect(next(change).provenance.settled).toEqual(change.settled);
  });

  test.each(['restore', 'push', 'cancel'] as const)('[R12] %s is on record when it settles a difference', (kind) => {
    expect(next({ ...changes[kind], settled }).provenance).toMatchObject({ reason: kind, settled });
    expect(next(changes[kind]).provenance).not.toHaveProperty('settled');
  });
});

describe('what Google says', () => {
  test.each(['update', 'restore'] as const)('[R1] %s takes it over whole', (kind) => {
    const left = next(changes[kind]);
    const { fields, startsAt, endsAt } = translated;
    expect(left).toMatchObject({ status: 'confirmed', startsAt, endsAt });
    expect(left.fields).toEqual(fields); // Also what the event has no more.
    expect(left.link).toMatchObject({ connectGeneration: 3, idGeneration: 1, observed: { etag: '"9"' } });
    expect(left).not.toHaveProperty('base');
    expect(left).not.toHaveProperty('edits');
  });

  test('[R2] is taken over without forgetting that the event is to move, or that our lines have changed', () => {
    const sync = pendingAt(other, now);
    expect(next({ ...changes.update, appointment: aBooking({ sync }) }).sync).toEqual(sync);
  });

  test('[R2] cancels, and keeps fields, times and link', () => {
    const { fields, link, startsAt, endsAt } = edited;
    const left = next(changes.cancel);
    expect(left).toMatchObject({ status: 'cancelled', fields, link, startsAt, endsAt, sync: { state: 'synced' } });
    expect(left).not.toHaveProperty('base');
  });

  test('[R2] by an event that takes no time any more leaves the version in which it did so', () => {
    expect(next({ ...changes.cancel, event }).link?.observed).toEqual({ etag: '"9"', updated: event.updated });
  });
});

describe('an event that a person has moved to another calendar of ours', () => {
  const elsewhere = { ...edited, link: { ...(edited.link ?? expect.fail()), calendarKey: other.key } };

  test('[R2] takes what it is still to be told along', () => {
    const left = next({ ...changes.push, appointment: { ...elsewhere, sync: pendingAt(other, now) } });
    expect(left.sync).toEqual(pending);
  });
});

describe('a note', () => {
  test('[R4] of a version without news moves the link and nothing else', () => {
    const synced = aBooking({ version: 3, revision: 5 });
    const { link, ...rest } = synced;
    const left = next({ kind: 'note', event, appointment: synced });
    expect(left).toMatchObject({ ...rest, revision: 6, link: { observed: { etag: '"9"' } } });
    expect(link?.observed?.etag).toBe('"1"');
  });

  test('[F49] that both say the same leaves the push to see whether anything is left to say', () => {
    const left = next(changes.note);
    expect(left).toMatchObject({ sync: pending, fields: edited.fields });
    expect(left).not.toHaveProperty('base');
    expect(left).not.toHaveProperty('edits');
  });

  test('[R4] that both have cancelled leaves nothing to push', () => {
    const left = next({ kind: 'note', appointment: { ...edited, status: 'cancelled' } });
    expect(left).toMatchObject({ sync: { state: 'synced' }, link: edited.link });
    expect(left).not.toHaveProperty('base');
  });

  test.each<SyncState>([
    { state: 'conflict', conflictId, theirs: 'gone' },
    { state: 'quarantined', reason: 'No end' },
  ])('[R1] ends what a reader could see: $state', (sync) => {
    const left = next({ ...changes.note, appointment: { ...edited, sync } });
    expect(left).toMatchObject({
      version: 4,
      sync: { state: 'synced' },
      provenance: { actor: 'google', reason: 'agree' },
    });
    expect(left).not.toHaveProperty('base');
  });
});

describe('a push', () => {
  test('[R1] has what Google has now as its base, and stays as urgent as it was', () => {
    const sync = { ...pending, attempts: 3, reason: 'rejected', prefer: 'bookedbarber' as const };
    const left = next({ ...changes.push, appointment: { ...edited, sync } });
    expect(left).toMatchObject({
      base: translated.fields,
      fields: edited.fields,
      sync,
      link: { observed: { etag: '"9"' } },
    });
  });

  test('[R2] comes back after a quarantine, with our edit', () => {
    const left = next({
      ...changes.push,
      appointment: { ...edited, sync: { state: 'quarantined', reason: 'No end' } },
    });
    expect(left).toMatchObject({ version: 4, fields: edited.fields, sync: pendingAt(calendar, stamp.now) });
  });

  test('that settles a difference is due at once, goes where it was to go and needs no preference any more', () => {
    const sync = { ...pendingAt(other, now), attempts: 3, prefer: 'bookedbarber' as const };
    const left = next({ ...changes.push, settled, appointment: { ...edited, sync } });
    expect(left).toMatchObject({ version: 4, base: translated.fields });
    expect(left.sync).toEqual(pendingAt(other, stamp.now));
  });
});

describe('a merge', () => {
  test('[R1] with something of ours in it has yet to be pushed', () => {
    const left = next(changes.merge);
    const { startsAt, endsAt } = translated;
    expect(left).toMatchObject({ fields: merged.fields, startsAt, endsAt, base: translated.fields });
    expect(left.sync).toEqual(pendingAt(calendar, stamp.now));
  });

  test('[R1] keeps our moments with our times', () => {
    const ours = mergeFields({ base: translated.fields, ours: edited.fields, theirs: translated.fields }, rule);
    const { startsAt, endsAt } = edited;
    expect(next({ ...changes.merge, merged: ours })).toMatchObject({ startsAt, endsAt });
  });

  test('[R4] in which Google wins everything has nothing to push', () => {
    const theirs = mergeFields({ base: edited.fields, ours: edited.fields, theirs: translated.fields }, rule);
    const appointment: Appointment = { ...edited, sync: { state: 'conflict', conflictId, theirs: 'gone' } };
    const left = next({ ...changes.merge, appointment, merged: theirs });
    expect(left).toMatchObject({ fields: translated.fields, sync: { state: 'synced' } });
    expect(left).not.toHaveProperty('base');
  });

  test('[R2] still goes where it was to go', () => {
    const appointment: Appointment = { ...edited, sync: pendingAt(other, now) };
    expect(next({ ...changes.merge, appointment }).sync).toEqual(pendingAt(other, stamp.now));
  });
});

describe('what waits', () => {
  const waiting = ['conflict', 'hold', 'park-appointment'] as const;

  test.each(waiting)('[R2] %s keeps both what we have and what was agreed on', (kind) => {
    const { fields, startsAt, endsAt, edits } = edited;
    expect(next(changes[kind])).toMatchObject({ fields, startsAt, endsAt, edits, base, status: 'confirmed' });
  });

  test.each(waiting)('[R2] %s writes out what was agreed on if it was not', (kind) => {
    expect(next({ ...changes[kind], appointment: aBooking() }).base).toEqual(base);
  });

  test('[R9] held: names the review item that it is part of', () => {
    const left = next(changes.hold);
    expect(left.sync).toEqual({ state: 'held', conflictId });
    expect(openConflictOf(left)).toBeUndefined();
  });

  test('parked: says why', () => {
    expect(next(changes['park-appointment']).sync).toEqual({ state: 'quarantined', reason: 'No start' });
  });

  test('in conflict: names the review item and what Google had', () => {
    const left = next(dispute);
    expect(left.sync).toEqual({ state: 'conflict', conflictId, theirs: translated.fields });
    expect(left.link?.observed?.etag).toBe('"9"');
    expect(openConflictOf(left)).toBe(conflictId);
    expect(openConflictOf(edited)).toBeUndefined();
  });

  test('[R12] in conflict: a further change in Google keeps the review item', () => {
    const first = next(dispute);
    const { event: _event, ...aboutDeletion } = dispute;
    const second = next({ ...aboutDeletion, about: 'deleted_in_google', theirs: 'gone', appointment: first });
    expect(second.sync).toEqual({ state: 'conflict', conflictId, theirs: 'gone' });
    expect(second.link).toEqual(first.link);
  });

  test('[R3] in conflict: a retry opens the same item, a later difference another', () => {
    expect(next(dispute).sync).toEqual(next(dispute).sync);
    expect(conflictIdFor({ ...edited, version: edited.version + 1 })).not.toBe(conflictId);
    expect(conflictIdFor({ ...edited, revision: edited.revision + 1 })).toBe(conflictId);
  });
});

test('[R3] what is made anew has another id, and goes where it was to go', () => {
  const left = next({ ...changes.recreate, appointment: { ...edited, sync: pendingAt(other, now) } });
  expect(left.link?.eventId).not.toBe((edited.link as EventLink).eventId);
  expect(left.sync).toEqual(pendingAt(other, stamp.now));
});
