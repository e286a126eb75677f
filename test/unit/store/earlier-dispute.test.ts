/** Disputes stored before schema 2 are read as disputes are now. */
import { describe, expect, test } from 'vitest';
import { resolved } from '../../../shared/conflicts/resolve.ts';
import { fingerprintOf } from '../../../shared/decision/compare.ts';
import type { SideState } from '../../../shared/domain/appointment.ts';
import { keys } from '../../../shared/store/keys.ts';
import { schemas } from '../../../shared/store/schema.ts';
import { fromItem } from '../../../shared/store/table.ts';
import { aBooking } from '../../support/samples.ts';
import { aDispute, agreedOn, conflictId, fieldsAt, stamp } from '../conflicts/disputes.ts';

const asStored = ({ sync, ...appointment }: ReturnType<typeof aBooking>, theirs?: SideState) => ({
  ...keys.appointment(appointment.userId, appointment.id),
  schema: 1,
  value: {
    ...appointment,
    sync: theirs === undefined ? sync : { ...sync, theirs: fingerprintOf(theirs), underWay: ['x'] },
  },
});
const ours = fieldsAt('11:00');
const { appointment, conflict } = aDispute({ kind: 'fields', ours, theirs: fieldsAt('12:00') });

test('what is in no dispute is as it was', () => {
  const booking = aBooking();
  expect(fromItem(asStored(booking))).toEqual(booking);
  expect(schemas.currentAt(keys.appointment(booking.userId, booking.id))).toBe(2);
});

describe('a dispute', () => {
  test.each<[string, SideState]>([
    ['gone', 'gone'],
    ['as both had agreed', agreedOn],
    ['as it is here', ours],
  ])('of an event that is %s', (_, theirs) => {
    expect(fromItem(asStored(appointment, theirs))).toEqual({
      ...appointment,
      sync: { state: 'conflict', conflictId, theirs },
    });
  });

  test.each(['google', 'bookedbarber'] as const)(
    'of an event that says something else: Google is asked before %s wins',
    (choice) => {
      const read = fromItem(asStored(appointment, fieldsAt('12:00'))) as typeof appointment;
      expect(read.link).toMatchObject(appointment.link ?? {});
      expect(resolved(read, conflict, { choice }, stamp)).toMatchObject({
        appointment: { sync: { state: 'pending' } },
      });
      const settledHere = { ...read, fields: agreedOn };
      expect(resolved(settledHere, conflict, { choice: 'bookedbarber' }, stamp)).toMatchObject({
        appointment: { sync: { state: 'pending' } },
      });
    },
  );
});
