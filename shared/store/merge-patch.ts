/** JSON merge patches (RFC 7396): what makes one object of another. Pure. */
import { isDeepStrictEqual } from 'node:util';

/** By name: what it is to be, the patch of an object, or null where there is to be nothing. */
export type Patch = { readonly [name: string]: unknown };

/** Of objects as JSON has them, without a null. */
export const patchOf = (from: Patch, to: Patch): Patch => {
  const gone = Object.keys(from).flatMap((name) => (name in to ? [] : [[name, null] as const]));
  const other = Object.entries(to).flatMap(([name, value]) => {
    const before = from[name];
    if (isDeepStrictEqual(before, value)) return [];
    return [[name, isObject(before) && isObject(value) ? patchOf(before, value) : value] as const];
  });
  return Object.fromEntries([...gone, ...other]);
};

export const patched = (from: Patch, patch: Patch): Patch => {
  const kept = Object.entries(from).filter(([name]) => patch[name] !== null);
  const set = Object.entries(patch).filter(([, value]) => value !== null);
  return Object.fromEntries([
    ...kept,
    ...set.map(([name, value]) => [name, isObject(value) ? patched(objectAt(from, name), value) : value] as const),
  ]);
};

const objectAt = (of: Patch, name: string): Patch => {
  const value = of[name];
  return isObject(value) ? value : {};
};

const isObject = (value: unknown): value is Patch =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
