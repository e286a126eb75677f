/** When Google saw the changes that a run has applied, which tells how long they took to arrive here. Pure. */
import type { Decision } from '../decision/decision.ts';
import type { EventChange } from '../domain/calendar-event.ts';
import type { Instant } from '../domain/instant.ts';

/** One line of metrics takes no more values of one metric. */
const mostKept = 100;

/** The decisions by which Google's side arrives here. */
const bringsIn: ReadonlySet<Decision['kind']> = new Set(['create', 'update', 'restore', 'merge', 'cancel']);

/** A deletion does not say when it happened. */
export const changedAt = (kind: Decision['kind'], change: EventChange): Instant[] =>
  bringsIn.has(kind) && change.kind === 'event' ? [change.event.updated] : [];

/** If there are more than a line takes, those that took the longest. */
export const oldestOf = (instants: Instant[]): Instant[] => instants.toSorted().slice(0, mostKept);

/** How many of Google's changes have arrived here, out of a tally of decisions. */
export const broughtIn = (tally: Partial<Record<Decision['kind'], number>>): number =>
  [...bringsIn].reduce((sum, kind) => sum + (tally[kind] ?? 0), 0);
