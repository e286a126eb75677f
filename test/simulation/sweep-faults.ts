/** Each single fault at each place of the fixed story: a floor, not a substitute for the seeds. */
import { type PortKind, specs } from './faults.ts';
import { runScenario } from './scenario.ts';

/** The nth of so many equal parts. */
type Share = { nth: number; of: number };

type Opportunity = { place: string; fault: string };

/** Every place that the story passes, with every fault that can strike there. */
const opportunities = async (): Promise<Opportunity[]> => {
  const { passed, violations } = await runScenario();
  if (violations.length > 0) throw new Error(`The story fails by itself: ${violations.join('; ')}`);
  return [...passed].flatMap(([point, { kind, times }]) =>
    Array.from({ length: times }, (_, index) => `${point}#${index + 1}`).flatMap((place) =>
      faultsOf(kind).map((fault) => ({ place, fault })),
    ),
  );
};

const faultsOf = (kind: PortKind): string[] => [...new Set(specs[kind].map(({ fault }) => fault))];

/** `idle`: runs in which not every fault struck, for it would have changed nothing there, or the place was not passed. */
export type Swept = {
  struck: number;
  idle: number;
  failures: { faults: Record<string, string>; violations: string[] }[];
};

export const sweepSingles = async ({ nth, of }: Share): Promise<Swept> => {
  const all = (await opportunities()).filter((_, index) => index % of === nth);
  return sweepEach(all.map(({ place, fault }) => ({ [place]: fault })));
};

/** So many pairs, spread evenly over all there are. */
export const sweepPairs = async (atMost: number, share: Share): Promise<Swept> => {
  const all = await opportunities();
  const possible = (all.length * (all.length - 1)) / 2;
  const step = Math.max(1, Math.floor(possible / atMost));
  const chosen: Record<string, string>[] = [];
  for (let index = share.nth * step; index < possible; index += share.of * step) {
    const [first, second] = pairAt(all, index);
    if (first && second && first.place !== second.place)
      chosen.push({ [first.place]: first.fault, [second.place]: second.fault });
  }
  return sweepEach(chosen);
};

/** The pairs in the order (0,1), (0,2), (1,2), (0,3), … */
const pairAt = (all: Opportunity[], index: number): [Opportunity | undefined, Opportunity | undefined] => {
  const second = Math.floor((1 + Math.sqrt(1 + 8 * index)) / 2);
  return [all[index - (second * (second - 1)) / 2], all[second]];
};

const sweepEach = async (each: Record<string, string>[]): Promise<Swept> => {
  const failures: Swept['failures'] = [];
  let struck = 0;
  for (const faults of each) {
    const { violations, counts } = await runScenario(faults);
    if (struckIn(counts) >= Object.keys(faults).length) struck += 1;
    if (violations.length > 0) failures.push({ faults, violations });
  }
  return { struck, idle: each.length - struck, failures };
};

const struckIn = (counts: ReadonlyMap<string, number>): number =>
  [...counts].reduce((sum, [what, times]) => (what.startsWith('fault ') ? sum + times : sum), 0);
