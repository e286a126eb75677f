import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PersonsDecision, resolved } from '../../../shared/conflicts/resolve.ts';
import { knownInGoogle } from '../../../shared/conflicts/sides.ts';
import { undone } from '../../../shared/conflicts/undo.ts';
import { fingerprintOf } from '../../../shared/decision/compare.ts';
import { sideOf } from '../../../shared/decision/sides.ts';
import { agreed } from '../../../shared/decision/sync-state.ts';
import type { Appointment, EventLink } from '../../../shared/domain/appointment.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { hour, plusMs } from '../../../shared/domain/instant.ts';
import {
  aDispute,
  agreedOn,
  anOverlap,
  anyDispute,
  anyFields,
  anyOverlap,
  conflictId,
  type Dispute,
  fieldsAt,
  stamp,
} from './disputes.ts';

const later = { ...stamp, now: plusMs(stamp.now, hour) };
const google: PersonsDecision = { choice: 'google' };
const bookedbarber: PersonsDecision = { choice: 'bookedbarber' };
const anyDecision: fc.Arbitrary<PersonsDecision> = fc.oneof(
  fc.constantFrom(google, bookedbarber),
  anyFields.map((values) => ({ choice: 'merged' as const, values })),
);

const resolve = ({ appointment, conflict }: Dispute, decision: PersonsDecision): Dispute => {
  const outcome = resolved(appointment, conflict, decision, stamp);
  if (outcome.kind !== 'resolved') throw new Error(outcome.kind);
  return outcome;
};
const undo = ({ appointment, conflict }: Dispute): Dispute => {
  const outcome = undone(appointment, conflict, later);
  if (outcome.kind !== 'undone') throw new Error(outcome.because);
  return outcome;
};

/** What the push leaves once Google has heard of it. */
const pushed = (dispute: Dispute): Dispute => {
  const { appointment } = dispute;
  const link = {
    ...(appointment.link as NonNullable<Appointment['link']>),
    observed: { etag: '"2"', updated: stamp.now },
  };
  return { ...dispute, appointment: { ...agreed(appointment), link, revision: appointment.revision + 1 } };
};

const anyResolved = fc
  .tuple(fc.oneof(anyDispute, anyOverlap), anyDecision, fc.boolean())
  .map(([before, decision, isPushed]) => {
    const after = resolve(before, decision);
    return { before, after: isPushed ? pushed(after) : after };
  });

const ours = fieldsAt('11:00', { notes: 'Ours' });
const theirs = fieldsAt('12:00', { location: 'Theirs' });

test('the appointment says what it said before, whether Google has heard of the decision or not', () => {
  fc.assert(
    fc.property(anyResolved, ({ before, after }) => {
      const { status, fields, startsAt, endsAt } = before.appointment;
      expect(undo(after).appointment).toMatchObject({ status, startsAt, endsAt });
      expect(fingerprintOf(undo(after).appointment.fields)).toBe(fingerprintOf(fields));
    }),
  );
});

test('the item is open again, with both sides to choose from', () => {
  fc.assert(
    fc.property(anyResolved, ({ before, after }) => {
      const { conflict } = undo(after);
      expect(conflict).toEqual({ ...before.conflict, revision: 3, updatedAt: later.now });
    }),
  );
});

test('[R1] whatever is decided then, the appointment knows what Google has', () => {
  fc.assert(
    fc.property(anyResolved, anyDecision, ({ after }, decision) => {
      const had = knownInGoogle(after.appointment);
      const { appointment } = resolve(undo(after), decision);
      const isSame = fingerprintOf(sideOf(appointment)) === fingerprintOf(had);
      expect(fingerprintOf(knownInGoogle(appointment))).toBe(fingerprintOf(had));
      if (!isSame) expect(appointment.sync.state).toBe('pending');
    }),
  );
});

test('[R12] taking back is on record, and moves the version', () => {
  const { appointment } = undo(resolve(aDispute({ kind: 'fields', ours, theirs }), google));
  expect(appointment).toMatchObject({ version: 6, revision: 11, updatedAt: later.now });
  expect(appointment.provenance).toEqual({ actor: 'user', reason: 'undo', chainId: stamp.chainId });
});

describe('a dispute', () => {
  test('waits for a person again, and nothing is pushed meanwhile', () => {
    const after = pushed(resolve(aDispute({ kind: 'fields', ours, theirs }), bookedbarber));
    const { appointment } = undo(after);
    expect(appointment.sync).toEqual({ state: 'conflict', conflictId, theirs, told: sideOf(after.appointment) });
    expect(appointment.edits).toEqual(aDispute({ kind: 'fields', ours, theirs }).appointment.edits);
  });

  test("Google's side, chosen after all, is then pushed over what it was told", () => {
    const after = pushed(resolve(aDispute({ kind: 'fields', ours, theirs }), bookedbarber));
    const { appointment } = resolve(undo(after), google);
    expect(appointment).toMatchObject({ fields: theirs, base: ours, sync: { state: 'pending' } });
  });

  test('[R2] over a deletion keeps what both had agreed on: ours counts as changed if the event comes back', () => {
    const { appointment } = undo(resolve(aDispute({ kind: 'deleted_in_google', ours, theirs: 'gone' }), google));
    expect(appointment).toMatchObject({ status: 'confirmed', fields: ours, base: agreedOn });
  });

  test('[R3] an event that was planned, and perhaps made, is not planned again under another id', () => {
    const kept = resolve(aDispute({ kind: 'deleted_in_google', ours, theirs: 'gone' }), bookedbarber);
    const keptAgain = resolve(undo(kept), bookedbarber);
    expect(keptAgain.appointment.link).toMatchObject(kept.appointment.link ?? {});
  });

  describe('of an event that nobody has seen yet', () => {
    const { observed: _observed, ...planned } = aDispute({ kind: 'fields', ours, theirs }).appointment
      .link as EventLink;
    const unheard = (link: EventLink = planned) =>
      aDispute({ kind: 'deleted_in_google', ours, theirs: 'gone' }, { link });
    const sentAfter = (decision: PersonsDecision, before: Dispute) =>
      undo(resolve(before, decision)).appointment.link?.sent;

    test('[F49] it may come, saying what was decided', () => {
      expect(sentAfter(bookedbarber, unheard())).toEqual({ fields: ours, footer: '' });
    });

    test('[F49] it may come, saying what was decided before that', () => {
      const decided = resolve(unheard(), bookedbarber);
      const sent = { fields: agreedOn, footer: '' };
      const link = { ...(decided.appointment.link as EventLink), sent };
      const { appointment } = undo({ ...decided, appointment: { ...decided.appointment, link } });
      expect(appointment.link?.sent).toEqual({ fields: ours, footer: '', earlier: [sent] });
    });

    test('it will not come when that is what was decided', () => {
      expect(sentAfter(google, unheard())).toBeUndefined();
    });

    test('and of one that is there, what it has been told is known', () => {
      expect(sentAfter(bookedbarber, aDispute({ kind: 'fields', ours, theirs }))).toBeUndefined();
    });
  });

  test('[R2] what was edited beside the disputed fields stays', () => {
    const after = resolve(aDispute({ kind: 'fields', ours, theirs }), google);
    const details = { clientContact: 'new' };
    expect(undo({ ...after, appointment: { ...after.appointment, details } }).appointment.details).toEqual(details);
  });
});

describe('an overlap', () => {
  const overlap = anOverlap(agreedOn, theirs);

  test('that was put back goes there again, in Google too if it has heard of it', () => {
    const after = pushed(resolve(overlap, bookedbarber));
    const { appointment } = undo(after);
    expect(appointment).toMatchObject({ fields: theirs, base: after.appointment.fields, sync: { state: 'pending' } });
  });

  test('that was accepted has not moved, and nothing is to be told', () => {
    const { appointment } = undo(resolve(overlap, google));
    expect(appointment).toMatchObject({ fields: theirs, sync: { state: 'synced' } });
  });
});

describe('refused', () => {
  const after = resolve(aDispute({ kind: 'fields', ours, theirs }), google);
  const since = (change: Partial<Appointment>) => undone({ ...after.appointment, ...change }, after.conflict, later);

  test('while nothing is decided', () => {
    const { appointment, conflict } = aDispute({ kind: 'fields', ours, theirs });
    expect(undone(appointment, conflict, later)).toEqual({ kind: 'refused', because: 'not_resolved' });
  });

  test.each<[string, Partial<Appointment>]>([
    ['an edit', { fields: fieldsAt('17:00') }],
    ['a cancellation', { status: 'cancelled' }],
    ['another review item', { sync: { state: 'conflict', conflictId: asId('conflict-2'), theirs: 'gone' } }],
    ['a mass change', { sync: { state: 'held', conflictId: asId('conflict-2') } }],
    ['an event that cannot be read', { sync: { state: 'quarantined', reason: 'No end' } }],
  ])('[R2] after %s', (_, change) => {
    expect(since(change)).toEqual({ kind: 'refused', because: 'changed_since' });
  });
});
