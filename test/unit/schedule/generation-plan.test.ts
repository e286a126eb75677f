import fc from 'fast-check';
import { expect, test } from 'vitest';
import { day, epochMsOf, plusMs } from '../../../shared/domain/instant.ts';
import { queryVersion } from '../../../shared/google/query.ts';
import { cursorOf, nextGenerationAt } from '../../../shared/schedule/generation-plan.ts';
import { aCalendar, now } from '../../support/samples.ts';

const listed = { cursor: 'cursor', queryVersion, nextGenerationAt: plusMs(now, 1) };

test.each([
  ['never listed', {}, undefined],
  ['listed lately', listed, 'cursor'],
  ['listed a month ago', { ...listed, nextGenerationAt: now }, undefined],
  ['[F9] listed with another query', { ...listed, queryVersion: queryVersion - 1 }, undefined],
])('a calendar %s goes on from %s', (_, overrides, cursor) => {
  expect(cursorOf(aCalendar(overrides), now)).toBe(cursor);
});

test('generations are a month apart, give or take a week, so that calendars spread out', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
      const afterMs = epochMsOf(nextGenerationAt(now, random)) - epochMsOf(now);
      return afterMs >= 22.5 * day && afterMs <= 37.5 * day;
    }),
  );
  expect(nextGenerationAt(now, 0)).not.toBe(nextGenerationAt(now, 0.9));
});
