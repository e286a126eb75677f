/** The review queue in memory. */
import type { ConflictStore } from '../../../shared/ports.ts';
import { type Conflicts, type Copy, isNext, keyOf } from './revisioned.ts';

export const memoryConflicts = (conflicts: Conflicts, copy: Copy = structuredClone): ConflictStore => ({
  async load(userId, id) {
    return copy(conflicts.get(keyOf({ userId, id })));
  },

  async save(conflict) {
    if (!isNext(conflicts, conflict)) return 'conflict';
    conflicts.set(keyOf(conflict), copy(conflict));
    return 'saved';
  },

  async list({ userId, status, limit, after }) {
    const wanted = [...conflicts.values()]
      .filter((item) => item.userId === userId && (status === undefined || item.status === status))
      .map((item) => ({ item, position: `${item.openedAt}#${item.id}` }))
      .filter(({ position }) => after === undefined || position < after)
      .sort((a, b) => (a.position > b.position ? -1 : 1));
    const page = wanted.slice(0, limit);
    const last = page.at(-1);
    const items = page.map(({ item }) => copy(item));
    return wanted.length > limit && last ? { items, after: last.position } : { items };
  },
});
