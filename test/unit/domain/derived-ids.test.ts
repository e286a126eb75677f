import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockIdOf, calendarKeyOf } from '../../../shared/domain/derived-ids.ts';
import { asId, type CalendarId, type CalendarKey, type EventId, type UserId } from '../../../shared/domain/ids.ts';

const keyOf = (user: string, account: string, calendar: string) =>
  calendarKeyOf(asId<UserId>(user), account, asId<CalendarId>(calendar));
const idOf = (key: string, event: string) => blockIdOf(asId<CalendarKey>(key), asId<EventId>(event));

describe('[R3] derived ids', () => {
  /** Stored data is named by these: they must never change. Computed with `sha256sum` over the JSON of the parts. */
  test('are what they were', () => {
    expect(keyOf('barber-1', 'barber@example.com', 'barber@example.com')).toBe('qyzb3TZevSRh_2iRnLqDrQ');
    expect(idOf('tMmiiTI7IaAcPpQPFQ65uA', 'event1')).toBe('LT3N67dBRuZ2fm52oR-gJg');
  });

  test('are 22 characters of base64url, whatever they are made of', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(fc.property(text, text, (key, event) => /^[\w-]{22}$/.test(idOf(key, event))));
  });

  test('differ when a character moves from one part to the next', () => {
    const keys = [keyOf('ab', 'c', 'd'), keyOf('a', 'bc', 'd'), keyOf('a', 'b', 'cd'), keyOf('abc', '', 'd')];
    expect(new Set(keys).size).toBe(keys.length);
    expect(idOf('a","b', 'c')).not.toBe(idOf('a', 'b","c'));
  });

  test('[F10] of one calendar id differ between users and between accounts', () => {
    const holidays = 'en.usa#holiday@group.v.calendar.google.com';
    const keys = [keyOf('u1', 'a@x', holidays), keyOf('u2', 'a@x', holidays), keyOf('u1', 'b@x', holidays)];
    expect(new Set(keys).size).toBe(3);
  });

  test('of a calendar and of an event are never the same', () => {
    const text = fc.string();
    fc.assert(fc.property(text, text, text, (a, b, c) => String(keyOf(a, b, c)) !== String(idOf(a, b))));
  });

  test('of different parts differ', () => {
    const parts = fc.tuple(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(
        parts,
        parts,
        (one, other) => (idOf(...one) === idOf(...other)) === (one.join('\0') === other.join('\0')),
      ),
    );
  });
});
