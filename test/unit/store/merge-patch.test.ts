import fc from 'fast-check';
import { expect, test } from 'vitest';
import { patched, patchOf } from '../../../shared/store/merge-patch.ts';

/** Objects as JSON has them, without a null, and alike in their names so that some of it is the same. */
const { anObject } = fc.letrec((tie) => ({
  anObject: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('x', 'y', 1, 2, true),
    fc.array(fc.constantFrom('x', 1), { maxLength: 2 }),
    tie('anObject'),
  ),
}));
const objects = anObject as fc.Arbitrary<Record<string, unknown>>;

test('what is patched with what makes it another is that other', () => {
  fc.assert(
    fc.property(objects, objects, (from, to) => {
      expect(patched(from, patchOf(from, to))).toEqual(to);
    }),
  );
});

test('of two that are the same there is nothing to say', () => {
  fc.assert(
    fc.property(objects, (one) => {
      expect(patchOf(one, structuredClone(one))).toEqual({});
    }),
  );
});

test('only what differs is said, however deep it lies', () => {
  const before = { status: 'confirmed', fields: { title: 'Cut', notes: 'Back door' }, ids: ['1', '2'] };
  const after = { status: 'confirmed', fields: { title: 'Shave' }, ids: ['1'], version: 2 };
  expect(patchOf(after, before)).toEqual({
    fields: { title: 'Cut', notes: 'Back door' },
    ids: ['1', '2'],
    version: null,
  });
});

/** RFC 7396, appendix A, those that are objects. */
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j, patched with %j, is %j', (from, patch, to) => {
  expect(patched(from, patch)).toEqual(to);
});
