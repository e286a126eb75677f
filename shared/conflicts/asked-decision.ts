/** What a person asks to be decided about a review item, and what can come of it. */
import type { DestinationDeps } from '../bookings/load-destination.ts';
import type { Choice } from '../domain/conflict.ts';
import type { AppointmentStore, ConflictStore } from '../ports.ts';
import type { InTheWay } from './in-the-way.ts';
import type { ReviewDeps } from './load-review.ts';
import type { GivenValues } from './merged-values.ts';
import type { Seen } from './review.ts';

export type DecideDeps = ReviewDeps &
  DestinationDeps & {
    appointments: AppointmentStore;
    conflicts: ConflictStore;
  };

/** `values` with the choice `merged`. */
export type AskedDecision = { choice: Choice; values?: GivenValues | undefined; seen: Seen; allowOverlap: boolean };

/**
 * - `closed`: it has been decided otherwise, or both sides have come to agree.
 * - `stale`: what the person saw is not how things are.
 * - `foreign_block`, `read_only`, `not_mergeable`: this choice is not available.
 */
export type Decided =
  | { kind: 'done' }
  | { kind: 'absent' }
  | {
      kind: 'refused';
      because: 'closed' | 'stale' | 'foreign_block' | 'read_only' | 'not_mergeable';
    }
  | { kind: 'wrong'; errors: { field: string; message: string }[] }
  | Extract<InTheWay, { kind: 'clash' }>;
