import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  appointmentIdOf,
  blockIdBeside,
  blockIdOf,
  bookingIdOf,
  calendarKeyOf,
  conflictIdOf,
  eventIdFor,
  eventMarkOf,
  ownerMarkOf,
} from '../../../shared/domain/derived-ids.ts';
import {
  type AppointmentId,
  asId,
  type CalendarId,
  type CalendarKey,
  type EventId,
  type UserId,
} from '../../../shared/domain/ids.ts';

const keyOf = (user: string, account: string, calendar: string) =>
  calendarKeyOf(asId<UserId>(user), account, asId<CalendarId>(calendar));
const idOf = (key: string, event: string) => blockIdOf(asId<CalendarKey>(key), asId<EventId>(event));

describe('[R3] derived ids', () => {
  /** Stored data is named by these: they must never change. Computed with `sha256sum` over the JSON of the parts. */
  test('are what they were', () => {
    expect(keyOf('barber-1', 'barber@example.com', 'barber@example.com')).toBe('qyzb3TZevSRh_2iRnLqDrQ');
    expect(idOf('tMmiiTI7IaAcPpQPFQ65uA', 'event1')).toBe('LT3N67dBRuZ2fm52oR-gJg');
    expect(blockIdBeside(asId<AppointmentId>('LT3N67dBRuZ2fm52oR-gJg'), asId<EventId>('event1'))).toBe(
      'R02UcGbiwVAt66-yxRPh6Q',
    );
    expect(bookingIdOf(asId<UserId>('barber-1'), 'key-1')).toBe('PuWJG1P4F7mDeKW8F1O_7w');
    expect(conflictIdOf('a', '1')).toBe('S1X4-31-cyOGLLrFlQ--0g');
    expect(ownerMarkOf('prod', asId<UserId>('barber-1'))).toBe('bBDIkDWFB-qCUdI21j9UIg');
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

const anyId = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => asId<AppointmentId>(Buffer.from(bytes).toString('base64url')));
const anyGeneration = fc.integer({ min: 1, max: 999_999 });

describe('[R3] the id of our event', () => {
  /** Computed by hand with `basenc --base32hex`: events in Google are named so. */
  test('is what it was', () => {
    const id = asId<AppointmentId>(Buffer.from('0123456789abcdef').toString('base64url'));
    expect(eventIdFor(id, 1)).toBe('bb60oj4cpk6kr3ee1pc5h66p35co1');
  });

  test('leads back to its appointment, whichever of its events it is', () => {
    fc.assert(fc.property(anyId, anyGeneration, (id, nth) => appointmentIdOf(eventIdFor(id, nth)) === id));
  });

  test('is made of what Google allows', () => {
    fc.assert(fc.property(anyId, anyGeneration, (id, nth) => /^[0-9a-v]{5,1024}$/.test(eventIdFor(id, nth))));
  });

  test('[F53] is another one for each of its events, and for each appointment', () => {
    fc.assert(
      fc.property(anyId, anyId, anyGeneration, anyGeneration, (a, b, m, n) => {
        expect(eventIdFor(a, m) === eventIdFor(b, n)).toBe(a === b && m === n);
      }),
    );
  });

  test('is read from no other id: what is read would be made the same', () => {
    const digits = fc.stringMatching(/^bb[0-9a-v]{26}[0-9]{1,7}$/);
    fc.assert(
      fc.property(fc.oneof(digits, fc.string()), (text) => {
        const id = appointmentIdOf(asId<EventId>(text));
        if (id !== undefined) expect(eventIdFor(id, Number(text.slice(28)))).toBe(text);
      }),
    );
  });

  const ours = eventIdFor(bookingIdOf(asId<UserId>('barber-1'), 'key-1'), 1);
  test.each([
    ["Google's own", 'a1b2c3d4e5f6g7h8i9j0k1l2m3'],
    ['an occurrence of a series of that id', `${ours}_20260303T150000Z`],
    ['upper case', ours.toUpperCase()],
    ['a generation that no event has', `${ours.slice(0, 28)}0`],
    ['no generation', ours.slice(0, 28)],
    ['more than 16 bytes', `${ours.slice(0, 27)}11`],
    ['a line break behind it', `${ours}\n`],
    ['something before it', `x${ours}`],
    ['nothing', ''],
  ])('is not ours: %s', (_, text) => {
    expect(appointmentIdOf(asId<EventId>(text))).toBeUndefined();
  });
});

describe('[R3] what a retry must meet again', () => {
  const userId = asId<UserId>('barber-1');

  test('is named alike: a booking by its key, a review item by what it is about', () => {
    expect(bookingIdOf(userId, 'key-1')).toBe(bookingIdOf(userId, 'key-1'));
    expect(bookingIdOf(userId, 'key-1')).not.toBe(bookingIdOf(userId, 'key-2'));
    expect(bookingIdOf(userId, 'key-1')).not.toBe(bookingIdOf(asId<UserId>('barber-2'), 'key-1'));
    expect(conflictIdOf('a', '1')).toBe(conflictIdOf('a', '1'));
    expect(conflictIdOf('a', '1')).not.toBe(conflictIdOf('a1'));
  });

  test('[R15] an owner is another one in every stage, and cannot be read from the mark', () => {
    const mark = ownerMarkOf('prod', userId);
    expect(mark).toMatch(/^[\w-]{22}$/);
    expect(mark).not.toBe(ownerMarkOf('test', userId));
    expect(mark).not.toBe(ownerMarkOf('prod', asId<UserId>('barber-2')));
    const id = bookingIdOf(userId, 'key-1');
    expect(eventMarkOf(mark, id).split('.')).toEqual([mark, id]);
  });
});
