/** What people do in the course of a seed, and when: drawn before anything happens. */
import { minute } from '../../shared/domain/instant.ts';
import type { Knobs } from './knobs.ts';
import type { Randomness } from './randomness.ts';

export type Operation = { nth: number; at: number; kind: OperationKind; user: number; pick: number; hot: boolean };

export type OperationKind = keyof typeof weights;

const weights = {
  book: 3,
  title: 2.5,
  place: 1,
  notes: 1,
  times: 1.5,
  cancel: 1,
  decide: 1.5,
  undo: 1.5,
  insert: 2.5,
  'google title': 2.5,
  'google place': 1,
  'google notes': 1,
  'google times': 1.5,
  'google delete': 1.2,
  'google restore': 0.4,
  'google burst': 0.4,
  'google overlap': 0.3,
  'google series': 0.5,
  'google series title': 0.3,
  'google series delete': 0.3,
  'google move': 0.5,
  'google unreadable': 0.3,
  'google readable': 0.3,
  'expire tokens': 0.8,
  'expire access': 0.4,
  'drop channel': 0.3,
  'rotate keys': 0.2,
  revoke: 0.25,
  disconnect: 0.25,
  'other account': 0.12,
  policy: 0.2,
  'both at once': 1.5,
  'google clear': 0.15,
  longer: 0.8,
  'google longer': 0.8,
  'google zone': 0.5,
  details: 2,
  'google lines': 1.8,
  share: 0.5,
} as const;

/** Only the safety nets make these good. */
const needNets: ReadonlySet<OperationKind> = new Set(['drop channel', 'revoke', 'disconnect', 'other account']);

/** Only bookings that have any. */
const needDetails: ReadonlySet<OperationKind> = new Set(['details', 'google lines', 'share']);

const kinds = Object.keys(weights) as OperationKind[];

export const operationsOf = (random: Randomness, knobs: Knobs): Operation[] => {
  const possible = kinds.filter(
    (kind) => (knobs.nets || !needNets.has(kind)) && (knobs.detailed || !needDetails.has(kind)),
  );
  const total = possible.reduce((sum, kind) => sum + weights[kind], 0);
  let at = 3_000;
  return Array.from({ length: knobs.operations }, (_, nth) => {
    at += gapMs(random.at('rhythm', nth), random.at('gap', nth));
    let left = random.at('operation', nth) * total;
    const kind = nth < 2 && random.at('first', nth) < 0.7 ? (['book', 'insert'] as const)[nth] : undefined;
    const drawn = possible.find((one) => {
      left -= weights[one];
      return left < 0;
    });
    return {
      nth,
      at,
      kind: kind ?? drawn ?? 'book',
      user: random.at('user', nth) < 0.7 ? 0 : knobs.users - 1,
      pick: random.at('pick', nth),
      hot: random.at('hot', nth) < 0.6,
    };
  });
};

/** Bursts, quick answers, and long silences. */
const gapMs = (rhythm: number, share: number): number => {
  if (rhythm < 0.3) return Math.floor(share * 400);
  if (rhythm < 0.65) return 400 + Math.floor(share * 5_000);
  if (rhythm < 0.9) return 5_000 + Math.floor(share * minute);
  return minute + Math.floor(share * 25 * minute);
};
