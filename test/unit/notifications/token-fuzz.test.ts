/** [R15] A million texts that are no token: the check neither throws nor lets one in. And its HMAC is the one of the RFCs. */
import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { asId, type CalendarKey, type ChannelId } from '../../../shared/domain/ids.ts';
import {
  createChannelToken,
  deriveWebhookKey,
  verifyChannelToken,
} from '../../../shared/notifications/channel-token.ts';
import { at, now } from '../../support/samples.ts';

const keys = {
  active: 'k1',
  keys: new Map(
    ['k1', 'k2'].map((id) => [id, deriveWebhookKey(`${id} a master key of at least 32 characters`, 'test')]),
  ),
};
const channelId = asId<ChannelId>('1f0c3a52-9a1e-4a53-8a0e-3f3c2f9d1c11');
const token = createChannelToken(keys, channelId, {
  calendarKey: asId<CalendarKey>('tMmiiTI7IaAcPpQPFQ65uA'),
  connectGeneration: 7,
  expiresAt: at('2026-03-21T13:00:00Z'),
});

/** Numbers in [0, below) that are the same in every run: 32 bits of a hash chain at a time. */
const drawFrom = (seed: string) => {
  let block = Buffer.alloc(0);
  let nth = 0;
  return (below: number): number => {
    if (block.length < 4) block = createHash('sha512').update(`${seed}:${nth++}`).digest();
    const drawn = block.readUInt32LE() % below;
    block = block.subarray(4);
    return drawn;
  };
};

const alphabet = [..."ABCXYZabcxyz0189-_.=+/ \n\0é😀'"];

describe('of a million texts', () => {
  const accepted = (count: number, next: () => string): string[] => {
    const found: string[] = [];
    for (let index = 0; index < count; index++) {
      const text = next();
      if (text !== token && verifyChannelToken(keys, channelId, text, now).kind === 'valid') found.push(text);
    }
    return found;
  };

  test('none that is drawn at random is let in', () => {
    const draw = drawFrom('random texts');
    const text = () => Array.from({ length: draw(130) }, () => alphabet[draw(alphabet.length)]).join('');
    expect(accepted(100_000, text)).toEqual([]);
  }, 60_000);

  test('none that differs from a token in some places is let in', () => {
    const draw = drawFrom('mutations');
    const mutate = (text: string): string => {
      const place = draw(text.length + 1);
      const removed = draw(3);
      const inserted = draw(3) === 0 ? '' : (alphabet[draw(alphabet.length)] ?? '');
      return text.slice(0, place) + inserted + text.slice(place + removed);
    };
    const mutations = () => (draw(2) === 0 ? mutate(token) : mutate(mutate(token)));
    expect(accepted(600_000, mutations)).toEqual([]);
  }, 60_000);

  test('none that is of the right form is let in', () => {
    const draw = drawFrom('forms');
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const word = (length: number) => Array.from({ length }, () => digits[draw(64)]).join('');
    const fields = token.split('.');
    const form = () =>
      fields
        .with([3, 5][draw(2)] ?? 5, '')
        .map((field, index) => field || word([0, 0, 0, 22, 0, 43][index] ?? 0))
        .join('.');
    expect(accepted(300_000, form)).toEqual([]);
  }, 120_000);
});

/** https://www.rfc-editor.org/rfc/rfc4231 (HMAC-SHA-256), test cases 1 to 4, 6 and 7. */
const hmacVectors: [key: string, data: string, mac: string][] = [
  ['0b'.repeat(20), '4869205468657265', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    '4a656665',
    '7768617420646f2079612077616e7420666f72206e6f7468696e673f',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  ['aa'.repeat(20), 'dd'.repeat(50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
  [
    '0102030405060708090a0b0c0d0e0f10111213141516171819',
    'cd'.repeat(50),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [
    'aa'.repeat(131),
    Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First').toString('hex'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    'aa'.repeat(131),
    Buffer.from(
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    ).toString('hex'),
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
];

test.each(hmacVectors)('HMAC-SHA-256 of RFC 4231 under the key %s', (key, data, mac) => {
  expect(createHmac('sha256', Buffer.from(key, 'hex')).update(Buffer.from(data, 'hex')).digest('hex')).toBe(mac);
});

/** https://www.rfc-editor.org/rfc/rfc5869, test cases 1 and 3. */
test.each([
  [
    '000102030405060708090a0b0c',
    'f0f1f2f3f4f5f6f7f8f9',
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  ],
  ['', '', '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'],
])('HKDF-SHA-256 of RFC 5869 with the salt "%s"', (salt, info, okm) => {
  const hex = (text: string) => Buffer.from(text, 'hex');
  const derived = hkdfSync('sha256', hex('0b'.repeat(22)), hex(salt), hex(info), 42);
  expect(Buffer.from(derived).toString('hex')).toBe(okm);
});
