/**
 * Randomness that is looked up, never drawn from one stream: hash of (seed, label, nth). What is taken out of a run (a fault,
 * an operation) leaves every other number as it was.
 */
const labels = new Map<string, number>();

/** FNV-1a; a label is hashed once. */
const hashOf = (label: string): number => {
  const known = labels.get(label);
  if (known !== undefined) return known;
  let hash = 0x811c9dc5;
  for (let index = 0; index < label.length; index++) hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
  if (labels.size < 10_000) labels.set(label, hash);
  return hash;
};

const mixed = (value: number): number => {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
};

/** In [0, 1). */
export const unit = (seed: number, label: string, nth: number): number =>
  (mixed(mixed(mixed(seed) ^ hashOf(label)) + Math.imul(nth, 0x9e3779b1)) >>> 0) / 2 ** 32;

export type Randomness = ReturnType<typeof randomnessOf>;

export const randomnessOf = (seed: number) => {
  const counts = new Map<string, number>();
  const next = (label: string): number => {
    const nth = (counts.get(label) ?? 0) + 1;
    counts.set(label, nth);
    return unit(seed, label, nth);
  };
  return {
    /** The nth of this label, in [0, 1). */
    at: (label: string, nth: number): number => unit(seed, label, nth),
    /** Another one at each call, in [0, 1). */
    next,
    /** From `least` to `most`, whole numbers. */
    between: (label: string, least: number, most: number): number =>
      least + Math.floor(next(label) * (most - least + 1)),
    chance: (label: string, probability: number): boolean => next(label) < probability,
  };
};
