import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sealed } from '../../../shared/domain/connection.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { type DataKeys, tokenVault } from '../../../shared/runtime/token-vault.ts';
import { userId } from '../../support/samples.ts';

const dataKey = randomBytes(32);
const keysOf = (key: Buffer): DataKeys => ({ active: async () => ({ id: 'k1', key }), byId: async () => key });
const vault = tokenVault(keysOf(dataKey), randomBytes);
const token = '1//0a-refresh-token';

test('what was sealed is opened for its user', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
      expect(await vault.open(await vault.seal(text, userId), userId)).toBe(text);
    }),
    { numRuns: 30 },
  );
});

test('what was stored once can be opened for ever: the form, step by step', async () => {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv).setAAD(Buffer.from('["google","barber-1"]'));
  const ciphertext = Buffer.concat([cipher.update(token), cipher.final()]);
  const parts = [iv, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'));
  expect(await vault.open(['v1', 'k1', ...parts].join('.') as Sealed, userId)).toBe(token);
});

test('[R15] a sealed token shows nothing of itself, and two of the same differ', async () => {
  const [one, other] = [await vault.seal(token, userId), await vault.seal(token, userId)];
  expect(one).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]{22}\.[\w-]+$/);
  expect(one).not.toBe(other);
  expect(Buffer.from(one.split('.').at(-1) ?? '', 'base64url').toString()).not.toContain('refresh');
});

test('each seal draws an iv of its own, of twelve bytes', async () => {
  const drawn: number[] = [];
  const counting = tokenVault(keysOf(dataKey), (count) => {
    drawn.push(count);
    return randomBytes(count);
  });
  await counting.seal(token, userId);
  await counting.seal(token, userId);
  expect(drawn).toEqual([12, 12]);
});

describe('[R15] is not opened', () => {
  test('for another user', async () => {
    const sealed = await vault.seal(token, userId);
    await expect(vault.open(sealed, asId<typeof userId>('barber-2'))).rejects.toThrow();
  });

  test('with another data key', async () => {
    const other = tokenVault(keysOf(randomBytes(32)), randomBytes);
    await expect(other.open(await vault.seal(token, userId), userId)).rejects.toThrow();
  });

  test.each([
    ['iv', 2],
    ['tag', 3],
    ['ciphertext', 4],
  ])('with its %s changed', async (_, part) => {
    const parts = (await vault.seal(token, userId)).split('.');
    const bytes = Buffer.from(parts[part] ?? '', 'base64url');
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    await expect(
      vault.open(parts.with(part, bytes.toString('base64url')).join('.') as Sealed, userId),
    ).rejects.toThrow();
  });

  test('with its tag cut short', async () => {
    const parts = (await vault.seal(token, userId)).split('.');
    await expect(vault.open(parts.with(3, 'AAAAAA').join('.') as Sealed, userId)).rejects.toThrow();
  });

  test.each(['', 'v1', 'v1.k1', 'v1.k1.a.b', 'v1.k1.a.b.c.d', 'v2.k1.a.b.c', token])(
    'in the unknown form "%s"',
    async (text) => {
      await expect(vault.open(text as Sealed, userId)).rejects.toThrow('Not a sealed token of a form that is known');
    },
  );
});

test('opens with the key that the sealed token names', async () => {
  const asked: string[] = [];
  const byId: DataKeys['byId'] = async (keyId) => {
    asked.push(keyId);
    return dataKey;
  };
  const named = tokenVault({ ...keysOf(dataKey), byId }, randomBytes);
  const sealed = (await vault.seal(token, userId)).replace('v1.k1.', 'v1.k0.') as Sealed;
  expect(await named.open(sealed, userId)).toBe(token);
  expect(asked).toEqual(['k0']);
});

test('[F61] an error says nothing of the token', async () => {
  const broken = vault.open(`v3.${token}` as Sealed, userId).catch((error: Error) => error.message);
  expect(await broken).not.toContain(token);
});
