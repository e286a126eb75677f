import { expect, test } from 'vitest';
import { underReview } from '../../../shared/bookings/under-review.ts';
import type { Conflict } from '../../../shared/domain/conflict.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { at, calendarKey, now, userId } from '../../support/samples.ts';
import { aBooking } from './sample-bookings.ts';

const base = aBooking().fields;
const theirs = { ...base, start: '2026-03-03T14:00:00-05:00', end: '2026-03-03T15:00:00-05:00' };
const sync = { state: 'conflict', conflictId: asId<never>('c'), theirs: 'f' } as const;
const ours = { ...base, title: 'Shave' };
const changed = aBooking({ sync, base, fields: ours, edits: { title: now } });

const open: Conflict = {
  id: asId('c'),
  userId,
  calendarKey,
  kind: 'fields',
  status: 'open',
  revision: 2,
  openedAt: at('2026-03-01T09:00:00Z'),
  updatedAt: at('2026-03-01T09:00:00Z'),
  chainId: asId('chain-1'),
  appointmentId: changed.id,
  base,
  ours: base,
  theirs,
  theirsAt: at('2026-03-01T09:00:00Z'),
};

test('the review item shows what we have now; the appointment is as it was changed', () => {
  const { appointment, conflict } = underReview(changed, open, now);
  expect(appointment).toEqual(changed);
  expect(conflict).toEqual({ ...open, ours, revision: 3, updatedAt: now });
});

test('cancelled, it has become a deletion here against an edit there', () => {
  const { conflict } = underReview({ ...changed, status: 'cancelled' }, open, now);
  expect(conflict).toMatchObject({ status: 'open', kind: 'deleted_in_bookedbarber', ours: 'gone' });
});

test.each([
  ['the same times', { ...changed, fields: theirs }, open],
  ['cancelled on both sides', { ...changed, status: 'cancelled' as const }, { ...open, theirs: 'gone' as const }],
])('once both say the same it is over: %s', (_, same, review) => {
  const { appointment, conflict } = underReview(same, review, now);
  expect(conflict.status).toBe('agreed');
  expect(appointment).toMatchObject({ sync: { state: 'synced' }, fields: same.fields });
  expect(appointment).not.toHaveProperty('base');
  expect(appointment).not.toHaveProperty('edits');
});
