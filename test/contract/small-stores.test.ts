/** What the stores of set-aside events, of what a generation has seen, and of OAuth states promise. */
import { describe, expect, test } from 'vitest';
import { asId } from '../../shared/domain/ids.ts';
import { plusMs } from '../../shared/domain/instant.ts';
import { calendarKey, now, userId } from '../support/samples.ts';
import { implementations } from './implementations.ts';

describe.each(implementations)('quarantine %s', (_, fresh) => {
  test('remembers events until they are released', async () => {
    const { quarantine } = await fresh();
    await quarantine.park(calendarKey, asId('e1'), 'why', now);
    await quarantine.park(calendarKey, asId('e1'), 'why', now);
    await quarantine.park(calendarKey, asId('e2'), 'why', now);
    await quarantine.release(calendarKey, asId('e1'));
    expect(await quarantine.list(calendarKey)).toEqual(new Set(['e2']));
    expect(await quarantine.list(asId('another'))).toEqual(new Set());
  });
});

describe.each(implementations)('what a generation has seen %s', (_, fresh) => {
  test('is kept page by page, apart from other generations', async () => {
    const { seen } = await fresh();
    await seen.add(calendarKey, { startedAt: now, page: 1 }, ['a', 'b']);
    await seen.add(calendarKey, { startedAt: now, page: 1 }, ['a', 'b']);
    await seen.add(calendarKey, { startedAt: now, page: 2 }, ['c']);
    await seen.add(calendarKey, { startedAt: plusMs(now, 1), page: 1 }, ['d']);
    expect(await seen.load(calendarKey, { startedAt: now })).toEqual(new Set(['a', 'b', 'c']));
    expect(await seen.load(calendarKey, { startedAt: plusMs(now, 2) })).toEqual(new Set());
  });
});

describe.each(implementations)('OAuth states %s', (_, fresh) => {
  test('[R15] are given back once', async () => {
    const { states } = await fresh();
    const consent = { userId, codeVerifier: 'verifier', expiresAt: now };
    await states.save('hash', consent);
    expect(await states.take('hash')).toEqual(consent);
    expect(await states.take('hash')).toBeUndefined();
  });
});
