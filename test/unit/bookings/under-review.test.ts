import { describe, expect, test } from 'vitest';
import { underReview } from '../../../shared/bookings/under-review.ts';
import type { SideState } from '../../../shared/domain/appointment.ts';
import type { Conflict } from '../../../shared/domain/conflict.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { at, calendarKey, now, userId } from '../../support/samples.ts';
import { aBooking, aLink, aSeenLink } from './sample-bookings.ts';

const base = aBooking().fields;
const theirs = { ...base, start: '2026-03-03T14:00:00-05:00', end: '2026-03-03T15:00:00-05:00' };
const disputed = (side: SideState) => ({ state: 'conflict', conflictId: asId<never>('c'), theirs: side }) as const;
const ours = { ...base, title: 'Shave' };
const link = aSeenLink();
const before = aBooking({ sync: disputed(theirs), base, link });
const changed = aBooking({ sync: disputed(theirs), base, link, fields: ours, edits: { title: now } });

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
  const { appointment, conflict } = underReview({ before, changed }, open, now);
  expect(appointment).toEqual(changed);
  expect(conflict).toEqual({ ...open, ours, revision: 3, updatedAt: now });
});

test('cancelled, it has become a deletion here against an edit there', () => {
  const { conflict } = underReview({ before, changed: { ...changed, status: 'cancelled' } }, open, now);
  expect(conflict).toMatchObject({ status: 'open', kind: 'deleted_in_bookedbarber', ours: 'gone' });
});

test.each([
  ['the same times', { ...changed, fields: theirs }],
  ['cancelled on both sides', { ...changed, sync: disputed('gone'), status: 'cancelled' as const }],
])('once both say the same it is over: %s', (_, same) => {
  const { appointment, conflict } = underReview({ before, changed: same }, open, now);
  expect(conflict.status).toBe('agreed');
  expect(appointment).toMatchObject({ sync: { state: 'synced' }, fields: same.fields });
  expect(appointment).not.toHaveProperty('base');
  expect(appointment).not.toHaveProperty('edits');
});

test('[R2] but Google is asked where it may yet be told of a decision that was taken back', () => {
  const sync = disputed('gone');
  const cancelled = { ...changed, sync, link: aLink, status: 'cancelled' as const };
  const { appointment, conflict } = underReview({ before, changed: cancelled }, open, now);
  expect(conflict.status).toBe('agreed');
  expect(appointment).toMatchObject({ status: 'cancelled', sync: { state: 'pending', prefer: 'bookedbarber' } });
});

describe('after an undo Google has what it was told, not its own side', () => {
  const sync = { ...disputed(theirs), told: ours };

  test('[R1] so once we say the same as that side, Google is told again', () => {
    const { appointment, conflict } = underReview({ before, changed: { ...changed, sync, fields: theirs } }, open, now);
    expect(conflict).toMatchObject({ status: 'agreed', ours: theirs });
    expect(appointment).toMatchObject({ base: ours, sync: { state: 'pending' } });
  });

  test('[R2] an edit to what it was told is no agreement', () => {
    const { conflict } = underReview({ before, changed: { ...changed, sync, fields: ours } }, open, now);
    expect(conflict).toMatchObject({ status: 'open', ours });
  });

  test('[R2] nor is one that leaves the fields as they are: it was taken back to be decided', () => {
    const undone = { ...changed, sync };
    const edited = { ...undone, details: { service: 'Shave' } };
    expect(underReview({ before: undone, changed: edited }, open, now).conflict.status).toBe('open');
  });
});
