/** The vault's data keys: made by KMS, kept wrapped in the table, unwrapped once per function environment. */
import type { KMSClient } from '@aws-sdk/client-kms';
import { type Instant, minute, plusMs } from '../domain/instant.ts';
import type { DataKeys } from '../runtime/token-vault.ts';
import { firstKeyId, readActiveKey } from './active-data-key.ts';
import type { Table } from './table.ts';
import { makeKey, readKey, unwrap, type WrappedKey } from './wrapped-keys.ts';

/** An environment seals under a key that was replaced for no longer than this. */
export const activeKeptMs = 5 * minute;

export type KmsDataKeys = DataKeys & {
  /** The id of the key that is active at this moment; it is the one to seal with from now on. */
  lookUpActive(): Promise<string>;
};

export type DataKeysDeps = { kms: KMSClient; kmsKeyId: string; table: Table; now(): Instant };

export const kmsDataKeys = ({ table, now, ...wrapper }: DataKeysDeps): KmsDataKeys => {
  const unwrapped = new Map<string, Promise<Buffer>>();
  let known: { id: string; until: Instant } | undefined;

  const once = (id: string, find: () => Promise<WrappedKey>): Promise<Buffer> => {
    const found = unwrapped.get(id);
    if (found !== undefined) return found;
    const loading = find().then((key) => unwrap(wrapper, key));
    unwrapped.set(id, loading);
    loading.catch(() => unwrapped.delete(id)); // The caller gets the error; the next one tries again.
    return loading;
  };

  const existing = async (id: string): Promise<WrappedKey> => {
    const key = await readKey(table, id);
    if (key === undefined) throw new Error(`There is no data key ${id}`);
    return key;
  };

  const lookUpActive = async (): Promise<string> => {
    const { id } = await readActiveKey(table);
    known = { id, until: plusMs(now(), activeKeptMs) };
    return id;
  };

  /** The first key is made by whoever needs it first; every other one by a rotation, before it is active. */
  const findOrMake = async (id: string): Promise<WrappedKey> =>
    id === firstKeyId ? ((await readKey(table, id)) ?? makeKey(table, wrapper, id, now())) : existing(id);

  return {
    async active() {
      const id = known !== undefined && now() < known.until ? known.id : await lookUpActive();
      return { id, key: await once(id, () => findOrMake(id)) };
    },
    byId: (id) => once(id, () => existing(id)),
    lookUpActive,
  };
};
