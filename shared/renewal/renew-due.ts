/**
 * A round of the renewal worker: renews the channels that are due, and sends hints for what else is: calendars without a
 * complete sync for too long, listings and pushes left over, pauses that have ended. One failure never touches another.
 */

import { GoogleError } from '../google/google-error.ts';
import { accessesOf, type RoundAccessDeps } from './access.ts';
import type { Visit } from './census.ts';
import { overDue, type Round, type RoundDeps } from './due-round.ts';
import { type RenewDeps, renewCalendar } from './renew-calendar.ts';

export type RenewalDeps = RenewDeps & RoundDeps & RoundAccessDeps & { onVisit(visit: Visit): void };

/** In each of the eight shards: bounds the calls to Google, and what one slow answer holds up. */
const atOnce = 4;

export const renewDue = async (deps: RenewalDeps, round: Round): Promise<Visit[]> => {
  const accesses = accessesOf(deps, round.now);
  return overDue(deps, round, {
    atOnce,
    to: async (key) => {
      const at = { chainId: round.chainId, accesses, now: deps.clock() }; // A channel that is begun late in the round is new then.
      const visit = await renewCalendar(deps, at, key);
      deps.onVisit(visit);
      return visit;
    },
  });
};

/** Failures on our side, which the round must not pass over. */
export const surprisesIn = (visits: Visit[]): unknown[] =>
  visits.flatMap((visit) => (visit.kind === 'failed' && !(visit.error instanceof GoogleError) ? [visit.error] : []));
