/** Each single fault at each place of the fixed story: a floor, not a substitute for the seeds. */
import { type PortKind, specs } from './faults.ts';
import { runScenario } from './scenario.ts';

export type Opportunity = { place: string; fault: string };

/** Every place that the story passes, with every fault that can strike there. */
export const opportunities = async (): Promise<Opportunity[]> => {
  const { passed, violations } = await runScenario();
  if (violations.length > 0) throw new Error(`The story fails by itself: ${violations.join('; ')}`);
  return [...passed].flatMap(([point, { kind, times }]) =>
    Array.from({ length: times }, (_, index) => `${point}#${index + 1}`).flatMap((place) =>
      faultsOf(kind).map((fault) => ({ place, fault })),
    ),
  );
};

const faultsOf = (kind: PortKind): string[] => [...new Set(specs[kind].map(({ fault }) => fault))];

export type Swept = { runs: number; failures: { faults: Record<string, string>; violations: string[] }[] };

export const sweepSingles = async (share = 1, nth = 0): Promise<Swept> => {
  const all = (await opportunities()).filter((_, index) => index % share === nth);
  return sweepEach(all.map(({ place, fault }) => ({ [place]: fault })));
};

/** So many pairs, spread evenly over all there are. */
export const sweepPairs = async (atMost: number, share = 1, nth = 0): Promise<Swept & { of: number }> => {
  const all = await opportunities();
  const of = (all.length * (all.length - 1)) / 2;
  const step = Math.max(1, Math.floor(of / atMost)) * share;
  const chosen: Record<string, string>[] = [];
  for (let index = nth * (step / share); index < of; index += step) {
    const [first, second] = pairAt(all, Math.floor(index));
    if (first && second && first.place !== second.place)
      chosen.push({ [first.place]: first.fault, [second.place]: second.fault });
  }
  return { ...(await sweepEach(chosen)), of };
};

/** The pairs in the order (0,1), (0,2), (1,2), (0,3), … */
const pairAt = (all: Opportunity[], index: number): [Opportunity | undefined, Opportunity | undefined] => {
  const second = Math.floor((1 + Math.sqrt(1 + 8 * index)) / 2);
  return [all[index - (second * (second - 1)) / 2], all[second]];
};

const sweepEach = async (each: Record<string, string>[]): Promise<Swept> => {
  const failures: Swept['failures'] = [];
  for (const faults of each) {
    const { violations } = await runScenario(faults);
    if (violations.length > 0) failures.push({ faults, violations });
  }
  return { runs: each.length, failures };
};
