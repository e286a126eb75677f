import { expect, test } from 'vitest';
import { syncEventOf } from '../../../shared/domain/sync-event.ts';
import { anAppointment, now, userId } from '../../support/samples.ts';

const before = anAppointment({ version: 1 });
const after = anAppointment({ version: 2, status: 'cancelled' });

test('[R12] the record of a write has what was, what is, when, and why', () => {
  const expected = {
    userId,
    appointmentId: after.id,
    version: 2,
    at: now,
    provenance: after.provenance,
    before,
    after,
  };
  expect(syncEventOf(before, after)).toEqual(expected);
});

test('[R12] the record of a first write has nothing before it', () => {
  expect(syncEventOf(undefined, after)).not.toHaveProperty('before');
});

test('[R12] a write that only kept the books has no record', () => {
  expect(syncEventOf(before, anAppointment({ version: 1, revision: 2 }))).toBeUndefined();
});
