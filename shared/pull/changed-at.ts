/** When Google saw the changes that a run has applied: from then on it has taken that long to bring them here. Pure. */
import type { Decision } from '../decision/decision.ts';
import type { EventChange } from '../domain/calendar-event.ts';
import type { Instant } from '../domain/instant.ts';

/** One line of metrics takes no more values than these of one kind. */
const mostKept = 100;

/** The decisions by which Google's side arrives here. */
const bringsIn: ReadonlySet<Decision['kind']> = new Set(['create', 'update', 'restore', 'merge', 'cancel']);

/** A deletion does not say when it happened. */
export const changedAt = (kind: Decision['kind'], change: EventChange): Instant[] =>
  bringsIn.has(kind) && change.kind === 'event' ? [change.event.updated] : [];

/** Of more than a line takes, those that have taken the longest. */
export const oldestOf = (instants: Instant[]): Instant[] => instants.toSorted().slice(0, mostKept);

/** How many changes of Google's have arrived here, by what became of all. */
export const broughtIn = (tally: Partial<Record<Decision['kind'], number>>): number =>
  [...bringsIn].reduce((sum, kind) => sum + (tally[kind] ?? 0), 0);
