/** /api/v2/admin/vault-keys: which data keys seal Google's tokens; rotate, bring tokens under the new key, retire the old. */

import type { ConnectionRegistry } from '../../../shared/store/connections.ts';
import type { VaultKeys } from '../../../shared/store/vault-keys.ts';
import { type ResealDeps, reseal } from '../../../shared/vault/reseal.ts';
import { type KeptBecause, keptBecause } from '../../../shared/vault/retirement.ts';
import { Problem } from '../problem.ts';
import { parse, type Route, type UserRequest } from '../route.ts';
import { retireBody } from '../schemas/vault-keys.ts';
import { noBody, noQuery } from '../schemas/wire-values.ts';

export type VaultKeysDeps = { vaultKeys: VaultKeys; connections: Pick<ConnectionRegistry, 'listSealedUnder'> };

export const vaultKeysRoute =
  (deps: VaultKeysDeps): Route<UserRequest> =>
  async ({ query }) => {
    parse(noQuery, query);
    const [keys, active] = await Promise.all([deps.vaultKeys.list(), deps.vaultKeys.active()]);
    const items = [];
    for (const key of keys) items.push({ ...key, active: key.id === active.id, inUse: await isInUse(deps, key.id) });
    return { status: 200, body: { active, items } };
  };

export const rotateVaultKeyRoute =
  ({ vaultKeys }: Pick<VaultKeysDeps, 'vaultKeys'>): Route<UserRequest> =>
  async ({ query, body, now }) => {
    parse(noQuery, query);
    parse(noBody, body);
    return { status: 201, body: await vaultKeys.rotate(now) };
  };

export const resealRoute =
  (deps: ResealDeps): Route<UserRequest> =>
  async ({ query, body }) => {
    parse(noQuery, query);
    parse(noBody, body);
    return { status: 200, body: await reseal(deps) };
  };

export const retireVaultKeyRoute =
  (deps: VaultKeysDeps): Route<UserRequest> =>
  async ({ query, body, now }) => {
    parse(noQuery, query);
    const { id } = parse(retireBody, body);
    const [keys, active] = await Promise.all([deps.vaultKeys.list(), deps.vaultKeys.active()]);
    const key = keys.find((each) => each.id === id);
    if (key === undefined) throw new Problem('not-found', 'There is no such data key.');
    const because = keptBecause({ key, active, inUse: await isInUse(deps, id) }, now);
    if (because !== undefined) throw new Problem('vault-key-kept', reasons[because]);
    await deps.vaultKeys.remove(id);
    return { status: 200, body: { retired: id } };
  };

const isInUse = async ({ connections }: VaultKeysDeps, id: string): Promise<boolean> =>
  (await connections.listSealedUnder(id, 1)).length > 0;

const reasons: Record<KeptBecause, string> = {
  active: 'New tokens are sealed under this key: rotate first.',
  'replaced-lately': 'A key can be retired two hours after the last rotation: ask again then.',
  'in-use': 'Tokens are sealed under this key: POST /api/v2/admin/vault-keys/reseal, then ask again.',
  'older-than-index': 'Tokens may be sealed under this key without its being known: it is kept for good.',
};
