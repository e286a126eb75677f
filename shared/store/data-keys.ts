/** The vault's data keys: made by KMS, kept wrapped in the table, unwrapped once per function environment. */
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DataKeys } from '../runtime/token-vault.ts';
import { keys } from './keys.ts';
import { fromItem, isConditionFailure, type Table, toItem } from './table.ts';

type WrappedKey = { wrapped: string };

export const kmsDataKeys = (kms: KMSClient, kmsKeyId: string, table: Table): DataKeys => {
  const unwrapped = new Map<string, Promise<Buffer>>();

  const unwrap = async (keyId: string, { wrapped }: WrappedKey): Promise<Buffer> => {
    const { Plaintext } = await kms.send(
      new DecryptCommand({
        KeyId: kmsKeyId,
        CiphertextBlob: Buffer.from(wrapped, 'base64'),
        EncryptionContext: contextOf(keyId),
      }),
    );
    if (Plaintext === undefined) throw new Error('KMS answered Decrypt without a plaintext');
    return Buffer.from(Plaintext);
  };

  const once = (keyId: string, find: () => Promise<WrappedKey>): Promise<Buffer> => {
    const known = unwrapped.get(keyId);
    if (known !== undefined) return known;
    const loading = find().then((key) => unwrap(keyId, key));
    unwrapped.set(keyId, loading);
    loading.catch(() => unwrapped.delete(keyId)); // The caller gets the error; the next one tries again.
    return loading;
  };

  const existing = async (keyId: string): Promise<WrappedKey> => {
    const key = await read(table, keyId);
    if (key === undefined) throw new Error(`There is no data key ${keyId}`);
    return key;
  };

  return {
    async active() {
      const find = async () => (await read(table, activeKeyId)) ?? (await create(kms, kmsKeyId, table, activeKeyId));
      return { id: activeKeyId, key: await once(activeKeyId, find) };
    },
    byId: (keyId) => once(keyId, () => existing(keyId)),
  };
};

/** The key that new tokens are sealed with. */
const activeKeyId = 'k1';

const contextOf = (keyId: string) => ({ purpose: 'calendar-sync/token-vault', keyId });

const read = async (table: Table, keyId: string): Promise<WrappedKey | undefined> => {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.dataKey(keyId), ConsistentRead: true }),
  );
  return Item && fromItem<WrappedKey>(Item);
};

/** Two environments may meet here; the first to save wins and both use its key. */
const create = async (kms: KMSClient, kmsKeyId: string, table: Table, keyId: string): Promise<WrappedKey> => {
  const { CiphertextBlob } = await kms.send(
    new GenerateDataKeyCommand({ KeyId: kmsKeyId, KeySpec: 'AES_256', EncryptionContext: contextOf(keyId) }),
  );
  if (CiphertextBlob === undefined) throw new Error('KMS answered GenerateDataKey without a key');
  const key: WrappedKey = { wrapped: Buffer.from(CiphertextBlob).toString('base64') };
  try {
    const Item = toItem(keys.dataKey(keyId), key);
    await table.client.send(
      new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
    );
    return key;
  } catch (error) {
    const winner = isConditionFailure(error) ? await read(table, keyId) : undefined;
    if (winner === undefined) throw error;
    return winner;
  }
};
