/** When one side of a conflict takes place. Its times were read before they were stored, so reading them cannot fail. */
import type { Times } from '../domain/appointment.ts';
import type { Instant } from '../domain/instant.ts';
import { timeOf } from './event-content.ts';
import { readSpan } from './span.ts';

export const momentsOf = (times: Times): { startsAt: Instant; endsAt: Instant } => {
  const span = readSpan(timeOf(times, times.start), timeOf(times, times.end), times.timeZone);
  if (span.kind === 'untranslatable') throw new Error(span.reason);
  return { startsAt: span.startsAt, endsAt: span.endsAt };
};
