/** KMS's GenerateDataKey and Decrypt over the template's keys. As in KMS, another encryption context cannot decrypt. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Listening } from '../http/listen.ts';
import { type Json, type JsonRecord, textOf } from '../template/json.ts';
import { AwsError, serveAwsJson } from './aws-json.ts';
import { keptJson } from './kept-json.ts';
import { arnOf } from './place.ts';

/** Key material by key id, base64. */
type KeyRing = Record<string, string>;

const ivBytes = 12;
const tagBytes = 16;

export async function startKms(keyIds: string[], dataDir?: string): Promise<Listening> {
  const ring: KeyRing = {};
  for (const keyId of keyIds) {
    const material = await keptJson(dataDir, `kms-${keyId}.json`, () => randomBytes(32).toString('base64'));
    ring[keyId] = material.value;
  }

  return serveAwsJson({
    GenerateDataKey: ({ KeyId, KeySpec, NumberOfBytes, EncryptionContext }) => {
      const keyId = bareKeyId(KeyId);
      const dataKey = randomBytes(typeof NumberOfBytes === 'number' ? NumberOfBytes : dataKeyBytes(KeySpec));
      const blob = seal(materialOf(ring, keyId), keyId, dataKey, contextBytes(EncryptionContext));
      return { ...named(keyId), Plaintext: dataKey.toString('base64'), CiphertextBlob: blob };
    },
    Decrypt: ({ CiphertextBlob, KeyId, EncryptionContext }) => {
      const { keyId, plaintext } = open(
        ring,
        textOf(CiphertextBlob, 'CiphertextBlob'),
        contextBytes(EncryptionContext),
      );
      if (KeyId !== undefined && bareKeyId(KeyId) !== keyId)
        throw new AwsError('IncorrectKeyException', 'sealed with another key');
      return { ...named(keyId), Plaintext: plaintext.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
  });
}

/** How an answer names the key that was used: whatever the request called it. */
function named(keyId: string): JsonRecord {
  const material = createHash('sha256').update(`material of ${keyId}`).digest('hex');
  return { KeyId: arnOf('kms', `key/${keyId}`), KeyMaterialId: material };
}

/** The blob names its key, as KMS's do: length, key id, iv, tag, ciphertext. */
function seal(material: Buffer, keyId: string, plaintext: Buffer, context: Buffer): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', material, iv).setAAD(context);
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const header = Buffer.from([keyId.length]);
  return Buffer.concat([header, Buffer.from(keyId), iv, cipher.getAuthTag(), sealed]).toString('base64');
}

function open(ring: KeyRing, blob: string, context: Buffer): { keyId: string; plaintext: Buffer } {
  try {
    const bytes = Buffer.from(blob, 'base64');
    const ivStart = 1 + (bytes[0] ?? 0);
    const keyId = bytes.toString('utf8', 1, ivStart);
    const tagStart = ivStart + ivBytes;
    const decipher = createDecipheriv('aes-256-gcm', materialOf(ring, keyId), bytes.subarray(ivStart, tagStart));
    decipher.setAAD(context).setAuthTag(bytes.subarray(tagStart, tagStart + tagBytes));
    return {
      keyId,
      plaintext: Buffer.concat([decipher.update(bytes.subarray(tagStart + tagBytes)), decipher.final()]),
    };
  } catch {
    throw new AwsError('InvalidCiphertextException', 'not sealed by this key under this encryption context');
  }
}

function materialOf(ring: KeyRing, keyId: string): Buffer {
  const material = ring[keyId];
  if (material === undefined) throw new AwsError('NotFoundException', `there is no local key ${keyId}`);
  return Buffer.from(material, 'base64');
}

function bareKeyId(keyId: Json | undefined): string {
  return textOf(keyId, 'KeyId').replace(/^arn:.*:key\//, '');
}

function dataKeyBytes(keySpec: Json | undefined): number {
  if (keySpec === 'AES_256') return 32;
  if (keySpec === 'AES_128') return 16;
  throw new AwsError('ValidationException', 'KeySpec must be AES_256 or AES_128');
}

function contextBytes(context: Json | undefined): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context ?? {}).sort()));
}
