import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asId, type CalendarKey, type ChannelId } from '../../../shared/domain/ids.ts';
import { plusMs, second } from '../../../shared/domain/instant.ts';
import {
  createChannelToken,
  deriveWebhookKey,
  verifyChannelToken,
  type WebhookKeys,
} from '../../../shared/notifications/channel-token.ts';
import { at, now } from '../../support/samples.ts';
import { inheritedNames } from '../hostile.ts';

const master = 'a master key of at least thirty-two characters';
const keysOf = (active: string, ...ids: string[]): WebhookKeys => ({
  active,
  keys: new Map(ids.map((id) => [id, deriveWebhookKey(`${id} ${master}`, 'test')])),
});

const keys = keysOf('k1', 'k1');
const channelId = asId<ChannelId>('1f0c3a52-9a1e-4a53-8a0e-3f3c2f9d1c11');
const claims = {
  calendarKey: asId<CalendarKey>('tMmiiTI7IaAcPpQPFQ65uA'),
  connectGeneration: 7,
  expiresAt: at('2026-03-21T13:00:00Z'),
};
const token = createChannelToken(keys, channelId, claims);
const verify = (text: string, channel: string = channelId, when = now) => verifyChannelToken(keys, channel, text, when);

describe('a channel token', () => {
  test('[R15] is the HMAC that its description says, step by step', () => {
    const key = Buffer.from(hkdfSync('sha256', `k1 ${master}`, '', 'calendar-sync/channel-token/c1/test', 32));
    const expiry = Math.floor(Date.UTC(2026, 2, 21, 13) / 1000).toString(36);
    const fields = ['c1', 'k1', expiry, 'tMmiiTI7IaAcPpQPFQ65uA', '7'];
    const input = [...fields, channelId].map((field) => `${field.length}:${field}`).join('');
    const mac = createHmac('sha256', key).update(input).digest('base64url');
    expect(token).toBe([...fields, mac].join('.'));
  });

  test('[F28] fits the 256 characters that Google echoes, with the longest of each field', () => {
    const longest = { ...claims, connectGeneration: 999_999_999, expiresAt: at('9999-12-31T23:59:59Z') };
    const long = createChannelToken(keysOf('k1234567', 'k1234567'), channelId, longest);
    expect(long.length).toBeLessThanOrEqual(256);
    expect(verifyChannelToken(keysOf('k1234567', 'k1234567'), channelId, long, now).kind).toBe('valid');
  });

  test('names its calendar and connect generation once it is verified', () => {
    expect(verify(token)).toEqual({ kind: 'valid', calendarKey: claims.calendarKey, connectGeneration: 7 });
  });

  const madeWith = (keyId: string, connectGeneration: number) => {
    const own = keysOf(keyId, keyId);
    const made = createChannelToken(own, channelId, { ...claims, connectGeneration });
    return verifyChannelToken(own, channelId, made, now);
  };

  test.each([
    ['k', 1],
    ['k1234567', 10],
    ['k1', 999_999_999],
  ])('holds with the key id %s and the generation %i', (keyId, generation) => {
    expect(madeWith(keyId, generation)).toMatchObject({ kind: 'valid', connectGeneration: generation });
  });

  test.each([
    ['k12345678', 1],
    ['K1', 1],
    ['k.1', 1],
    ['k1', 0],
    ['k1', 1_000_000_000],
    ['k1', 1.5],
  ])('is of no use with the key id %s and the generation %d, even well signed', (keyId, generation) => {
    expect(madeWith(keyId, generation)).toEqual({ kind: 'rejected', reason: 'malformed' });
  });

  test('cannot be made with an active key that is not there', () => {
    expect(() => createChannelToken(keysOf('k2', 'k1'), channelId, claims)).toThrow('"k2" is not among the keys');
  });
});

describe('[R15] a forged token', () => {
  test.each([
    ['version', 0, 'c2'],
    ['key id', 1, 'k2'],
    ['expiry', 2, 'zzzzzz'],
    ['calendar key', 3, 'tMmiiTI7IaAcPpQPFQ65uB'],
    ['connect generation', 4, '8'],
  ])('with another %s is rejected', (_, index, value) => {
    expect(verify(token.split('.').with(index, value).join('.')).kind).toBe('rejected');
  });

  test('is rejected on another channel', () => {
    expect(verify(token, `${channelId}0`)).toEqual({ kind: 'rejected', reason: 'forged' });
  });

  test('is rejected when it was made for another stage', () => {
    const staging = { active: 'k1', keys: new Map([['k1', deriveWebhookKey(`k1 ${master}`, 'staging')]]) };
    expect(verify(createChannelToken(staging, channelId, claims))).toEqual({ kind: 'rejected', reason: 'forged' });
  });

  test('is rejected with any one character changed, dropped, doubled or added', () => {
    const alphabet = 'ABCZabcxyz0189-_.=+/ \n';
    const mutations = [...token].flatMap((character, index) => [
      ...[...alphabet].filter((other) => other !== character).map((other) => splice(index, 1, other)),
      splice(index, 1, ''),
      splice(index, 0, character),
    ]);
    const accepted = [...mutations, `${token}\n`, `${token}=`, ` ${token}`].filter(
      (mutation) => verify(mutation).kind === 'valid',
    );
    expect(accepted).toEqual([]);
  });

  test('is rejected with another last character that decodes to the same bytes', () => {
    const mac = token.split('.').at(-1) ?? '';
    const bytesOf = (text: string) => Buffer.from(text, 'base64url').toString('hex');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twins = [...alphabet].map((last) => mac.slice(0, -1) + last).filter((m) => bytesOf(m) === bytesOf(mac));
    expect(twins).toHaveLength(4);
    const others = twins.filter((twin) => twin !== mac).map((twin) => verify(token.replace(mac, twin)));
    expect(others).toEqual(others.map(() => ({ kind: 'rejected', reason: 'malformed' })));
  });

  test('is rejected under the all-zero key that stands in for unknown ones', () => {
    const zero = { active: 'k9', keys: new Map([['k9', createSecretKey(Buffer.alloc(32))]]) };
    expect(verify(createChannelToken(zero, channelId, claims))).toEqual({ kind: 'rejected', reason: 'forged' });
  });

  test.each(inheritedNames.concat('k9', ''))('with the key id "%s" is rejected', (keyId) => {
    expect(verify(token.split('.').with(1, keyId).join('.')).kind).toBe('rejected');
  });

  test('is what every other text is, and none makes the check throw', () => {
    const nearly = fc.stringMatching(/^c1\.[a-z0-9]{1,8}\.[a-z0-9]{1,10}\.[\w-]{22}\.[1-9][0-9]{0,8}\.[\w-]{43}$/);
    const anything = fc.oneof(fc.string({ unit: 'binary' }), nearly);
    fc.assert(fc.property(anything, (text) => verify(text).kind === 'rejected'));
  });

  test('cannot be had by moving a character from one field to the next', () => {
    const shifted = { ...claims, connectGeneration: 71 };
    const other = createChannelToken(keys, asId<ChannelId>('2abc'), { ...claims, connectGeneration: 712 });
    const [mac] = other.split('.').slice(-1);
    const moved = [...createChannelToken(keys, asId<ChannelId>('22abc'), shifted).split('.').slice(0, -1), mac].join(
      '.',
    );
    expect(verify(moved, '22abc')).toEqual({ kind: 'rejected', reason: 'forged' });
  });
});

describe('expiry', () => {
  test.each([
    [-1 * second, 'valid'],
    [0, 'rejected'],
    [1 * second, 'rejected'],
  ])('%i ms after the expiry the token is %s', (ms, kind) => {
    expect(verify(token, channelId, plusMs(claims.expiresAt, ms)).kind).toBe(kind);
  });

  test('a stranger does not learn that a forged token has expired', () => {
    const late = plusMs(claims.expiresAt, 1 * second);
    expect(verify(token, 'another-channel', late)).toEqual({ kind: 'rejected', reason: 'forged' });
  });
});

describe('rotation of the key', () => {
  const both = keysOf('k2', 'k1', 'k2');

  test('tokens of the old key hold while it is accepted, new ones are made with the new key', () => {
    expect(verifyChannelToken(both, channelId, token, now).kind).toBe('valid');
    expect(createChannelToken(both, channelId, claims)).toMatch(/^c1\.k2\./);
  });

  test('[R15] tokens of a removed key are worth nothing', () => {
    const verdict = verifyChannelToken(keysOf('k2', 'k2'), channelId, token, now);
    expect(verdict).toEqual({ kind: 'rejected', reason: 'forged' });
  });
});

const splice = (index: number, count: number, insert: string): string =>
  token.slice(0, index) + insert + token.slice(index + count);
