/** How old a change was when it arrived: what the end-to-end latency is made of. */
import { expect, test } from 'vitest';
import type { Decision } from '../../../shared/decision/decision.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { plusMs } from '../../../shared/domain/instant.ts';
import { broughtIn, changedAt, oldestOf } from '../../../shared/pull/changed-at.ts';
import { anEvent, now } from '../../support/samples.ts';

const event = { kind: 'event', event: anEvent({ updated: now }) } as const;

test.each<[Decision['kind'], boolean]>([
  ['create', true],
  ['update', true],
  ['restore', true],
  ['merge', true],
  ['cancel', true],
  ['nothing', false],
  ['note', false],
  ['stale', false],
  ['push', false],
  ['recreate', false],
  ['conflict', false],
  ['hold', false],
  ['park-event', false],
  ['parked', false],
])('a change that ends in %s has arrived: %s', (kind, hasArrived) => {
  expect(changedAt(kind, event)).toEqual(hasArrived ? [now] : []);
  expect(broughtIn({ [kind]: 3 })).toBe(hasArrived ? 3 : 0);
});

test('a deletion does not say when it happened, but it has arrived', () => {
  expect(changedAt('cancel', { kind: 'deleted', id: asId('a') })).toEqual([]);
  expect(broughtIn({ cancel: 1, update: 2, nothing: 5 })).toBe(3);
});

test('[R11] of more than a hundred the oldest are kept', () => {
  const many = Array.from({ length: 250 }, (_, index) => plusMs(now, (index * 7_919) % 250));
  expect(oldestOf(many)).toEqual(Array.from({ length: 100 }, (_, index) => plusMs(now, index)));
});
