/** JSON that is the same text for the same content, in whatever order its parts came. */
import { hash } from 'node:crypto';

export const canonicalJson = (value: unknown): string => JSON.stringify(value, (_key, part) => sorted(part));

const sorted = (part: unknown): unknown => {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

/** Tells a request that comes again from another one with the same idempotency key. */
export const requestFingerprintOf = (request: object): string => hash('sha256', canonicalJson(request), 'base64url');
