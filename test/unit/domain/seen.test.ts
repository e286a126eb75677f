import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { EventChange } from '../../../shared/domain/calendar-event.ts';
import { asId, type EventId } from '../../../shared/domain/ids.ts';
import { eventFingerprintOf, eventFingerprintsOf } from '../../../shared/domain/seen.ts';
import { seriesInDoubt } from '../../../shared/pull/series-in-doubt.ts';
import { anAppointment, anEvent } from '../../support/samples.ts';

const id = (text: string) => asId<EventId>(text);
const deleted = (text: string): EventChange => ({ kind: 'deleted', id: id(text) });

test('[R8] whatever is listed counts as seen, readable or not', () => {
  const changes: EventChange[] = [
    { kind: 'event', event: anEvent({ id: id('a') }) },
    { kind: 'unreadable', id: id('b'), reason: 'end' },
  ];
  expect(eventFingerprintsOf(changes)).toEqual([eventFingerprintOf(id('a')), eventFingerprintOf(id('b'))]);
});

test('a fingerprint is the first 64 bits of SHA-256, and stays so between versions', () => {
  expect(eventFingerprintOf(id('event1'))).toBe(
    createHash('sha256').update('event1').digest().subarray(0, 8).toString('base64url'),
  );
});

const occurrence = anAppointment({
  link: { ...(anAppointment().link ?? expect.fail()), recurringEventId: id('series') },
});

const { link: _link, ...unlinked } = anAppointment();

test.each([
  ['an occurrence, its series', deleted('series_1'), occurrence, 'series'],
  ['an event of no series, none', deleted('event1'), anAppointment(), undefined],
  ['an event of an appointment that is linked to none any more, none', deleted('event1'), unlinked, undefined],
  ['what we do not know, what is named: it may be a series', deleted('series'), undefined, 'series'],
])('[F55] the deletion of %s', (_, change, known, doubtful) => {
  expect(seriesInDoubt(change, known)).toBe(doubtful);
});

test('nothing but a deletion puts a series in doubt', () => {
  expect(seriesInDoubt({ kind: 'event', event: anEvent() }, occurrence)).toBeUndefined();
  expect(seriesInDoubt({ kind: 'unreadable', id: id('x'), reason: 'end' }, undefined)).toBeUndefined();
});
