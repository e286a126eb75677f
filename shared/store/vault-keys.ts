/** The vault's keys as those who rotate them see them: which there are, and which one is active. Never one in clear. */
import type { KMSClient } from '@aws-sdk/client-kms';
import { RetryLater } from '../domain/errors.ts';
import type { Instant } from '../domain/instant.ts';
import { type ActiveKey, firstKeyId, putActiveKey, readActiveKey } from './active-data-key.ts';
import { isConditionFailure, type Table } from './table.ts';
import { listKeys, makeKey, removeKey } from './wrapped-keys.ts';

export type VaultKey = { id: string; madeAt?: Instant };

export type VaultKeys = {
  list(): Promise<VaultKey[]>;
  active(): Promise<ActiveKey>;
  /** Makes a new key, and makes it active. Throws RetryLater when someone else is doing the same. */
  rotate(now: Instant): Promise<Required<ActiveKey>>;
  /** For good: what is still sealed under it can never be opened again. */
  remove(id: string): Promise<void>;
};

export const vaultKeys = (table: Table, wrapper: { kms: KMSClient; kmsKeyId: string }): VaultKeys => ({
  list: async () => (await listKeys(table)).map(({ wrapped: _, ...key }) => key),
  active: () => readActiveKey(table),

  /** One that was cut off after it had made a key has the next one take that key. */
  async rotate(now) {
    const before = await readActiveKey(table);
    const next = { id: `k${numberOf(before.id) + 1}`, since: now };
    await makeKey(table, wrapper, next.id, now);
    await putActiveKey(table, next, before).catch((cause: unknown) => {
      if (isConditionFailure(cause)) throw new RetryLater('Another rotation came first', { cause });
      throw cause;
    });
    return next;
  },

  remove: (id) => removeKey(table, id),
});

/** The active key is always the last one made, so no number is ever used twice. */
const numberOf = (id: string): number => Number(id.slice(firstKeyId.length - 1));
