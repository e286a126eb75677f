import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ageOf, type Severity, severityOf } from '../../../shared/conflicts/severity.ts';
import type { Conflict, ConflictKind } from '../../../shared/domain/conflict.ts';
import { day, hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { at } from '../../support/samples.ts';
import { aConflict, fieldsAt } from './disputes.ts';

const start = at('2026-03-03T15:00:00Z'); // 10:00 in New York; it takes an hour.
const here = fieldsAt('10:00');
const conflicts: Record<ConflictKind, Conflict> = {
  fields: aConflict({ kind: 'fields', ours: here, theirs: fieldsAt('13:00') }),
  deleted_in_google: aConflict({ kind: 'deleted_in_google', ours: here, theirs: 'gone' }),
  deleted_in_bookedbarber: aConflict({ kind: 'deleted_in_bookedbarber', ours: 'gone', theirs: here }),
  overlap: aConflict({ kind: 'overlap', ours: here, theirs: here }),
  mass_change: aConflict({ kind: 'mass_change', ours: here, theirs: 'gone' }),
};

describe('severity', () => {
  test.each<[ConflictKind, Severity, Severity, Severity, Severity]>([
    ['mass_change', 'critical', 'critical', 'critical', 'critical'],
    ['overlap', 'critical', 'high', 'medium', 'low'],
    ['deleted_in_google', 'high', 'high', 'medium', 'low'],
    ['deleted_in_bookedbarber', 'high', 'medium', 'medium', 'low'],
    ['fields', 'high', 'medium', 'medium', 'low'],
  ])('of %s: within a day %s, within a week %s, later %s, over %s', (kind, soon, thisWeek, later, over) => {
    const ahead = (ms: number) => severityOf(conflicts[kind], plusMs(start, -ms));
    expect([ahead(0), ahead(day)]).toEqual([soon, soon]);
    expect([ahead(day + 1), ahead(7 * day)]).toEqual([thisWeek, thisWeek]);
    expect(ahead(7 * day + 1)).toBe(later);
    expect(ahead(-5 * hour)).toBe(over);
  });

  test('what is under way is soon, and over when it ends', () => {
    expect(severityOf(conflicts.overlap, plusMs(start, 59 * minute))).toBe('critical');
    expect(severityOf(conflicts.overlap, plusMs(start, 60 * minute))).toBe('low');
  });

  test('the side that begins first counts', () => {
    const now = plusMs(start, -1 * day);
    const later = aConflict({ ours: fieldsAt('12:00'), theirs: fieldsAt('13:00') });
    const reversed = { ...conflicts.fields, ours: conflicts.fields.theirs, theirs: conflicts.fields.ours };
    expect([conflicts.fields, reversed, later].map((conflict) => severityOf(conflict, now))).toEqual([
      'high',
      'high',
      'medium',
    ]);
  });

  test('mere text is never urgent', () => {
    const text = aConflict({ kind: 'fields', ours: here, theirs: { ...here, title: 'Other' } });
    expect(severityOf(text, start)).toBe('low');
  });

  test('never falls as the start comes near', () => {
    const ranks: Severity[] = ['low', 'medium', 'high', 'critical'];
    const anyLead = fc.integer({ min: 0, max: 30 * day });
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(conflicts)), anyLead, anyLead, (conflict, a, b) => {
        const rankAt = (leadMs: number) => ranks.indexOf(severityOf(conflict, plusMs(start, -leadMs)));
        expect(rankAt(Math.min(a, b))).toBeGreaterThanOrEqual(rankAt(Math.max(a, b)));
      }),
    );
  });
});

test('age is in whole seconds, and a clock that is behind makes it no less than nothing', () => {
  const conflict = aConflict({ openedAt: start });
  expect(ageOf(conflict, plusMs(start, 61_999))).toBe(61);
  expect(ageOf(conflict, plusMs(start, -5_000))).toBe(0);
});
