import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, requestFingerprintOf } from '../../../shared/bookings/canonical-json.ts';

const reversed = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]) => [key, reversed(part)]),
  );
};

test('the order of parts makes no other request', () => {
  fc.assert(
    fc.property(
      fc.object(),
      (request) => requestFingerprintOf(request) === requestFingerprintOf(reversed(request) as object),
    ),
  );
});

test('any other content does', () => {
  expect(requestFingerprintOf({ price: { amount: 1 } })).not.toBe(requestFingerprintOf({ price: { amount: 2 } }));
  expect(requestFingerprintOf({ notes: null })).not.toBe(requestFingerprintOf({}));
});

test('it is JSON of the same content', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      (value) => void expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value))),
    ),
  );
});
