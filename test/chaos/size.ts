/** How much of it: the flags of `npm run chaos`. */
import { parseArgs } from 'node:util';

export type Size = {
  calendars: number;
  /** Google's own and posted ones together. */
  notifications: number;
  /** Of every choice; how the machine interleaves them is its own affair. */
  seed: number;
};

export const usage = `npm run chaos -- [--calendars 20] [--notifications 1000] [--seed 1]

Runs the whole system on this machine, notifies it at full speed while its workers are killed and Google refuses, lets
it come to rest and counts what is lost, doubled or left over. Exit code 1 when a check fails.
The full size, up to half an hour on two cores: --calendars 200 --notifications 20000`;

const limits = { calendars: 500, notifications: 100_000, seed: 2 ** 31 };

/** Throws an Error that says which flag is wrong. */
export const readSize = (args: string[]): Size => {
  const text = (fallback: string) => ({ type: 'string' as const, default: fallback });
  const options = { calendars: text('20'), notifications: text('1000'), seed: text('1') };
  const { values } = parseArgs({ args, options });
  return {
    calendars: wholeNumber('calendars', values.calendars),
    notifications: wholeNumber('notifications', values.notifications),
    seed: wholeNumber('seed', values.seed),
  };
};

const wholeNumber = (flag: keyof Size, given: string): number => {
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= limits[flag]) return value;
  throw new Error(`--${flag} must be a whole number from 1 to ${limits[flag]}, not ${given}`);
};
