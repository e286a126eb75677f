/** May a data key of the vault be thrown away? Whatever is sealed under it would be lost, so when in doubt it is kept. */
import { hour, type Instant, plusMs } from '../domain/instant.ts';
import type { ActiveKey } from '../store/active-data-key.ts';
import type { VaultKey } from '../store/vault-keys.ts';

/**
 * For five minutes after a rotation an environment may still seal under the previous key (store/data-keys.ts). It may seal an
 * access token, which is good for an hour and in no index.
 */
const restMs = 2 * hour;

export type KeptBecause = 'active' | 'replaced-lately' | 'in-use' | 'older-than-index';

export type Retiring = { key: VaultKey; active: ActiveKey; inUse: boolean };

/** Undefined when it may go. */
export const keptBecause = ({ key, active, inUse }: Retiring, now: Instant): KeptBecause | undefined => {
  if (key.id === active.id) return 'active';
  if (active.since === undefined || now < plusMs(active.since, restMs)) return 'replaced-lately';
  if (key.madeAt === undefined) return 'older-than-index';
  return inUse ? 'in-use' : undefined;
};
