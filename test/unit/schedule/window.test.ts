import { expect, test } from 'vitest';
import { windowAt } from '../../../shared/schedule/window.ts';
import { at } from '../../support/samples.ts';

test('what is mirrored reaches from 30 days ago to 365 days ahead, to the millisecond', () => {
  expect(windowAt(at('2026-03-02T12:00:00.001Z'))).toEqual({
    from: at('2026-01-31T12:00:00.001Z'),
    to: at('2027-03-02T12:00:00.001Z'),
  });
});
