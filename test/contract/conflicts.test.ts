/** The review queue. */
import { describe, expect, test } from 'vitest';
import type { Conflict } from '../../shared/domain/conflict.ts';
import { asId, type UserId } from '../../shared/domain/ids.ts';
import { minute, plusMs } from '../../shared/domain/instant.ts';
import { now, userId } from '../support/samples.ts';
import { aConflict } from './a-conflict.ts';
import { implementations } from './implementations.ts';

const idOf = (name: string) => asId<Conflict['id']>(name);

describe.each(implementations)('review items %s', (_, fresh) => {
  test('[R13] are written only over the revision that was read', async () => {
    const { conflicts } = await fresh();
    const { id } = aConflict();
    expect(await conflicts.load(userId, id)).toBeUndefined();
    expect(await conflicts.save(aConflict({ revision: 2 }))).toBe('conflict');
    expect(await conflicts.save(aConflict())).toBe('saved');
    expect(await conflicts.save(aConflict({ kind: 'fields' }))).toBe('conflict');
    const resolved = aConflict({ revision: 2, status: 'resolved' });
    expect(await conflicts.save(resolved)).toBe('saved');
    expect(await conflicts.save(resolved)).toBe('conflict');
    expect(await conflicts.load(userId, id)).toEqual(resolved);
  });

  test('are listed page by page, the newest first, each once, ties included', async () => {
    const { conflicts } = await fresh();
    const opened = Array.from({ length: 7 }, (_, index) =>
      aConflict({ id: idOf(`c${index}`), openedAt: plusMs(now, Math.floor(index / 2) * minute) }),
    );
    for (const conflict of opened) await conflicts.save(conflict);

    const seen: string[] = [];
    let page = await conflicts.list({ userId, limit: 3 });
    for (let pages = 1; pages <= 5; pages++) {
      seen.push(...page.items.map(({ id }) => id));
      if (page.after === undefined) break;
      page = await conflicts.list({ userId, limit: 3, after: page.after });
    }
    expect(seen).toEqual(['c6', 'c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
  });

  test('are listed by status, and a full last page is the last', async () => {
    const { conflicts } = await fresh();
    for (const status of ['open', 'resolved', 'agreed'] as const) {
      await conflicts.save(aConflict({ id: idOf(status), status }));
    }
    expect(await conflicts.list({ userId, status: 'open', limit: 1 })).toEqual({
      items: [aConflict({ id: idOf('open') })],
    });
    expect((await conflicts.list({ userId, limit: 10 })).items).toHaveLength(3);
  });

  test('[R15] of one user are not seen by another', async () => {
    const { conflicts } = await fresh();
    await conflicts.save(aConflict());
    const stranger = asId<UserId>('barber-2');
    expect(await conflicts.load(stranger, aConflict().id)).toBeUndefined();
    expect(await conflicts.list({ userId: stranger, limit: 10 })).toEqual({ items: [] });
  });
});
