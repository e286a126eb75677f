/** What a row measures: figures, each with the target it is held to, if any. */
export type Target = { atMost: number } | { atLeast: number };

export type Figure = {
  what: string;
  value: number;
  unit: string;
  target?: Target;
  /** What the value is made of, or why it misses its target. */
  note?: string;
};

export type Row = { name: string; title: string; measure: () => Promise<Figure[]> };

export type Verdict = 'ok' | 'MISS' | '';

export const verdictOf = ({ value, target }: Figure): Verdict => {
  if (target === undefined) return '';
  const isMet = 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
  return isMet ? 'ok' : 'MISS'; // A figure that is no number meets nothing.
};

export const isMiss = (figure: Figure): boolean => verdictOf(figure) === 'MISS';

/** One line of the table. */
export const lineOf = (figure: Figure): string => {
  const { what, value, unit, target, note } = figure;
  const cells = [
    verdictOf(figure).padEnd(5),
    what.padEnd(58),
    `${shown(value)} ${unit}`.padEnd(22),
    (target === undefined ? '' : 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`).padEnd(9),
    note ?? '',
  ];
  return cells.join(' ').trimEnd();
};

const shown = (value: number): string => {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return value.toLocaleString('en-US', { maximumSignificantDigits: value < 1_000 ? 3 : 6 });
};

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => percentile(values, 0.5);
