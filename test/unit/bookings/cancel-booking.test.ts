import { describe, expect, test } from 'vitest';
import { cancelBooking } from '../../../shared/bookings/cancel-booking.ts';
import { readOurs } from '../../../shared/decision/sides.ts';
import type { Appointment, SyncState } from '../../../shared/domain/appointment.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { now } from '../../support/samples.ts';
import { aBooking, aLocalBooking, connected, stamp } from './sample-bookings.ts';

const cancelled = (before: Appointment): Appointment =>
  cancelBooking(before, connected(), stamp) ?? expect.fail('Nothing changed');

test('the record stays, and Google’s event is to go', () => {
  const before = aBooking();
  const after = cancelled(before);
  expect(after).toMatchObject({
    status: 'cancelled',
    fields: before.fields,
    base: before.fields,
    link: before.link,
    version: 4,
    revision: 6,
    edits: { status: now },
    sync: { state: 'pending', attempts: 0 },
    provenance: { actor: 'user', reason: 'cancel', chainId: 'request-1' },
  });
  expect(readOurs(after)).toBe('gone');
});

test('doing it again changes nothing', () => {
  expect(cancelBooking(cancelled(aBooking()), connected(), stamp)).toBeUndefined();
});

test('what Google has never heard of leaves nothing to push, pending or not', () => {
  const pending = cancelled(aBooking()).sync;
  for (const sync of [pending, { state: 'local' }] satisfies SyncState[]) {
    const after = cancelled(aLocalBooking({ sync }));
    expect(after).toMatchObject({ status: 'cancelled', sync: { state: 'local' } });
    expect(readOurs(after)).toBe('settled');
  }
});

describe('[R2] what waits for a person goes on waiting', () => {
  test.each<SyncState>([
    { state: 'conflict', conflictId: asId('c'), theirs: 'gone' },
    { state: 'held', conflictId: asId('c') },
    { state: 'quarantined', reason: 'unreadable' },
  ])('$state', (sync) => {
    expect(cancelled(aBooking({ sync }))).toMatchObject({ status: 'cancelled', sync, edits: { status: now } });
  });
});
