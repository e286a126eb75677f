import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PersonsDecision, resolved } from '../../../shared/conflicts/resolve.ts';
import { disputedIn, knownInGoogle } from '../../../shared/conflicts/sides.ts';
import { fingerprintOf } from '../../../shared/decision/compare.ts';
import { momentsOf } from '../../../shared/decision/moments.ts';
import { sideOf } from '../../../shared/decision/sides.ts';
import type { Appointment, EventLink, OwnedFields } from '../../../shared/domain/appointment.ts';
import { eventIdFor } from '../../../shared/domain/derived-ids.ts';
import { asId } from '../../../shared/domain/ids.ts';
import {
  aDispute,
  agreedOn,
  anOverlap,
  anyDispute,
  anyFields,
  anyOverlap,
  type Dispute,
  fieldsAt,
  stamp,
} from './disputes.ts';

const google: PersonsDecision = { choice: 'google' };
const bookedbarber: PersonsDecision = { choice: 'bookedbarber' };
const merged = (values: OwnedFields): PersonsDecision => ({ choice: 'merged', values });

const anyDecision = fc.oneof(fc.constantFrom(google, bookedbarber), anyFields.map(merged));

const resolve = ({ appointment, conflict }: Dispute, decision: PersonsDecision): Dispute => {
  const outcome = resolved(appointment, conflict, decision, stamp);
  if (outcome.kind !== 'resolved') throw new Error(outcome.kind);
  return outcome;
};
const refusal = ({ appointment, conflict }: Dispute, decision: PersonsDecision) =>
  resolved(appointment, conflict, decision, stamp);

const ours = fieldsAt('11:00', { notes: 'Ours' });
const theirs = fieldsAt('12:00', { location: 'Theirs' });
const pending = { state: 'pending', since: stamp.now, notBefore: stamp.now, attempts: 0 };

describe('both sides have changed the same part', () => {
  const dispute = aDispute({ kind: 'fields', ours, theirs });

  test("Google's side is taken over", () => {
    const onlyTimes = aDispute({ kind: 'fields', ours: fieldsAt('11:00'), theirs });
    const { appointment } = resolve(onlyTimes, google);
    expect(appointment).toMatchObject({ status: 'confirmed', fields: theirs, ...momentsOf(theirs) });
    expect(appointment.sync).toEqual({ state: 'synced' });
    expect(appointment).not.toHaveProperty('base');
    expect(appointment).not.toHaveProperty('edits');
  });

  test('[R2] what only one side has changed stays, whichever way it goes', () => {
    const both = { location: 'Theirs', notes: 'Ours' };
    expect(resolve(dispute, google).appointment).toMatchObject({ fields: { ...theirs, ...both }, sync: pending });
    expect(resolve(dispute, bookedbarber).appointment).toMatchObject({ fields: { ...ours, ...both }, sync: pending });
    expect(disputedIn(dispute.appointment, dispute.conflict)).toEqual(['times']);
  });

  test('our side is kept, and Google is told, starting from what it has', () => {
    const { appointment } = resolve(dispute, bookedbarber);
    const { calendarKey, calendarId } =
      dispute.conflict && (dispute.appointment.link as NonNullable<Appointment['link']>);
    expect(appointment).toMatchObject({ fields: ours, base: theirs, link: dispute.appointment.link });
    expect(appointment.sync).toEqual({ ...pending, target: { calendarKey, calendarId } });
  });

  test('merged values are taken as they are given', () => {
    const values = { ...theirs, notes: 'Ours' };
    const { appointment } = resolve(dispute, merged(values));
    expect(appointment).toMatchObject({ fields: values, ...momentsOf(values), base: theirs, sync: pending });
  });
});

test.each<[string, Partial<EventLink>]>([
  ['told something', { sent: { fields: agreedOn, footer: '' } }],
  ['deleted', { deleting: true }],
])('[R1] what Google seems to have, and may have been %s meanwhile, is looked at', (_, meanwhile) => {
  const dispute = aDispute({ kind: 'fields', ours: fieldsAt('11:00'), theirs });
  const link = { ...(dispute.appointment.link as EventLink), ...meanwhile };
  const { appointment } = resolve({ ...dispute, appointment: { ...dispute.appointment, link } }, google);
  expect(appointment).toMatchObject({ fields: theirs, base: theirs, sync: pending });
});

describe('deleted in Google, changed here', () => {
  const dispute = aDispute({ kind: 'deleted_in_google', ours, theirs: 'gone' });

  test('the deletion holds', () => {
    const { appointment } = resolve(dispute, google);
    expect(appointment).toMatchObject({ status: 'cancelled', fields: ours, sync: { state: 'synced' } });
    expect(appointment).not.toHaveProperty('base');
  });

  test('[R3] kept: it gets a new event under the next id, outside of any series [F53]', () => {
    const recurringEventId = asId<ReturnType<typeof eventIdFor>>('series1');
    const link = { ...(dispute.appointment.link as NonNullable<Appointment['link']>), recurringEventId };
    const { appointment } = resolve({ ...dispute, appointment: { ...dispute.appointment, link } }, bookedbarber);
    expect(appointment).toMatchObject({ status: 'confirmed', fields: ours, sync: pending });
    expect(appointment.link).toMatchObject({ idGeneration: 2, eventId: eventIdFor(appointment.id, 2) });
    expect(appointment.link).not.toHaveProperty('observed');
    expect(appointment.link).not.toHaveProperty('recurringEventId');
    expect(appointment).not.toHaveProperty('base');
  });

  test('[R3] an event that is planned and was never seen keeps its id', () => {
    const { observed: _, ...planned } = dispute.appointment.link as NonNullable<Appointment['link']>;
    const { appointment } = resolve(
      { ...dispute, appointment: { ...dispute.appointment, link: planned } },
      bookedbarber,
    );
    expect(appointment).toMatchObject({ link: planned, sync: pending });
  });
});

describe('cancelled here, changed in Google', () => {
  const dispute = aDispute({ kind: 'deleted_in_bookedbarber', ours: 'gone', theirs });

  test("it comes back as Google's", () => {
    const { appointment } = resolve(dispute, google);
    expect(appointment).toMatchObject({ status: 'confirmed', fields: theirs, ...momentsOf(theirs) });
    expect(appointment.sync).toEqual({ state: 'synced' });
  });

  test('it stays cancelled, and Google is to delete what it has', () => {
    const { appointment } = resolve(dispute, bookedbarber);
    expect(appointment).toMatchObject({
      status: 'cancelled',
      base: theirs,
      sync: pending,
      link: dispute.appointment.link,
    });
  });
});

describe('a change in Google double-books the barber', () => {
  const to = fieldsAt('12:00', { title: 'Renamed as well' });

  test('accepted, it stays as it is, and what Google must still hear stays to be told', () => {
    const sync = { state: 'pending', since: stamp.now, notBefore: stamp.now, attempts: 3 } as Appointment['sync'];
    const overlap = anOverlap(agreedOn, to, { sync });
    const { fields, startsAt, endsAt, link } = overlap.appointment;
    const { appointment } = resolve(overlap, google);
    expect(appointment).toMatchObject({ status: 'confirmed', fields, startsAt, endsAt, link, sync });
  });

  test('[R2] put back, it has its times again and keeps the text that was changed along with them', () => {
    const { appointment } = resolve(anOverlap(agreedOn, to), bookedbarber);
    const fields = { ...agreedOn, title: 'Renamed as well' };
    expect(appointment).toMatchObject({ fields, ...momentsOf(agreedOn), base: to, sync: pending });
  });

  test('a booking that was not there before is cancelled again', () => {
    const { appointment } = resolve(anOverlap(undefined, to), bookedbarber);
    expect(appointment).toMatchObject({ status: 'cancelled', base: to, sync: pending });
  });

  test("a new block is the barber's own event, and not ours to delete", () => {
    const overlap = anOverlap(undefined, to, { kind: 'block' });
    expect(refusal(overlap, bookedbarber)).toEqual({ kind: 'refused', because: 'foreign_block' });
    expect(refusal(overlap, google).kind).toBe('resolved');
    expect(refusal(overlap, merged(agreedOn)).kind).toBe('resolved');
  });

  test('[R12] of one that has been cancelled since, nothing is chosen: the record names no loser', () => {
    const overlap = anOverlap(agreedOn, to);
    const cancelled = { ...overlap, appointment: { ...overlap.appointment, status: 'cancelled' as const } };
    const { provenance, status } = resolve(cancelled, google).appointment;
    expect(status).toBe('cancelled');
    expect(provenance.settled?.chosen).toEqual({});
  });

  test('a block that was moved onto a booking is moved back', () => {
    const { appointment } = resolve(anOverlap(agreedOn, to, { kind: 'block' }), bookedbarber);
    expect(appointment).toMatchObject({ status: 'confirmed', ...momentsOf(agreedOn), sync: pending });
  });
});

describe('on the way to another calendar', () => {
  test('it goes on its way, even where both sides say the same', () => {
    const target = { calendarKey: asId('elsewhere'), calendarId: asId('elsewhere@example.com') };
    const sync = { ...pending, target, attempts: 2 } as Appointment['sync'];
    const overlap = anOverlap(agreedOn, theirs, { sync });
    expect(resolve(overlap, bookedbarber).appointment.sync).toEqual({ ...pending, target });
    expect(resolve(overlap, merged(theirs)).appointment.sync).toEqual({ ...pending, target });
  });
});

describe('[R12] the decision is on record', () => {
  test('with who decided, what Google had, and whose value each disputed part has now', () => {
    const dispute = aDispute({
      kind: 'fields',
      ours: { ...ours, title: 'Ours' },
      theirs: { ...theirs, title: 'Theirs' },
    });
    const values = { ...theirs, title: 'Both', notes: 'Ours' };
    const { appointment, conflict } = resolve(dispute, merged(values));
    expect(appointment.provenance).toEqual({
      actor: 'user',
      reason: 'resolve',
      chainId: stamp.chainId,
      settled: {
        policy: 'person',
        theirs: dispute.conflict.theirs,
        chosen: { title: 'merged', times: 'google' },
      },
    });
    expect(appointment).toMatchObject({ version: 5, revision: 10, updatedAt: stamp.now });
    expect(conflict).toMatchObject({
      status: 'resolved',
      revision: 2,
      updatedAt: stamp.now,
      resolution: { choice: 'merged', at: stamp.now, by: stamp.userId, before: dispute.appointment },
    });
  });

  test.each<[string, Dispute, PersonsDecision, object]>([
    [
      'a deletion that holds',
      aDispute({ kind: 'deleted_in_google', ours, theirs: 'gone' }),
      google,
      { status: 'google' },
    ],
    [
      'a deletion undone',
      aDispute({ kind: 'deleted_in_google', ours, theirs: 'gone' }),
      merged(theirs),
      { status: 'bookedbarber' },
    ],
    [
      'a cancellation that holds',
      aDispute({ kind: 'deleted_in_bookedbarber', ours: 'gone', theirs }),
      bookedbarber,
      { status: 'bookedbarber' },
    ],
    ['an accepted overlap', anOverlap(agreedOn, theirs), google, { times: 'google' }],
    ['an overlap put back', anOverlap(agreedOn, theirs), bookedbarber, { times: 'bookedbarber' }],
    ['a new booking sent away', anOverlap(undefined, theirs), bookedbarber, { status: 'bookedbarber' }],
  ])('%s', (_, dispute, decision, chosen) => {
    expect(resolve(dispute, decision).appointment.provenance.settled?.chosen).toEqual(chosen);
  });
});

describe('for every decision', () => {
  test('[R1] it is synced when Google has the same, and else has what Google has as its base', () => {
    fc.assert(
      fc.property(fc.oneof(anyDispute, anyOverlap), anyDecision, (dispute, decision) => {
        const had = dispute.conflict.theirs;
        const { appointment } = resolve(dispute, decision);
        const isSame = fingerprintOf(sideOf(appointment)) === fingerprintOf(had);
        expect(appointment.sync.state).toBe(isSame ? 'synced' : 'pending');
        expect(appointment.base).toEqual(isSame || had === 'gone' ? undefined : had);
        expect(fingerprintOf(knownInGoogle(appointment))).toBe(fingerprintOf(had));
        expect(appointment).not.toHaveProperty('edits');
      }),
    );
  });

  test('the same decision again has nothing to write, another one is refused', () => {
    fc.assert(
      fc.property(fc.oneof(anyDispute, anyOverlap), anyDecision, anyDecision, (dispute, decision, other) => {
        const after = resolve(dispute, decision);
        expect(refusal(after, decision)).toEqual({ kind: 'repeated' });
        fc.pre(JSON.stringify(other) !== JSON.stringify(decision));
        expect(refusal(after, other)).toEqual({ kind: 'refused', because: 'closed' });
      }),
    );
  });
});

describe('refused', () => {
  const dispute = aDispute({ kind: 'fields', ours, theirs });
  const inState = (sync: Appointment['sync']): Dispute => ({
    ...dispute,
    appointment: { ...dispute.appointment, sync },
  });

  test('when both sides have come to agree by themselves', () => {
    const conflict = { ...dispute.conflict, status: 'agreed' as const };
    expect(refusal({ ...dispute, conflict }, google)).toEqual({ kind: 'refused', because: 'closed' });
  });

  test.each<[string, Dispute]>([
    ['the appointment does not wait for it', inState({ state: 'synced' })],
    ['it waits for another one', inState({ state: 'conflict', conflictId: asId('conflict-2'), theirs })],
    [
      'an overlap waits for something else as well',
      anOverlap(agreedOn, theirs, { sync: { state: 'quarantined', reason: 'No end' } }),
    ],
  ])('[R2] as stale when %s', (_, stale) => {
    expect(refusal(stale, bookedbarber)).toEqual({ kind: 'refused', because: 'stale' });
  });

  test('a mass change is no question of two sides', () => {
    const { appointment, conflict } = aDispute({ kind: 'mass_change', ours, theirs });
    expect(() => resolved(appointment, conflict, google, stamp)).toThrow('released or discarded');
  });
});
