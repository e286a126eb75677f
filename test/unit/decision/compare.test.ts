import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { differing, fieldGroups, fingerprintOf, isSame, sameFields } from '../../../shared/decision/compare.ts';
import type { OwnedFields } from '../../../shared/domain/appointment.ts';
import { anyFields, anyRewrite } from './any-fields.ts';

const timed: OwnedFields = {
  title: 'Fade',
  location: 'Main St',
  notes: 'Bring card',
  allDay: false,
  start: '2026-07-01T10:00:00-04:00',
  end: '2026-07-01T11:00:00-04:00',
  timeZone: 'America/New_York',
};
const allDay: OwnedFields = { ...timed, allDay: true, start: '2026-07-01', end: '2026-07-02' };
const { location: _, notes: __, ...bare } = timed;

describe('[R2] a difference', () => {
  test.each<[string, Partial<OwnedFields>, string]>([
    ['another title', { title: 'Shave' }, 'title'],
    ['another place', { location: 'Side St' }, 'location'],
    ['no notes', { notes: '' }, 'notes'],
    ['another start', { start: '2026-07-01T10:00:01-04:00' }, 'times'],
    ['another end', { end: '2026-07-01T11:30:00-04:00' }, 'times'],
    ['the same hour elsewhere', { start: '2026-07-01T10:00:00-05:00' }, 'times'],
    ['another zone', { timeZone: 'America/Toronto' }, 'times'],
    ['the whole day', allDay, 'times'],
  ])('is %s', (_, edit, group) => {
    const edited = { ...timed, ...edit };
    expect(differing(timed, edited)).toEqual([group]);
    expect(isSame(group as 'times', timed, edited)).toBe(false);
    expect(sameFields(timed, edited)).toBe(false);
  });

  test.each([{ start: '2026-06-30' }, { end: '2026-07-03' }])('is another day: %o', (edit) => {
    expect(differing(allDay, { ...allDay, ...edit })).toEqual(['times']);
  });

  test('is found in every group', () => {
    const other = { ...allDay, title: 'x', location: 'x', notes: 'x' };
    expect(differing(timed, other)).toEqual(['title', 'location', 'notes', 'times']);
    expect(fieldGroups).toEqual(['title', 'location', 'notes', 'times']);
  });
});

describe('[R4] no difference', () => {
  test.each<[string, OwnedFields, OwnedFields]>([
    ['is an empty text to none', { ...bare, location: '', notes: ' ' }, bare],
    ['are milliseconds [F54]', { ...timed, start: '2026-07-01T10:00:00.999-04:00' }, timed],
    ['is the offset that a moment is written with', { ...timed, end: '2026-07-01T15:00:00Z' }, timed],
    ['is the zone of civil days [F56]', { ...allDay, timeZone: 'Asia/Tokyo' }, allDay],
  ])('%s', (_, one, other) => {
    expect(differing(one, other)).toEqual([]);
    expect(sameFields(one, other)).toBe(true);
  });

  test.each([
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['US/Eastern', 'America/New_York'],
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['Etc/UTC', 'UTC'],
    ['america/new_york', 'America/New_York'],
  ])('is another name of the zone: %s is %s', (one, other) => {
    expect(isSame('times', { ...timed, timeZone: one }, { ...timed, timeZone: other })).toBe(true);
  });

  test('is what Temporal calls the same zone, and nothing else', () => {
    const zones = [
      'Asia/Calcutta',
      'US/Eastern',
      'Europe/Kyiv',
      'GMT',
      'Etc/GMT+5',
      ...Intl.supportedValuesOf('timeZone'),
    ];
    const anyOne = fc.constantFrom(...zones);
    const inZone = (timeZone: string) => new Temporal.ZonedDateTime(0n, timeZone);
    fc.assert(
      fc.property(anyOne, anyOne, (one, other) => {
        const same = isSame('times', { ...timed, timeZone: one }, { ...timed, timeZone: other });
        expect(same).toBe(inZone(one).equals(inZone(other)));
      }),
      { numRuns: 500 },
    );
  });
});

/** As Google may give it back: texts rewritten, times to the millisecond, sometimes with one edit. */
const anyVersionOf = (fields: OwnedFields) =>
  fc
    .record({ rewrite: anyRewrite, edit: fc.constantFrom({}, {}, { title: 'Edited' }, { notes: 'Edited' }, allDay) })
    .map(({ rewrite, edit }): OwnedFields => {
      const { title, location, notes } = fields;
      const texts = { title: rewrite(title), location: rewrite(location ?? ''), notes: rewrite(notes ?? '') };
      return { ...fields, ...texts, ...edit };
    });
const threeVersions = anyFields.chain((fields) =>
  fc.tuple(anyVersionOf(fields), anyVersionOf(fields), anyVersionOf(fields)),
);

describe('being the same', () => {
  test('holds for what was only rewritten', () => {
    fc.assert(
      fc.property(anyFields, anyRewrite, (fields, rewrite) => {
        const notes = rewrite(fields.notes ?? '');
        expect(differing(fields, { ...fields, title: rewrite(fields.title), notes })).toEqual([]);
      }),
    );
  });

  test('is an equivalence: with itself, both ways, and onwards', () => {
    fc.assert(
      fc.property(threeVersions, ([a, b, c]) => {
        expect(sameFields(a, a)).toBe(true);
        expect(differing(a, b)).toEqual(differing(b, a));
        if (sameFields(a, b) && sameFields(b, c)) expect(sameFields(a, c)).toBe(true);
      }),
    );
  });

  test('is to have the same fingerprint, and the other way round', () => {
    fc.assert(
      fc.property(fc.oneof(threeVersions, fc.tuple(anyFields, anyFields)), ([a, b]) => {
        expect(fingerprintOf(a) === fingerprintOf(b)).toBe(sameFields(a, b));
      }),
    );
  });
});

test('a fingerprint is short, shows no text, and tells what is gone', () => {
  expect(fingerprintOf(timed)).toMatch(/^[\w-]{16}$/);
  expect(fingerprintOf('gone')).toBe('gone');
});

test('a fingerprint tells in which field a text stands', () => {
  const moved = [
    { ...bare, location: 'x' },
    { ...bare, notes: 'x' },
    { ...bare, title: `${bare.title}\nx` },
  ];
  expect(new Set(moved.map(fingerprintOf)).size).toBe(moved.length);
});
