/** Says what became of a calendar, and of a round: log lines for people, counts for the alarms. */
import { logChannel } from '../../shared/channels/log-channel.ts';
import type { ChainId } from '../../shared/domain/ids.ts';
import type { Instant } from '../../shared/domain/instant.ts';
import { censusOf, errorRate, type Visit } from '../../shared/renewal/census.ts';
import { surprisesIn } from '../../shared/renewal/renew-due.ts';
import type { Emit, Log } from '../../shared/runtime/observability.ts';

export const reportVisit =
  (log: Log, chainId: ChainId) =>
  (visit: Visit): void => {
    const fields = { calendarKey: visit.calendarKey, chainId };
    if (visit.kind === 'failed') log.error('A calendar could not be renewed', visit.error, fields);
    if (visit.kind === 'passed') log.info('Passed over a calendar', { ...fields, outcome: visit.because });
    if (visit.kind === 'looked') logChannel(log, fields, visit.channel);
  };

/** Throws when something failed that is not Google's: the function's errors are counted by Lambda. */
export const reportRound = (log: Log, emit: Emit, visits: Visit[], now: Instant): void => {
  emit({ ...censusOf(visits, now) });
  const surprises = surprisesIn(visits);
  const high = errorRate(visits, now);
  if (high !== undefined) log.error('ALERT: High webhook error rate', undefined, high);
  log.info('Looked at the calendars that are due', { count: visits.length });
  if (surprises.length > 0) throw new Error('The lines above say what failed'); // Lambda writes all of what is thrown into the log.
};
