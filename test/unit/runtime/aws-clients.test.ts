/** AWS checks these signatures with a SHA-256 of its own, so ours must give what Node's gives, whatever it is handed. */
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SigningHash } from '../../../shared/runtime/aws-clients.ts';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
const data = fc.oneof(fc.string({ minLength: 1 }), bytes);
const hex = (digest: Uint8Array) => Buffer.from(digest).toString('hex');

test('a digest is the one that Node makes, however the data is cut up', async () => {
  const property = fc.asyncProperty(fc.array(data), async (chunks) => {
    const [ours, nodes] = [new SigningHash(), createHash('sha256')];
    for (const chunk of chunks) {
      ours.update(chunk);
      nodes.update(chunk);
    }
    expect(hex(await ours.digest())).toBe(nodes.digest('hex'));
  });
  await fc.assert(property);
});

test('a MAC is the one that Node makes, whatever secret came before, and how often the same comes', async () => {
  const property = fc.asyncProperty(fc.array(fc.tuple(data, data)), async (uses) => {
    for (const [secret, text] of [...uses, ...uses]) {
      const ours = new SigningHash(secret);
      ours.update(text);
      expect(hex(await ours.digest())).toBe(createHmac('sha256', secret).update(text).digest('hex'));
    }
  });
  await fc.assert(property);
});

test('a view of a larger buffer is its own bytes and no others', async () => {
  const whole = new Uint8Array([1, 2, 3, 4, 5, 6]);
  const ours = new SigningHash(whole.subarray(1, 3));
  ours.update(new DataView(whole.buffer, 2, 3));
  const nodes = createHmac('sha256', Buffer.from([2, 3])).update(Buffer.from([3, 4, 5]));
  expect(hex(await ours.digest())).toBe(nodes.digest('hex'));
  const buffer = new SigningHash(whole.buffer);
  buffer.update(whole.buffer);
  expect(hex(await buffer.digest())).toBe(createHmac('sha256', whole).update(whole).digest('hex'));
});

test('one that is reset begins anew, with its secret', async () => {
  const ours = new SigningHash('secret');
  ours.update('forgotten');
  ours.reset();
  ours.update('text');
  expect(hex(await ours.digest())).toBe(createHmac('sha256', 'secret').update('text').digest('hex'));
});
