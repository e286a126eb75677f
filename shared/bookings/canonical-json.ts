/** JSON whose text is the same for the same content, whatever order its parts came in. */
import { hash } from 'node:crypto';

export const canonicalJson = (value: unknown): string => JSON.stringify(value, (_key, part) => sorted(part));

const sorted = (part: unknown): unknown => {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

/** Tells a repeated request from a different one with the same idempotency key. */
export const requestFingerprintOf = (request: object): string => hash('sha256', canonicalJson(request), 'base64url');
