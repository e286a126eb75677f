/** What `npm run sim` is asked for. Whatever it does not know is refused by name, for a typing error must not look like a clean run. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { mutants } from './mutants.ts';

export const usage = `npm run sim -- one of
  --seeds <count> [--start <seed>] [--workers <count>] [--mutant <name>]
                        so many seeds from this one on (1), over worker processes
  --seed <seed> [--mutant <name>]
                        this one, with its trace
  --shrink <seed> [--mutant <name>]
                        saves the failing seed as a regression, in as few steps as will do;
                        with a planted bug nothing is saved
  --pinned              the regressions that are saved
  --singles [--share <i>/<n>]
                        every single fault at every place of a fixed story
  --pairs <count> [--share <i>/<n>]
                        so many pairs of faults, spread evenly
  --mutants [--share <i>/<n>]
                        every planted bug must be caught within its budget
  --help

Seeds are whole numbers below 2^31. --share: the i-th of n equal parts, from 0 on.
Exit code: 0 all is well, 1 something is wrong, 2 the request is.`;

export class Misspelt extends Error {
  override readonly name = 'Misspelt';
}

type Share = { nth: number; of: number };

export type Asked =
  | { what: 'help' | 'pinned' }
  | { what: 'seeds'; seeds: number; start: number; workers: number; mutant: string | undefined }
  | { what: 'seed' | 'shrink'; seed: number; mutant: string | undefined }
  | { what: 'singles' | 'mutants'; share: Share }
  | { what: 'pairs'; pairs: number; share: Share };

const options = {
  help: { type: 'boolean' },
  seeds: { type: 'string' },
  seed: { type: 'string' },
  shrink: { type: 'string' },
  pinned: { type: 'boolean' },
  singles: { type: 'boolean' },
  pairs: { type: 'string' },
  mutants: { type: 'boolean' },
  start: { type: 'string' },
  workers: { type: 'string' },
  mutant: { type: 'string' },
  share: { type: 'string' },
} as const;

type Name = keyof typeof options;

/** What can be asked for, and what else may be said of it. */
const beside: Record<Asked['what'], Name[]> = {
  help: [],
  seeds: ['start', 'workers', 'mutant'],
  seed: ['mutant'],
  shrink: ['mutant'],
  pinned: [],
  singles: ['share'],
  pairs: ['share'],
  mutants: ['share'],
};

const seedsEnd = 2 ** 31;

export const readCommandLine = (given: string[]): Asked => {
  const values = parsed(given);
  const named = Object.keys(values) as Name[];
  const [what, another] = named.filter((name): name is Asked['what'] => name in beside);
  if (what === undefined) throw new Misspelt('What shall be run?');
  if (another !== undefined) throw new Misspelt(`--${what} and --${another} are two requests`);
  const stray = named.find((name) => name !== what && !beside[what].includes(name));
  if (stray !== undefined) throw new Misspelt(`--${what} knows no --${stray}`);

  const { start = '1', mutant } = values;
  if (mutant !== undefined && !mutants.some(({ name }) => name === mutant))
    throw new Misspelt(
      `No planted bug is called "${mutant}"; there are:\n${mutants.map(({ name }) => `  ${name}`).join('\n')}`,
    );
  switch (what) {
    case 'help':
    case 'pinned':
      return { what };
    case 'seeds': {
      const seeds = whole('seeds', values.seeds, 1);
      const workers = whole('workers', values.workers ?? String(Math.min(2, availableParallelism())), 1, 64);
      return { what, seeds, start: whole('start', start, 0, seedsEnd - seeds), workers, mutant };
    }
    case 'seed':
    case 'shrink':
      return { what, seed: whole(what, values[what], 0, seedsEnd - 1), mutant };
    case 'singles':
    case 'mutants':
      return { what, share: shareOf(values.share) };
    case 'pairs':
      return { what, pairs: whole('pairs', values.pairs, 1), share: shareOf(values.share) };
  }
};

const parsed = (given: string[]) => {
  try {
    return parseArgs({ args: given, options }).values;
  } catch (error) {
    throw new Misspelt((error as Error).message);
  }
};

const whole = (name: Name, text = '', least: number, most = seedsEnd): number => {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Misspelt(`--${name} takes a whole number from ${least} to ${most}, not "${text}"`);
};

const shareOf = (text = '0/1'): Share => {
  const [nth = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text)?.slice(1) ?? []).map(Number);
  if (nth < of) return { nth, of };
  throw new Misspelt(`--share takes one like 0/4 to 3/4, not "${text}"`);
};
