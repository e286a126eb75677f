import { expect, test } from 'vitest';
import { hour, plusMs } from '../../../shared/domain/instant.ts';
import { keptBecause, type Retiring } from '../../../shared/vault/retirement.ts';
import { now } from '../../support/samples.ts';

const old = { id: 'k1', madeAt: plusMs(now, -1e9) };
const active = { id: 'k2', since: plusMs(now, -2 * hour) };

test.each<[string, Partial<Retiring>, string | undefined]>([
  ['an old key that nothing needs', {}, undefined],
  ['the key that is active', { key: { ...old, id: 'k2' } }, 'active'],
  ['the first key, before any rotation', { key: old, active: { id: 'k1' } }, 'active'],
  [
    'one that was replaced a moment ago',
    { active: { ...active, since: plusMs(now, -2 * hour + 1) } },
    'replaced-lately',
  ],
  ['one that tokens need', { inUse: true }, 'in-use'],
  ['one from before there was an index', { key: { id: 'k1' } }, 'older-than-index'],
  ['one that was made and never active, while the first one is', { active: { id: 'k3' } }, 'replaced-lately'],
])('%s', (_, retiring, because) => {
  expect(keptBecause({ key: old, active, inUse: false, ...retiring }, now)).toBe(because);
});
