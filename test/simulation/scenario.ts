/** One fixed story, in which everything happens once: what the exhaustive sweep puts each single fault into. */
import { hour } from '../../shared/domain/instant.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import type { Knobs } from './knobs.ts';
import type { Operation, OperationKind } from './operations.ts';
import { type Plan, runSeed } from './run-seed.ts';

const knobs: Knobs = {
  nets: true,
  settings: defaultSettings,
  timeZone: 'UTC',
  calendars: 1,
  users: 1,
  batchSize: 10,
  concurrency: 2,
  pageSize: 2,
  skewMs: 0,
  googleSkewMs: 0,
  channelLifetimeMs: 24 * hour,
  operations: 8,
  poisoned: false,
  lethal: false,
  deployed: false,
  crowd: 0,
  decisive: false,
  detailed: false,
};

/** Booked, made in Google, changed on both sides, listed anew, deleted on one side, cancelled on the other. */
const story: [OperationKind, number][] = [
  ['book', 3_000],
  ['insert', 5_000],
  ['title', 20_000],
  ['google times', 20_200],
  ['expire tokens', 40_000],
  ['google notes', 41_000],
  ['google delete', 60_000],
  ['cancel', 80_000],
];

const operations: Operation[] = story.map(([kind, at], nth) => ({ nth, at, kind, user: 0, pick: 0.1, hot: false }));

const seed = 1;

const scenarioWith = (faults: Record<string, string>): Plan => ({ knobs, operations, faults });

export const runScenario = (faults: Record<string, string> = {}) => runSeed({ seed, plan: scenarioWith(faults) });
