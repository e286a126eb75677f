import { describe, expect, test } from 'vitest';
import { type Instant, minute, plusMs } from '../../../shared/domain/instant.ts';
import { deriveWebhookKey } from '../../../shared/notifications/channel-token.ts';
import { parseOAuthClient, parseWebhookKeys, readSecret } from '../../../shared/runtime/secrets.ts';
import { now } from '../../support/samples.ts';
import { inheritedNames } from '../hostile.ts';

const master = 'm'.repeat(32);
const other = 'o'.repeat(32);

describe('the webhook keys', () => {
  test('are derived from their masters, for the stage', () => {
    const { active, keys } = parseWebhookKeys('test')({ active: 'k2', keys: { k1: master, k2: other } });
    expect(active).toBe('k2');
    expect([...keys.keys()]).toEqual(['k1', 'k2']);
    expect(keys.get('k1')?.equals(deriveWebhookKey(master, 'test'))).toBe(true);
    expect(keys.get('k2')?.equals(deriveWebhookKey(other, 'test'))).toBe(true);
  });

  test('[R15] of two stages differ, and so do those of two masters', () => {
    const derived = [
      deriveWebhookKey(master, 'test'),
      deriveWebhookKey(master, 'production'),
      deriveWebhookKey(other, 'test'),
    ];
    expect(new Set(derived.map((key) => key.export().toString('hex'))).size).toBe(3);
    expect(derived.every(({ symmetricKeySize }) => symmetricKeySize === 32)).toBe(true);
  });

  test.each([
    ['no active key', { keys: { k1: master } }],
    ['an active key that is not there', { active: 'k2', keys: { k1: master } }],
    ['no keys', { active: 'k1', keys: {} }],
    ['a master that is too short', { active: 'k1', keys: { k1: 'm'.repeat(31) } }],
    ['a master that is no text', { active: 'k1', keys: { k1: 7 } }],
    ['a key id that no token could bear', { active: 'K1', keys: { K1: master } }],
    ['a key id that is too long', { active: 'k12345678', keys: { k12345678: master } }],
    ['a field more', { active: 'k1', keys: { k1: master }, old: {} }],
    ['a list', [master]],
    ['null', null],
  ])('with %s are refused', (_, value) => {
    expect(() => parseWebhookKeys('test')(value)).toThrow();
  });

  test.each(inheritedNames)('[R15] an active key named "%s" is refused', (name) => {
    expect(() => parseWebhookKeys('test')({ active: name, keys: { k1: master } })).toThrow();
  });
});

describe('the OAuth client', () => {
  test('is its id and its secret', () => {
    const client = { clientId: 'id', clientSecret: 'secret' };
    expect(parseOAuthClient(client)).toEqual(client);
  });

  test.each([
    {},
    { clientId: 'id' },
    { clientId: 'id', clientSecret: '' },
    { clientId: 'id', clientSecret: 's', x: 1 },
    { clientId: '', clientSecret: 'secret' },
    { web: { clientId: 'id' } },
    null,
  ])('is not %o', (value) => {
    expect(() => parseOAuthClient(value)).toThrow();
  });
});

test.each([
  ['a master', () => parseWebhookKeys('test')({ active: 'k1', keys: { k1: 'short-one' } })],
  ['a client secret', () => parseOAuthClient({ clientId: '', clientSecret: 'short-one' })],
])('[F61] what is wrong with %s is told without it', (_, parse) => {
  expect(parse).toThrow(expect.objectContaining({ message: expect.not.stringContaining('short-one') }));
});

describe('a secret', () => {
  /** A secret store that answers with these texts, one after the other; an Error is thrown. */
  const secretOf = (...answers: (string | Error)[]) => {
    const clock = { now };
    const asked: unknown[] = [];
    const send = async ({ input }: { input: unknown }) => {
      asked.push(input);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return { SecretString: answer };
    };
    const client = { send };
    return {
      read: readSecret(
        client,
        'stage/keys',
        (value) => value,
        () => clock.now,
      ),
      clock,
      asked,
    };
  };
  const later = (ms: number): Instant => plusMs(now, ms);

  test('is asked for by its name, once for five minutes', async () => {
    const { read, clock, asked } = secretOf('1', '2');
    expect([await read(), await read()]).toEqual([1, 1]);
    clock.now = later(5 * minute - 1);
    expect(await read()).toBe(1);
    clock.now = later(5 * minute);
    expect(await read()).toBe(2);
    expect(asked).toEqual([{ SecretId: 'stage/keys' }, { SecretId: 'stage/keys' }]);
  });

  test('is asked for once by callers that come together', async () => {
    const { read, asked } = secretOf('1', '2');
    expect(await Promise.all([read(), read()])).toEqual([1, 1]);
    expect(asked).toHaveLength(1);
  });

  test('is asked for again after a failure', async () => {
    const { read } = secretOf(new Error('throttled'), '2');
    await expect(read()).rejects.toThrow('throttled');
    expect(await read()).toBe(2);
  });

  test.each([undefined, '', 'short-one'])('[F61] that is no JSON, %s, is named and not shown', async (text) => {
    const { read } = secretOf(...(text === undefined ? [] : [text]));
    const error = await read().catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: 'SecretMalformed', message: expect.stringContaining('stage/keys') });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).not.toContain('short-one');
  });
});
