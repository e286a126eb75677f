/** What a generation has seen, in memory. */
import type { SeenStore } from '../../../shared/ports.ts';

export const memorySeen = (): SeenStore => {
  const pages = new Map<string, string[]>();
  return {
    async add(key, { startedAt, page }, fingerprints) {
      pages.set(`${key}/${startedAt}/${page}`, fingerprints);
    },
    async load(key, { startedAt }) {
      return new Set([...pages].filter(([id]) => id.startsWith(`${key}/${startedAt}/`)).flatMap(([, seen]) => seen));
    },
  };
};
