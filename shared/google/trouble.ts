/** What is to be done about a sync that failed. Pure: the same error asks for the same remedy. */
import type { Calendar, Trouble } from '../domain/calendar.ts';
import { GrantRevoked, Superseded } from '../domain/errors.ts';
import type { Instant } from '../domain/instant.ts';
import { GoogleError } from './google-error.ts';
import type { Outcome } from './outcomes.ts';

/**
 * - `consent`: only the user can mend it [R14].
 * - `switch-off`: the calendar is gone [F25].
 * - `leave-to-sweep`: repeating will not help soon, so it must not use up the hint's tries.
 * - `yield`: someone newer is at work; no trouble of the calendar's.
 * - `retry`: all else.
 */
export type Remedy = 'consent' | 'switch-off' | 'leave-to-sweep' | 'yield' | 'retry';

export const remedyFor = (error: unknown): Remedy => {
  if (error instanceof GrantRevoked) return 'consent';
  if (error instanceof Superseded) return 'yield';
  if (!(error instanceof GoogleError)) return 'retry';
  return isCalendarGone(error) ? 'switch-off' : remedies[error.outcome];
};

const remedies: Record<Outcome, 'leave-to-sweep' | 'retry'> = {
  unauthorized: 'retry',
  expired: 'retry',
  gone: 'leave-to-sweep',
  duplicate: 'retry',
  stale: 'retry',
  unwatchable: 'leave-to-sweep',
  forbidden: 'leave-to-sweep',
  rateLimited: 'retry',
  paused: 'retry',
  exhausted: 'leave-to-sweep',
  transient: 'retry',
  rejected: 'leave-to-sweep',
};

/** Only Google's own word, and only about the calendar: a gateway's bare 404 must not switch anything off. */
const isCalendarGone = ({ operation, status, reason }: GoogleError): boolean =>
  operation === 'events.list' && status === 404 && reason === 'notFound';

export const troubleAfter = ({ trouble }: Calendar, error: unknown, now: Instant): Trouble => ({
  since: trouble?.since ?? now,
  failures: (trouble?.failures ?? 0) + 1,
  reason: inOneWord(error),
  ...(remedyFor(error) === 'leave-to-sweep' && { leftToSweep: true }),
});

/** The worker ended before it could say why. */
export const interrupted = (since: Instant): Trouble => ({ since, failures: 1, reason: 'interrupted' });

/** Google's reason, or the name of an error; never text. */
export const inOneWord = (error: unknown): string => {
  if (!(error instanceof GoogleError)) return error instanceof Error ? error.name : 'unknown';
  const { reason, status } = error;
  if (reason !== undefined) return reason;
  return status === undefined ? 'no_answer' : `http_${status}`;
};
