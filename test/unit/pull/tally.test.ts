import { expect, test } from 'vitest';
import { addTallies, tallyOf } from '../../../shared/pull/tally.ts';

test('a tally counts how many changes ended in which decision', () => {
  expect(tallyOf([{ kind: 'update' }, { kind: 'create' }, { kind: 'update' }])).toEqual({ update: 2, create: 1 });
  expect(tallyOf([])).toEqual({});
});

test('[R12] tallies add up, decision by decision, and stay as they were', () => {
  const one = { update: 2, create: 1 };
  const other = { update: 3, cancel: 1 };
  expect(addTallies(one, other)).toEqual({ update: 5, create: 1, cancel: 1 });
  expect([one, other]).toEqual([
    { update: 2, create: 1 },
    { update: 3, cancel: 1 },
  ]);
});
