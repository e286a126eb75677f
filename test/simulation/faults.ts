/**
 * What goes wrong, and when. At random (each fault is active for some seeds, at an intensity of the seed's own), or by a plan
 * that names each fault by its place: `point#nth`. Whatever fires is written down, so that a run can be repeated as a plan.
 */
import type { Randomness } from './randomness.ts';

/** Where something can go wrong: a port as a kind of task calls it, or a place of the world's own. */
type Point = string;

/** `nets`: only the safety nets (sweep, backstop) make it good, so it does not occur where they are switched off. */
type Spec = { fault: string; rate: number; nets?: true };

const process: Spec[] = [
  { fault: 'crash-before', rate: 0.006 },
  { fault: 'crash-after', rate: 0.006 },
  { fault: 'slow', rate: 0.004 },
  { fault: 'slow-answer', rate: 0.004 },
];
const read: Spec[] = [{ fault: 'before', rate: 0.01 }, ...process];
const write: Spec[] = [
  { fault: 'before', rate: 0.015 },
  { fault: 'after', rate: 0.015 },
  { fault: 'refused-after', rate: 0.015 },
  ...process,
];
const answers: Spec[] = [
  { fault: '401', rate: 0.006 },
  { fault: '403-permission', rate: 0.006, nets: true },
  { fault: '403-rate', rate: 0.006 },
  { fault: '404-gateway', rate: 0.003 },
  { fault: '429', rate: 0.006 },
  { fault: '429-wait', rate: 0.004 },
  { fault: '500', rate: 0.01 },
  { fault: 'reset', rate: 0.006 },
  { fault: 'malformed', rate: 0.004 },
  ...process,
];

const retriedBySweep = (spec: Spec): Spec => (process.includes(spec) ? spec : { ...spec, nets: true });

/** Where a seed comes by seldom, more goes wrong. */
const oftener = (times: number, of: Spec[]): Spec[] => of.map((spec) => ({ ...spec, rate: times * spec.rate }));

/**
 * By kind of port. The first that its share of the number meets fires; those that seldom find anything to spoil come last, and
 * often.
 */
export const specs = {
  read,
  write,
  list: [
    ...answers,
    { fault: '410', rate: 0.012 },
    { fault: '400-token', rate: 0.006 },
    { fault: 'stale', rate: 0.006, nets: true },
    { fault: 'no-token', rate: 0.005 },
    { fault: 'short', rate: 0.2 },
    { fault: 'empty', rate: 0.15 },
  ],
  get: [...oftener(8, answers), { fault: 'stale', rate: 0.05 }],
  change: [
    ...oftener(5, answers),
    { fault: 'after', rate: 0.02 },
    { fault: '403-quota', rate: 0.02, nets: true },
    { fault: '412', rate: 0.08 },
    { fault: 'unnoticed-duplicate', rate: 1 },
  ],
  watch: [
    ...oftener(6, answers.filter(({ fault }) => fault !== '403-permission').map(retriedBySweep)),
    { fault: 'after', rate: 0.03, nets: true },
  ],
  stop: oftener(20, [...answers.filter(({ fault }) => fault !== '403-permission'), { fault: 'after', rate: 0.01 }]),
  refresh: oftener(16, [{ fault: 'before', rate: 0.01 }, ...process]),
  send: [{ fault: 'before', rate: 0.01 }, { fault: 'after', rate: 0.02 }, ...process],
  hide: [{ fault: 'before', rate: 0.05 }, ...oftener(6, process)],
  /** What happens between Google, the queue, the stream and us. */
  notification: [
    { fault: 'lost', rate: 0.06, nets: true },
    { fault: 'twice', rate: 0.06 },
    { fault: 'late', rate: 0.06 },
    { fault: 'very-late', rate: 0.02 },
    { fault: 'again-as-new', rate: 0.03 },
  ],
  receive: [{ fault: 'given-twice', rate: 0.03 }],
  acknowledge: [
    { fault: 'response-lost', rate: 0.03 },
    { fault: 'deletion-lost', rate: 0.02 },
  ],
  stream: [
    { fault: 'replayed', rate: 0.03 },
    { fault: 'stalled', rate: 0.03 },
    { fault: 'given-up', rate: 0.008, nets: true },
  ],
  index: [{ fault: 'lagging', rate: 0.08 }],
} satisfies Record<string, Spec[]>;

export type PortKind = keyof typeof specs;

export type Faults = {
  /** The fault of this call, if there is one. */
  at(point: Point, kind: PortKind): string | undefined;
  /** What has fired so far: `point#nth` → fault. */
  fired: Map<string, string>;
  /** How often each point was passed. */
  passed: Map<Point, { kind: PortKind; times: number }>;
  stop(): void;
};

type FaultOptions = {
  random: Randomness;
  nets: boolean;
  /** For now whoever lists a calendar dies of it. */
  isListingLethal?: () => boolean;
  plan?: ReadonlyMap<string, string> | undefined;
};

type Share = { fault: string; upTo: number };

export const faultsOf = ({ random, nets, isListingLethal = () => false, plan }: FaultOptions): Faults => {
  const fired = new Map<string, string>();
  const passed = new Map<Point, { kind: PortKind; times: number }>();
  const shares = plan === undefined ? sharesOf(random, nets) : undefined;
  let isOn = true;

  const drawn = (point: Point, kind: PortKind, nth: number): string | undefined => {
    if (kind === 'list' && isListingLethal()) return 'crash-before';
    const of = shares?.[kind];
    if (of === undefined || of.length === 0) return undefined;
    const number = random.at(point, nth);
    return of.find(({ upTo }) => number < upTo)?.fault;
  };

  return {
    fired,
    passed,
    stop: () => {
      isOn = false;
    },
    at(point, kind) {
      if (!isOn) return undefined;
      const nth = (passed.get(point)?.times ?? 0) + 1;
      passed.set(point, { kind, times: nth });
      const fault = plan === undefined ? drawn(point, kind, nth) : plan.get(`${point}#${nth}`);
      if (fault !== undefined) fired.set(`${point}#${nth}`, fault);
      return fault;
    },
  };
};

const sharesOf = (random: Randomness, nets: boolean): Record<PortKind, Share[]> => {
  const isActive = new Map<string, number>();
  const intensityOf = (name: string): number => {
    const known = isActive.get(name);
    if (known !== undefined) return known;
    const intensity = random.at(`active ${name}`, 0) < 0.4 ? 3 * random.at(`intensity ${name}`, 0) : 0;
    isActive.set(name, intensity);
    return intensity;
  };
  const calm = random.at('calm', 0) < 0.05; // Now and then nothing goes wrong at all.
  const entries = (Object.entries(specs) as [PortKind, Spec[]][]).map(([kind, of]): [PortKind, Share[]] => {
    let upTo = 0;
    const shares: Share[] = [];
    for (const { fault, rate, nets: needsNets } of of) {
      if (calm || (needsNets && !nets)) continue;
      upTo += rate * intensityOf(`${kind} ${fault}`);
      shares.push({ fault, upTo });
    }
    return [kind, shares];
  });
  return Object.fromEntries(entries) as Record<PortKind, Share[]>;
};
