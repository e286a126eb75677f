/** How long before its end a channel is replaced. */
import { hour } from '../domain/instant.ts';
import { roundMs } from '../schedule/round-interval.ts';

const shortestLeadMs = 2 * roundMs;
const longestLeadMs = 6 * hour;
/** As many failures as this, or more, ask for twice the time. */
const manyFailures = 4;
/** Of its life, before the jitter: with it, a lead time never reaches into the first half. */
const longestShare = 0.4;

export type Renewal = {
  /** As Google has granted it. */
  lifetimeMs: number;
  /** How often it failed lately to create a channel for this calendar. */
  failures: number;
  /** In [0, 1): spreads channels that were created together over a quarter of their lead time. */
  random: number;
};

/** A quarter of the life within bounds, more after failures, up to a quarter more by chance; never more than half of the life. */
export const leadTimeMs = ({ lifetimeMs, failures, random }: Renewal): number => {
  const usual = Math.min(Math.max(lifetimeMs / 4, shortestLeadMs), longestLeadMs);
  const careful = usual * (1 + Math.min(failures, manyFailures) / manyFailures);
  return Math.floor(Math.min(careful, lifetimeMs * longestShare) * (1 + random / 4));
};
