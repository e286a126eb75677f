/** The vault's data keys as they are stored: wrapped by KMS. What KMS refuses is told apart by name, and never quoted. */
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { VaultLocked } from '../domain/errors.ts';
import type { Instant } from '../domain/instant.ts';
import { keys, prefixes } from './keys.ts';
import { fromItem, isConditionFailure, queryAll, type Table, toItem } from './table.ts';

/** `madeAt`: absent in keys that are older than the index of what is sealed under them. */
export type WrappedKey = { id: string; wrapped: string; madeAt?: Instant };

/** KMS with the key that wraps. */
export type Wrapper = { kms: KMSClient; kmsKeyId: string };

/** Bound to its id: wrapped under another one it does not open. */
const contextOf = (id: string) => ({ purpose: 'calendar-sync/token-vault', keyId: id });

export const unwrap = async ({ kms, kmsKeyId: KeyId }: Wrapper, { id, wrapped }: WrappedKey): Promise<Buffer> => {
  const CiphertextBlob = Buffer.from(wrapped, 'base64');
  const decrypt = new DecryptCommand({ KeyId, CiphertextBlob, EncryptionContext: contextOf(id) });
  const { Plaintext } = await kms.send(decrypt).catch(lockedBecause('unwrap', id));
  if (Plaintext === undefined) throw new VaultLocked(`KMS has answered without data key ${id}`);
  return Buffer.from(Plaintext);
};

/** Two environments may meet here; the first to save wins and both get its key. */
export const makeKey = async (table: Table, wrapper: Wrapper, id: string, now: Instant): Promise<WrappedKey> => {
  const { kms, kmsKeyId: KeyId } = wrapper;
  const generate = new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: contextOf(id) });
  const { CiphertextBlob } = await kms.send(generate).catch(lockedBecause('make', id));
  if (CiphertextBlob === undefined) throw new VaultLocked(`KMS has answered without data key ${id}`);
  const value = { wrapped: Buffer.from(CiphertextBlob).toString('base64'), madeAt: now };
  try {
    const Item = toItem(keys.dataKey(id), value);
    await table.client.send(
      new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
    );
    return { id, ...value };
  } catch (error) {
    const winner = isConditionFailure(error) ? await readKey(table, id) : undefined;
    if (winner === undefined) throw error;
    return winner;
  }
};

export const readKey = async (table: Table, id: string): Promise<WrappedKey | undefined> => {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.dataKey(id), ConsistentRead: true }),
  );
  return Item && { ...fromItem<Omit<WrappedKey, 'id'>>(Item), id };
};

export const listKeys = async (table: Table): Promise<WrappedKey[]> => {
  const prefix = prefixes.dataKeys();
  const items = await queryAll(table, prefix);
  return items.map((item) => ({
    ...fromItem<Omit<WrappedKey, 'id'>>(item),
    id: String(item.sk).slice(prefix.sk.length),
  }));
};

export const removeKey = async (table: Table, id: string): Promise<void> => {
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: keys.dataKey(id) }));
};

/** Only the error's name is passed on: its message may name keys and roles. */
const lockedBecause = (what: 'make' | 'unwrap', id: string) => (cause: unknown) => {
  const name = cause instanceof Error ? cause.name : 'unknown';
  throw new VaultLocked(`KMS does not ${what} data key ${id}: ${name}`, { cause });
};
