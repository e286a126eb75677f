import { expect, test } from 'vitest';
import { createFilter } from '../../../infra/local/sources/event-filter.ts';
import type { Json } from '../../../infra/local/template/json.ts';

const filter = (...patterns: Json[]) => createFilter(patterns.map((pattern) => JSON.stringify(pattern)));

test.each<[string, Json, Json, boolean]>([
  ['an equal value matches', { a: ['x'] }, { a: 'x' }, true],
  ['another value does not', { a: ['x'] }, { a: 'y' }, false],
  ['one of several alternatives is enough', { a: ['x', 'y'] }, { a: 'y' }, true],
  ['every field must match', { a: ['x'], b: ['y'] }, { a: 'x', b: 'z' }, false],
  ['fields that the pattern does not name are free', { a: ['x'] }, { a: 'x', b: 'z' }, true],
  ['nested fields match', { a: { b: ['x'] } }, { a: { b: 'x' } }, true],
  ['a missing parent matches nothing', { a: { b: ['x'] } }, {}, false],
  ['null is a value', { a: [null] }, { a: null }, true],
  ['a number is not its text', { a: [1] }, { a: '1' }, false],
  ['in a list one equal element is enough', { a: ['x'] }, { a: ['w', 'x'] }, true],
  ['prefix: the beginning', { a: [{ prefix: 'AP#' }] }, { a: 'AP#1' }, true],
  ['prefix: not in the middle', { a: [{ prefix: 'AP#' }] }, { a: 'xAP#1' }, false],
  ['prefix: never what is no text', { a: [{ prefix: '1' }] }, { a: 1 }, false],
  ['exists: present', { a: [{ exists: true }] }, { a: null }, true],
  ['exists: absent', { a: [{ exists: true }] }, {}, false],
  ['exists false: absent', { a: { b: [{ exists: false }] } }, {}, true],
  ['exists false: present', { a: [{ exists: false }] }, { a: 'x' }, false],
  ['anything-but: another value', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'z' }, true],
  ['anything-but: one of them', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'y' }, false],
  ['anything-but: a prefix', { a: [{ 'anything-but': { prefix: 'x' } }] }, { a: 'xyz' }, false],
  ['anything-but: absent is not a value', { a: [{ 'anything-but': 'x' }] }, {}, false],
])('%s', (_what, pattern, event, expected) => {
  expect(filter(pattern)(event)).toBe(expected);
});

test('an event passes when any of the patterns matches, and when there are none', () => {
  const either = filter({ a: ['x'] }, { b: ['y'] });
  expect([either({ b: 'y' }), either({ b: 'z' }), filter()({})]).toEqual([true, false, true]);
});

test.each<[string, Json]>([
  ['numeric, which stream records do not have', { a: [{ numeric: ['>', 1] }] }],
  ['an operator that is not known', { a: [{ wildcard: '*' }] }],
  ['two operators at once', { a: [{ prefix: 'a', exists: true }] }],
  ['a bare value where a list belongs', { a: 'x' }],
])('%s is refused', (_what, pattern) => {
  expect(() => filter(pattern)).toThrow(/a filter pattern|is not supported by the local stack/);
});
