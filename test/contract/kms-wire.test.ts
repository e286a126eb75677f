/**
 * What the real client says to KMS, as recorded, and what KMS answers by its documentation: the local KMS is held to it.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html, API_Decrypt.html, CommonErrors.html
 */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startKms } from '../../infra/local/aws/kms.ts';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import { type Listening, listenLocally } from '../../infra/local/http/listen.ts';
import { VaultLocked } from '../../shared/domain/errors.ts';
import { inOneWord } from '../../shared/google/trouble.ts';
import { tokenVault } from '../../shared/runtime/token-vault.ts';
import { kmsDataKeys } from '../../shared/store/data-keys.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { now, userId } from '../support/samples.ts';

type Message = { headers: IncomingHttpHeaders | Record<string, string | null>; body: Record<string, unknown> };
type Exchange = { request: Message & { method: string; path: string }; answer: Message & { status: number } };
type Refusal = { status: number; type: string; message: string };

let engine: Engine;
let kms: Listening;
beforeAll(async () => {
  [engine, kms] = await Promise.all([startEngine(), startKms(['vault'])]);
});
afterAll(async () => {
  await kms.stop();
  await engine.stop();
});

/** Between the client and the local KMS: writes down what passes, or answers in its place. */
const startRecorder = async (refusal?: () => Refusal | undefined) => {
  const exchanges: Exchange[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const sent = await text(request);
    const refused = refusal?.();
    if (refused !== undefined) {
      response.writeHead(refused.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: refused.type, message: refused.message }));
      return;
    }
    const forwarded = {
      'content-type': headers['content-type'] ?? '',
      'x-amz-target': String(headers['x-amz-target']),
    };
    const answer = await fetch(`${kms.url}${path}`, { method, headers: forwarded, body: sent });
    const body = await answer.text();
    exchanges.push({
      request: { method, path, headers, body: JSON.parse(sent) },
      answer: { status: answer.status, headers: Object.fromEntries(answer.headers), body: JSON.parse(body) },
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(body);
  });
  const { url, stop } = await listenLocally(server);
  onTestFinished(stop);
  return { url, exchanges };
};

const startVault = async (endpoint: string, kmsKeyId = 'vault', maxAttempts = 1) => {
  const client = new KMSClient({ ...clientDefaults, endpoint, maxAttempts });
  onTestFinished(() => client.destroy());
  const table = await engine.freshTable();
  const environment = () => kmsDataKeys({ kms: client, kmsKeyId, table, now: () => now });
  return { environment, vault: tokenVault(environment(), (count) => Buffer.alloc(count, 7)) };
};

const base64 = (bytes: number) => new RegExp(`^(?:[A-Za-z0-9+/]{4}){${Math.floor(bytes / 3)}}`);
const EncryptionContext = { purpose: 'calendar-sync/token-vault', keyId: 'k1' };
const recorded = {
  GenerateDataKey: {
    target: 'TrentService.GenerateDataKey',
    request: { KeyId: 'vault', KeySpec: 'AES_256', EncryptionContext },
    answer: {
      CiphertextBlob: expect.stringMatching(base64(32)),
      KeyId: expect.stringMatching(/^arn:aws:kms:[\w-]+:\d{12}:key\/vault$/),
      KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
      Plaintext: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    },
  },
  Decrypt: {
    target: 'TrentService.Decrypt',
    request: { KeyId: 'vault', CiphertextBlob: expect.stringMatching(base64(32)), EncryptionContext },
    answer: {
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyId: expect.stringMatching(/^arn:aws:kms:[\w-]+:\d{12}:key\/vault$/),
      KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
      Plaintext: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    },
  },
};

test('the first seal makes a key and unwraps it, in the documented words', async () => {
  const { url, exchanges } = await startRecorder();
  const { vault } = await startVault(url);
  await vault.seal('a token', userId);

  expect(exchanges).toHaveLength(2);
  for (const [index, { target, request, answer }] of Object.values(recorded).entries()) {
    const exchange = exchanges[index];
    expect(exchange?.request).toMatchObject({ method: 'POST', path: '/' });
    expect(exchange?.request.headers).toMatchObject({
      'x-amz-target': target,
      'content-type': 'application/x-amz-json-1.1',
      authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/us-east-1\/kms\/aws4_request, /),
    });
    expect(exchange?.request.body).toEqual(request);
    expect(exchange?.answer).toMatchObject({ status: 200, body: answer });
    expect(Object.keys(exchange?.answer.body ?? {}).sort()).toEqual(Object.keys(answer).sort());
  }
  expect(exchanges[1]?.request.body.CiphertextBlob).toBe(exchanges[0]?.answer.body.CiphertextBlob);
  expect(exchanges[1]?.answer.body.Plaintext).toBe(exchanges[0]?.answer.body.Plaintext);
});

test('[R15] no token, sealed or in clear, ever goes to KMS', async () => {
  const { url, exchanges } = await startRecorder();
  const { vault } = await startVault(url);
  const sealed = await vault.seal('1//refresh-token', userId);
  await vault.open(sealed, userId);
  expect(JSON.stringify(exchanges)).not.toMatch(/refresh-token/);
  expect(JSON.stringify(exchanges)).not.toContain(sealed.split('.').at(-1));
});

describe('the local KMS refuses as KMS does:', () => {
  const ask = async (target: string, body: object) => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${target}` };
    const answer = await fetch(kms.url, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  };
  const wrapped = async () =>
    (await ask('GenerateDataKey', { KeyId: 'vault', KeySpec: 'AES_256', EncryptionContext })).body.CiphertextBlob;

  test.each<[string, string, (blob: string | undefined) => object]>([
    [
      'another encryption context',
      'InvalidCiphertextException',
      (CiphertextBlob) => ({ CiphertextBlob, EncryptionContext: { ...EncryptionContext, keyId: 'k2' } }),
    ],
    ['no encryption context', 'InvalidCiphertextException', (CiphertextBlob) => ({ CiphertextBlob })],
    [
      'a blob that was changed',
      'InvalidCiphertextException',
      (blob) => ({ CiphertextBlob: `${blob?.slice(0, -8)}AAAAAAA=`, EncryptionContext }),
    ],
    [
      'another key',
      'IncorrectKeyException',
      (CiphertextBlob) => ({ CiphertextBlob, EncryptionContext, KeyId: 'other' }),
    ],
  ])('%s', async (_, type, bodyOf) => {
    expect(await ask('Decrypt', bodyOf(await wrapped()))).toMatchObject({ status: 400, body: { __type: type } });
  });

  test('a key that is not there', async () => {
    const answer = await ask('GenerateDataKey', { KeyId: 'other', KeySpec: 'AES_256' });
    expect(answer).toMatchObject({ status: 400, body: { __type: 'NotFoundException' } });
  });
});

/** As documented under "Errors" of both actions and under "Common Error Types". */
const refusals: [string, Refusal][] = [
  [
    'access is denied',
    { status: 400, type: 'AccessDeniedException', message: 'User: arn:aws:sts::0:role/x is not authorized' },
  ],
  [
    'the key is disabled',
    { status: 400, type: 'DisabledException', message: 'arn:aws:kms:us-east-1:0:key/vault is disabled.' },
  ],
  [
    'the key waits to be deleted',
    { status: 400, type: 'KMSInvalidStateException', message: 'arn:… is pending deletion.' },
  ],
  ['there is no such key', { status: 400, type: 'NotFoundException', message: 'Invalid keyId vault' }],
  ['we are throttled', { status: 400, type: 'ThrottlingException', message: 'You have exceeded the rate' }],
  ['KMS fails', { status: 500, type: 'KMSInternalException', message: '' }],
  ['the key cannot be had now', { status: 500, type: 'KeyUnavailableException', message: '' }],
  ['KMS times out inside', { status: 500, type: 'DependencyTimeoutException', message: '' }],
];

describe('what a job meets when', () => {
  test.each(refusals)('%s: an error of its own that names the reason, and no secret', async (_, refusal) => {
    let refuses = false;
    const { url } = await startRecorder(() => (refuses ? refusal : undefined));
    const { vault, environment } = await startVault(url);
    const sealed = await vault.seal('1//refresh-token', userId);

    refuses = true;
    const later = tokenVault(environment(), (count) => Buffer.alloc(count, 7));
    const error = await later.open(sealed, userId).catch((met: unknown) => met);
    expect(error).toBeInstanceOf(VaultLocked);
    expect(String(error)).toBe(`VaultLocked: KMS does not unwrap data key k1: ${refusal.type}`);
    expect(inOneWord(error)).toBe('VaultLocked');

    refuses = false;
    expect(await later.open(sealed, userId)).toBe('1//refresh-token');
  });

  test('KMS does not answer', async () => {
    const { url } = await startRecorder();
    const { vault } = await startVault(url.replace(/:\d+$/, ':9'));
    await expect(vault.seal('a token', userId)).rejects.toThrow(/^KMS does not make data key k1: /);
  });

  test('KMS throttles for a moment: the client itself tries again', async () => {
    let calls = 0;
    const throttled = { status: 400, type: 'ThrottlingException', message: '' };
    const { url } = await startRecorder(() => (++calls <= 2 ? throttled : undefined));
    const { vault } = await startVault(url, 'vault', 4);
    expect(await vault.open(await vault.seal('a token', userId), userId)).toBe('a token');
    expect(calls).toBe(4);
  });

  test('the key in the table was wrapped by another key of KMS', async () => {
    const { url } = await startRecorder();
    const { vault, environment } = await startVault(url);
    await vault.seal('a token', userId);
    expect(environment).toBeTypeOf('function');
    const other = await startVault(url, 'other');
    await expect(other.vault.seal('a token', userId)).rejects.toThrow(/NotFoundException$/);
  });
});
