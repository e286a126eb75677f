/** Shell: brings tokens that are sealed under an older data key under the active one. Repeated until none is left. */
import pMap from 'p-map';
import { dataKeyOf, type GrantedConnection, type Sealed } from '../domain/connection.ts';
import { Superseded } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import type { ConnectionStore } from '../ports.ts';
import type { Log } from '../runtime/observability.ts';
import type { TokenVault } from '../runtime/token-vault.ts';
import type { ConnectionRegistry } from '../store/connections.ts';
import type { KmsDataKeys } from '../store/data-keys.ts';
import type { VaultKeys } from '../store/vault-keys.ts';

export type ResealDeps = {
  connections: Pick<ConnectionStore, 'load'> & Pick<ConnectionRegistry, 'listSealedUnder' | 'reseal'>;
  vaultKeys: Pick<VaultKeys, 'list'>;
  dataKeys: Pick<KmsDataKeys, 'lookUpActive'>;
  /** Seals under the key that `dataKeys` has looked up. */
  vault: TokenVault;
  log: Pick<Log, 'error'>;
};

/** `failed`: cannot be opened. `more`: there may be others, or some that were renewed at this moment. */
export type Resealed = { resealed: number; failed: number; more: boolean };

const connectionsAtOnce = 8;
const connectionsPerKey = 200;

export const reseal = async (deps: ResealDeps): Promise<Resealed> => {
  const active = await deps.dataKeys.lookUpActive();
  const older = (await deps.vaultKeys.list()).map(({ id }) => id).filter((id) => id !== active);
  const pages = await pMap(older, (id) => deps.connections.listSealedUnder(id, connectionsPerKey), { concurrency: 1 });

  const resealOne = (userId: UserId) => resealConnection(deps, userId, active);
  const done = await pMap(pages.flat(), resealOne, { concurrency: connectionsAtOnce });

  const count = (end: (typeof done)[number]) => done.filter((each) => each === end).length;
  const isCut = pages.some(({ length }) => length >= connectionsPerKey);
  return { resealed: count('resealed'), failed: count('failed'), more: count('outrun') > 0 || isCut };
};

/** A token that a job renews meanwhile stays as the job has written it; one that cannot be opened holds up no other. */
const resealConnection = async (deps: ResealDeps, userId: UserId, active: string) => {
  const connection = await deps.connections.load(userId);
  if (connection === undefined || connection.state === 'disconnected' || isUnder(connection, active))
    return 'unchanged';
  try {
    const again = async (sealed: Sealed) => deps.vault.seal(await deps.vault.open(sealed, userId), userId);
    const { refreshToken, accessToken } = connection;
    const tokens = { refreshToken: await again(refreshToken), accessToken: await again(accessToken) };
    await deps.connections.reseal(connection, tokens);
    return 'resealed';
  } catch (error) {
    if (error instanceof Superseded) return 'outrun';
    deps.log.error('The tokens of a connection could not be sealed anew', error, { userId });
    return 'failed';
  }
};

const isUnder = ({ refreshToken, accessToken }: GrantedConnection, active: string): boolean =>
  [refreshToken, accessToken].every((sealed) => dataKeyOf(sealed) === active);
