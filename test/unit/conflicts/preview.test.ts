import fc from 'fast-check';
import { expect, test } from 'vitest';
import { previewOf } from '../../../shared/conflicts/preview.ts';
import { resolved } from '../../../shared/conflicts/resolve.ts';
import { fingerprintOf } from '../../../shared/decision/compare.ts';
import { sideOf } from '../../../shared/decision/sides.ts';
import { aDispute, agreedOn, anOverlap, anyDispute, anyOverlap, fieldsAt, stamp } from './disputes.ts';

test('foretells what a decision makes of the appointment', () => {
  fc.assert(
    fc.property(
      fc.oneof(anyDispute, anyOverlap),
      fc.constantFrom('google' as const, 'bookedbarber' as const),
      ({ appointment, conflict }, choice) => {
        const outcome = resolved(appointment, conflict, { choice }, stamp);
        if (outcome.kind !== 'resolved') throw new Error(outcome.kind);
        const foretold = previewOf(appointment, conflict).outcomes[choice];
        expect(foretold?.appointment).toEqual(sideOf(outcome.appointment));
        expect(foretold?.event).toEqual(foretold?.appointment);
      },
    ),
  );
});

test('names what is seen by what it says, so that a change since can be told', () => {
  const ours = fieldsAt('11:00');
  const dispute = aDispute({ kind: 'deleted_in_google', ours, theirs: 'gone' });
  expect(previewOf(dispute.appointment, dispute.conflict).seen).toEqual({ ours: fingerprintOf(ours), theirs: 'gone' });
  const edited = { ...dispute.appointment, fields: fieldsAt('11:00', { notes: 'New' }) };
  expect(previewOf(edited, dispute.conflict).seen.ours).not.toBe(fingerprintOf(ours));
});

test("a choice that would be refused is not offered: the barber's own new event is not ours to delete", () => {
  const { appointment, conflict } = anOverlap(undefined, agreedOn, { kind: 'block' });
  expect(Object.keys(previewOf(appointment, conflict).outcomes)).toEqual(['google']);
});
