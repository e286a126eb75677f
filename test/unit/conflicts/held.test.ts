import { expect, test } from 'vitest';
import { decidedHeld } from '../../../shared/conflicts/held.ts';
import { readOurs } from '../../../shared/decision/sides.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { aConflict, aDispute, agreedOn, conflictId, stamp } from './disputes.ts';

const conflict = aConflict({ kind: 'mass_change' });
const {
  base: _base,
  edits: _edits,
  ...booking
} = aDispute({ kind: 'mass_change', ours: agreedOn, theirs: 'gone' }).appointment;
const held = { ...booking, sync: { state: 'held' as const, conflictId } };
const pending = {
  state: 'pending',
  target: { calendarKey: booking.link?.calendarKey, calendarId: booking.link?.calendarId },
  since: stamp.now,
  notBefore: stamp.now,
  attempts: 0,
};

test('[R9] released, it is read again, and what Google has goes without asking', () => {
  const next = decidedHeld(held, conflict, 'google', stamp);
  expect(next).toEqual({
    ...held,
    version: held.version + 1,
    revision: held.revision + 1,
    updatedAt: stamp.now,
    provenance: { actor: 'user', reason: 'release', chainId: stamp.chainId },
    sync: { ...pending, prefer: 'google' },
  });
});

test('[R9] discarded, our side wins though nobody has edited it', () => {
  const next = decidedHeld(held, conflict, 'bookedbarber', stamp);
  expect(next).toMatchObject({ fields: held.fields, sync: { ...pending, prefer: 'bookedbarber' } });
  expect(next?.provenance).toEqual({ actor: 'user', reason: 'discard', chainId: stamp.chainId });
  expect(readOurs(next)).toBe('changed');
});

test('what another item holds, or what is decided already, is left alone', () => {
  const others = { ...held, sync: { ...held.sync, conflictId: asId<typeof conflictId>('conflict-2') } };
  expect(decidedHeld(others, conflict, 'google', stamp)).toBeUndefined();
  expect(decidedHeld({ ...held, sync: { state: 'synced' } }, conflict, 'google', stamp)).toBeUndefined();
});
