import { describe, expect, test } from 'vitest';
import { isFew, isHarmful, isTooMany } from '../../../shared/decision/blast-radius.ts';
import type { Decision } from '../../../shared/decision/decision.ts';
import { type Merged, mergeFields, type Side } from '../../../shared/decision/merge.ts';
import { pendingAt } from '../../../shared/decision/sync-state.ts';
import { type Translated, translate } from '../../../shared/decision/translate.ts';
import type { Appointment } from '../../../shared/domain/appointment.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { minute, plusMs } from '../../../shared/domain/instant.ts';
import { aBookedEvent, aBooking, aCalendar, anAppointment, now } from '../../support/samples.ts';

const calendar = aCalendar();
const event = aBookedEvent();
const found = (appointment: Appointment, changed = event) => ({
  event: changed,
  translated: translate(changed, calendar.timeZone, false) as Translated,
  appointment,
});
const later = aBookedEvent({ end: { kind: 'dateTime', dateTime: '2026-03-03T11:30:00-05:00' } });
const renamed = aBookedEvent({ summary: 'Shave' });
const settled = { policy: 'google_wins', theirs: aBooking().fields, chosen: {} } as const;

const cancelled = (appointment: Appointment): Decision => ({ kind: 'cancel', appointment });
const merged = (timesFrom: Side): Merged => {
  const same = aBooking().fields;
  const sides = { base: same, ours: same, theirs: same };
  return { ...mergeFields(sides, { policy: 'merge', oursAt: () => now, theirsAt: now }), timesFrom };
};

describe('[R9] a booking yet to come is harmed', () => {
  test.each<[string, boolean, Decision]>([
    ['when it is cancelled', true, cancelled(aBooking())],
    ['when it is moved', true, { kind: 'update', ...found(aBooking(), later) }],
    ['not by another title', false, { kind: 'update', ...found(aBooking(), renamed) }],
    [
      'by a merge that takes Google’s times',
      true,
      { kind: 'merge', merged: merged('google'), settled, ...found(aBooking()) },
    ],
    [
      'not by one that keeps ours',
      false,
      { kind: 'merge', merged: merged('bookedbarber'), settled, ...found(aBooking()) },
    ],
    ['not by what is only seen', false, { kind: 'note', event: later, appointment: aBooking() }],
    ['not by what holds it already', false, { kind: 'hold', appointment: aBooking(), conflictId: asId('conflict-1') }],
  ])('%s: %s', (_, harm, decision) => expect(isHarmful(decision, now)).toBe(harm));
});

describe('[R9] nobody is harmed', () => {
  const released = { ...pendingAt(calendar, now), prefer: 'google' as const };
  const spared: [string, Appointment][] = [
    ['a block is none of our clients’', anAppointment()],
    ['it was cancelled before', aBooking({ status: 'cancelled' })],
    ['it has begun', aBooking({ startsAt: plusMs(now, -1 * minute) })],
    ['it begins now', aBooking({ startsAt: now })],
    ['a person has released the change', aBooking({ sync: released })],
  ];

  test.each(spared)('%s', (_, appointment) => {
    expect(isHarmful(cancelled(appointment), now)).toBe(false);
    expect(isHarmful({ kind: 'update', ...found(appointment, later) }, now)).toBe(false);
    const merge = { kind: 'merge', merged: merged('google'), settled, ...found(appointment) } as const;
    expect(isHarmful(merge, now)).toBe(false);
  });

  test('unless it is ours that a person has released, or nobody has been asked', () => {
    const pending = pendingAt(calendar, now);
    expect(isHarmful(cancelled(aBooking({ sync: pending })), now)).toBe(true);
    expect(isHarmful(cancelled(aBooking({ sync: { ...pending, prefer: 'bookedbarber' } })), now)).toBe(true);
  });
});

describe('[R9] too many', () => {
  test('are more than ten', () => {
    expect(isFew(10)).toBe(true);
    expect(isFew(11)).toBe(false);
    expect(isTooMany(10, 10)).toBe(false);
    expect(isTooMany(11, 11)).toBe(true);
  });

  test('and more than a fifth of all that are yet to come', () => {
    expect(isTooMany(20, 100)).toBe(false);
    expect(isTooMany(21, 100)).toBe(true);
  });
});
