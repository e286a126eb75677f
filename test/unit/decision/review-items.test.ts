import { describe, expect, test } from 'vitest';
import type { Disputed } from '../../../shared/decision/decision.ts';
import { conflictIdFor, type Stamp } from '../../../shared/decision/next-appointment.ts';
import {
  agreedItem,
  disputeItem,
  massChangeItem,
  type Overlap,
  overlapIdOf,
  overlapItem,
} from '../../../shared/decision/review-items.ts';
import type { Appointment } from '../../../shared/domain/appointment.ts';
import type { Choice, Conflict } from '../../../shared/domain/conflict.ts';
import { conflictIdOf } from '../../../shared/domain/derived-ids.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { aBooking, anAppointment, at, calendarKey, now, userId } from '../../support/samples.ts';

const stamp: Stamp = { now, chainId: asId('chain-9') };
const later: Stamp = { now: plusMs(now, 1 * minute), chainId: asId('chain-10') };
const justOpened = {
  userId,
  calendarKey,
  status: 'open',
  revision: 1,
  openedAt: now,
  updatedAt: now,
  chainId: stamp.chainId,
};

describe('a dispute', () => {
  const base = { ...aBooking().fields, title: 'Before' };
  const theirs = { ...aBooking().fields, title: 'Theirs' };
  const booking = aBooking({ version: 3, base });
  const theirsAt = plusMs(now, -1 * hour);
  const dispute: Disputed = { kind: 'conflict', about: 'fields', appointment: booking, theirs, theirsAt };
  const item = (change: Partial<Disputed> = {}, by = stamp, open?: Conflict) =>
    disputeItem({ ...dispute, ...change }, calendarKey, by, open);

  test('[R2] opens an item that shows both sides, and what they last agreed on', () => {
    expect(item()).toStrictEqual({
      ...justOpened,
      id: conflictIdFor(booking),
      appointmentId: booking.id,
      kind: 'fields',
      base,
      ours: booking.fields,
      theirs,
      theirsAt,
    });
  });

  test('is brought up to date by further edits, as the item that it was', () => {
    const open = item();
    const changed = item({ about: 'deleted_in_google', theirs: 'gone', theirsAt: now }, later, open);
    const news = { kind: 'deleted_in_google', theirs: 'gone', theirsAt: now };
    expect(changed).toStrictEqual({ ...open, ...news, revision: 2, updatedAt: later.now });
  });

  test('shows that ours is gone, and no base where nothing was agreed on', () => {
    const { base: _base, ...bare } = booking;
    const cancelled = item({ about: 'deleted_in_bookedbarber', appointment: { ...bare, status: 'cancelled' } });
    expect(cancelled.ours).toBe('gone');
    expect(cancelled).not.toHaveProperty('base');
  });

  test('[R12] ends when both sides agree, and stays on record', () => {
    const open = item();
    expect(agreedItem(open, later)).toStrictEqual({ ...open, status: 'agreed', revision: 2, updatedAt: later.now });
  });
});

describe('an overlap', () => {
  const movedBy = (booking: Appointment, minutes: number): Appointment => {
    const { fields } = booking;
    const moved = (time: string) => plusMs(at(time), minutes * minute);
    return { ...booking, fields: { ...fields, start: moved(fields.start), end: moved(fields.end) } };
  };
  const other = aBooking({ id: asId('other') });
  const before = movedBy(aBooking(), 120);
  const booking = movedBy(aBooking(), 30);
  const item = (change: Partial<Overlap> = {}, by = stamp, stored?: Conflict) =>
    overlapItem({ now: booking, before, other, ...change }, calendarKey, by, stored);
  const opened = () => item() as Conflict;

  const resolved = (choice: Choice): Conflict => ({
    ...opened(),
    status: 'resolved',
    resolution: { choice, at: now, by: userId, left: 'fingerprint', before: booking },
  });

  test('[R2] shows where both are now, and where the one was', () => {
    expect(opened()).toStrictEqual({
      ...justOpened,
      id: overlapIdOf(booking, other),
      appointmentId: booking.id,
      kind: 'overlap',
      base: before.fields,
      ours: before.fields,
      theirs: booking.fields,
      theirsAt: now,
      other: { appointmentId: other.id, fields: other.fields },
    });
  });

  test.each([
    ['new', undefined],
    ['cancelled before', { ...before, status: 'cancelled' as const }],
  ])('of one that is %s leaves nothing to go back to', (_, before) => {
    const fresh = item({ before });
    expect(fresh?.ours).toBe('gone');
    expect(fresh).not.toHaveProperty('base');
  });

  test('[R3] has one item, whichever of the two comes upon the other', () => {
    expect(overlapIdOf(other, booking)).toBe(overlapIdOf(booking, other));
    expect(overlapIdOf(booking, anAppointment())).not.toBe(overlapIdOf(booking, other));
  });

  test('[R3] has the name that is stored already, or a second item would open for it', () => {
    expect(overlapIdOf(aBooking({ id: asId('b') }), aBooking({ id: asId('a') }))).toBe(
      conflictIdOf('overlap', 'a', 'b'),
    );
  });

  test('[R4] is no news while both are where the open item says, from whichever side it is seen', () => {
    expect(item({}, later, opened())).toBeUndefined();
    expect(item({ now: other, before: undefined, other: booking }, later, opened())).toBeUndefined();
    expect(
      item({ now: { ...booking, fields: { ...booking.fields, title: 'Shave' } } }, later, opened()),
    ).toBeUndefined();
  });

  test('is brought up to date by a further move, and still goes back to where it was at first', () => {
    const further = movedBy(booking, 10);
    const theirs = { theirs: further.fields, theirsAt: later.now };
    const left = item({ now: further, before: booking }, later, opened());
    expect(left).toStrictEqual({ ...opened(), ...theirs, revision: 2, updatedAt: later.now });
  });

  test('is brought up to date when the other one moves and is seen again from here', () => {
    const left = item({ other: movedBy(other, 10) }, later, opened());
    expect(left).toMatchObject({ revision: 2, other: { fields: movedBy(other, 10).fields } });
  });

  test('begins anew, in the same item, when it is the other one that moves', () => {
    const now = movedBy(other, 10);
    const left = item({ now, before: other, other: booking }, later, opened());
    const fresh = { openedAt: later.now, updatedAt: later.now, chainId: later.chainId, revision: 2 };
    expect(left).toMatchObject({ ...fresh, appointmentId: other.id, base: other.fields, theirs: now.fields });
  });

  test('[R4] that a person has let stand is news again only when one of them moves', () => {
    expect(item({}, later, resolved('google'))).toBeUndefined();
    const left = item({ now: movedBy(booking, 10) }, later, resolved('google'));
    expect(left).toMatchObject({ status: 'open', revision: 2, openedAt: later.now });
    expect(left).not.toHaveProperty('resolution');
  });

  test.each([
    ['that a person has ended', () => resolved('bookedbarber')],
    ['that ended by itself', () => agreedItem(opened(), stamp)],
  ])('%s is news when it comes again', (_, ended) => {
    const stored = ended();
    const left = item({}, later, stored);
    const fresh = { status: 'open', chainId: later.chainId, openedAt: later.now };
    expect(left).toMatchObject({ ...fresh, revision: stored.revision + 1 });
  });

  test('is brought up to date where the item does not know of both', () => {
    const { other: _other, ...ofOne } = opened();
    expect(item({}, later, ofOne)).toMatchObject({ revision: 2, other: opened().other });
    expect(item({}, later, { ...opened(), theirs: 'gone' })).toMatchObject({ revision: 2, theirs: booking.fields });
  });
});

describe('a mass change', () => {
  const id = asId<Conflict['id']>('mass-1');
  const first = aBooking({ id: asId('first') });
  const second = aBooking({ id: asId('second') });
  const third = aBooking({ id: asId('third') });
  const opened = () => massChangeItem(id, [first, second], calendarKey, stamp, undefined);

  test('[R9] is one item for all that are held', () => {
    expect(opened()).toStrictEqual({
      ...justOpened,
      id,
      appointmentId: first.id,
      kind: 'mass_change',
      ours: first.fields,
      theirs: 'gone',
      theirsAt: now,
      held: ['first', 'second'],
    });
  });

  test('[R9] takes in what the same listing holds later, each once', () => {
    const left = massChangeItem(id, [second, third], calendarKey, later, opened());
    const held = ['first', 'second', 'third'];
    expect(left).toStrictEqual({ ...opened(), revision: 2, updatedAt: later.now, held });
  });

  test('[R9] opens anew after a person has released it', () => {
    const left = massChangeItem(id, [third], calendarKey, later, { ...opened(), status: 'resolved' });
    const fresh = { status: 'open', revision: 2, openedAt: later.now, chainId: later.chainId };
    expect(left).toMatchObject({ ...fresh, appointmentId: 'third', held: ['third'] });
  });

  test('holds something', () => {
    expect(() => massChangeItem(id, [], calendarKey, stamp, undefined)).toThrow('Nothing is held');
  });
});
