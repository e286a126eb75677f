/**
 * Seals refresh and access tokens: AES-256-GCM under a data key that KMS has wrapped, bound to its user.
 * One call to KMS per function environment, not per token. Form: `v1.<key id>.<iv>.<tag>.<ciphertext>`, base64url.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Sealed } from '../domain/connection.ts';
import type { UserId } from '../domain/ids.ts';

export type TokenVault = {
  seal(plaintext: string, userId: UserId): Promise<Sealed>;
  /** Throws when the text was sealed for another user, by another key, or has been changed. */
  open(sealed: Sealed, userId: UserId): Promise<string>;
};

export type DataKeys = {
  /** The key to seal with, created on first use; 32 bytes. */
  active(): Promise<{ id: string; key: Buffer }>;
  /** Throws when there is no such key. */
  byId(id: string): Promise<Buffer>;
};

const version = 'v1';
const algorithm = 'aes-256-gcm';
const ivBytes = 12;

export const tokenVault = (dataKeys: DataKeys, randomBytes: (count: number) => Buffer): TokenVault => ({
  async seal(plaintext, userId) {
    const iv = randomBytes(ivBytes);
    const { id, key } = await dataKeys.active();
    const cipher = createCipheriv(algorithm, key, iv).setAAD(additionalData(userId));
    const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    const parts = [iv, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'));
    return [version, id, ...parts].join('.') as Sealed;
  },

  async open(sealed, userId) {
    const [form, keyId = '', ...parts] = sealed.split('.');
    const [iv, tag, ciphertext, surplus] = parts.map((part) => Buffer.from(part, 'base64url'));
    if (form !== version || !iv || !tag || !ciphertext || surplus)
      throw new Error('Not a sealed token of a form that is known');
    const decipher = createDecipheriv(algorithm, await dataKeys.byId(keyId), iv, { authTagLength: 16 })
      .setAAD(additionalData(userId))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
  },
});

const additionalData = (userId: UserId): Buffer => Buffer.from(JSON.stringify(['google', userId]));
