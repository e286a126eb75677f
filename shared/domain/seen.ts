/** What a generation has seen, small enough to keep between runs: 64 bits of each event id. */
import { hash } from 'node:crypto';
import { type EventChange, eventIdOf } from './calendar-event.ts';
import type { EventId } from './ids.ts';

export type Fingerprint = string;

/** Two ids that share one would hide one absence: one chance in 10^11 for 10,000 events, and the next generation mends it. */
export const eventFingerprintOf = (eventId: EventId): Fingerprint =>
  hash('sha256', eventId, 'buffer').subarray(0, 8).toString('base64url');

export const eventFingerprintsOf = (changes: EventChange[]): Fingerprint[] =>
  changes.map((change) => eventFingerprintOf(eventIdOf(change)));
