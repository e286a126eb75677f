/** What a seed's world is like: everything that is ours or Google's to choose, chosen anew for each seed. */
import { hour, minute, second } from '../../shared/domain/instant.ts';
import type { Settings, Shared } from '../../shared/domain/settings.ts';
import { conflictPolicies, defaultSettings } from '../../shared/domain/settings.ts';
import type { Randomness } from './randomness.ts';

export type Knobs = ReturnType<typeof knobsOf>;

const pick = <T>(random: Randomness, label: string, from: readonly T[]): T => {
  const found = from[Math.floor(random.at(label, 0) * from.length)];
  if (found === undefined) throw new Error('Nothing to pick from');
  return found;
};

export const knobsOf = (random: Randomness) => {
  const nets = random.at('nets', 0) >= 0.4;
  const poisoned = nets && random.at('poisoned', 0) < 0.08;
  const policy = random.at('default policy', 0) < 0.5 ? 'merge' : pick(random, 'policy', conflictPolicies);
  const detailed = random.at('detailed', 0) < 0.4;
  const shared = detailed ? sharedIn(random) : defaultSettings.shared;
  const settings: Settings = { ...defaultSettings, conflictPolicy: policy, shared };
  return {
    nets,
    settings,
    timeZone: pick(random, 'zone', ['UTC', 'UTC', 'UTC', 'America/New_York', 'Europe/Vienna']),
    calendars: pick(random, 'calendars', [1, 1, 2]),
    users: poisoned ? 2 : pick(random, 'users', [1, 1, 1, 2]),
    batchSize: pick(random, 'batch', [1, 2, 10]),
    concurrency: pick(random, 'concurrency', [1, 2, 4]),
    pageSize: pick(random, 'page', [1, 2, 3, 2_500, 2_500]),
    /** Of any of our clocks, so that two are never further apart than a second. */
    skewMs: pick(random, 'skew', [0, 200, 499]),
    googleSkewMs: pick(random, 'google skew', [0, 0, -90 * second, 2 * minute]),
    channelLifetimeMs: pick(random, 'lifetime', nets ? [24 * hour, 24 * hour, 2 * hour, hour / 2] : [24 * hour]),
    operations: 6 + Math.floor(random.at('operations', 0) * 12),
    /** Whose grant dies in the middle and is never renewed. */
    poisoned,
    /** A page of Google's that kills whoever reads it, until it is mended: hints become dead letters. */
    lethal: nets && random.at('lethal', 0) < 0.02,
    /** A newer version of the code takes the place of this one. */
    deployed: random.at('deployed', 0) < 0.15,
    /** So many bookings that a person can take away too many at once. */
    crowd: random.at('crowd', 0) < 0.04 ? 13 : 0,
    /** Somebody who decides whatever is in review, and takes some of it back. */
    decisive: random.at('decisive', 0) < 0.4,
    /** Bookings have services, clients and prices, which people change, share and write into in Google. */
    detailed,
  };
};

/** As a rule all of it. */
const sharedIn = (random: Randomness): Shared => ({
  ...defaultSettings.shared,
  service: random.at('shares the service', 0) < 0.8,
  clientName: random.at('shares the name', 0) < 0.8,
  clientContact: random.at('shares the contact', 0) < 0.7,
  price: random.at('shares the price', 0) < 0.9,
});
