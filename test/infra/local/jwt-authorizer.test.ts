import { exportJWK, exportSPKI, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createJwtAuthorizer } from '../../../infra/local/http/jwt-authorizer.ts';

const issuer = 'https://issuer.example';
const audience = ['the-api', 'the-other-api'];
const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }] };
const authorize = createJwtAuthorizer(issuer, audience, jwks);

const nowSeconds = Math.floor(Date.now() / 1_000);
const good: JWTPayload = { sub: 'barber-1', iss: issuer, aud: 'the-api', exp: nowSeconds + 60 };
const sign = (claims: JWTPayload, header = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(privateKey);

test('a good token passes, with or without the word Bearer', async () => {
  const token = await sign(good);
  for (const header of [token, `Bearer ${token}`, `bearer ${token}`]) {
    expect(await authorize(header, [])).toMatchObject({ kind: 'authorized', claims: { sub: 'barber-1' } });
  }
});

test.each<[string, JWTPayload]>([
  ['expired', { ...good, exp: nowSeconds - 60 }],
  ['not valid yet', { ...good, nbf: nowSeconds + 60 }],
  ['without an expiry', { sub: 'barber-1', iss: issuer, aud: 'the-api' }],
  ['of another issuer', { ...good, iss: 'https://elsewhere.example' }],
  ['for another audience', { ...good, aud: 'another-api' }],
  ['without an audience', { sub: 'barber-1', iss: issuer, exp: nowSeconds + 60 }],
])('[R15] a token that is %s is unauthorized', async (_what, claims) => {
  expect(await authorize(`Bearer ${await sign(claims)}`, [])).toEqual({ kind: 'unauthorized' });
});

test('claims become text as on AWS: numbers in digits, lists in brackets, null left out', async () => {
  const token = await sign({ ...good, groups: ['a', 'b'], ok: true, nothing: null, nested: { deep: 1 } });
  const authorization = await authorize(token, []);
  expect(authorization).toMatchObject({
    claims: { groups: '[a b]', ok: 'true', nested: '{"deep":1}', exp: String(good.exp) },
  });
  expect(authorization).not.toHaveProperty('claims.nothing');
});

test('one of the scopes that the route asks for is enough', async () => {
  const token = await sign({ ...good, scope: 'read write' });
  expect(await authorize(token, ['write', 'admin'])).toMatchObject({ kind: 'authorized', scopes: ['write', 'admin'] });
  expect(await authorize(token, ['admin'])).toEqual({ kind: 'forbidden' });
  expect(await authorize(token, ['rea'])).toEqual({ kind: 'forbidden' });
});

const stranger = await generateKeyPair('RS256');
const strangersJwk = { ...(await exportJWK(stranger.publicKey)), kid: 'k1', alg: 'RS256' };

describe('[R15] the algorithm is pinned to RS256, and the key to the issuer’s own', () => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const secret = (text: string) => new TextEncoder().encode(text);
  const withSecret = (text: string) =>
    new SignJWT(good).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret(text));
  const byStranger = (header: object) =>
    new SignJWT(good).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(stranger.privateKey);

  test.each<[string, () => string | Promise<string>]>([
    ['without a signature (alg none)', () => `${encode({ alg: 'none', kid: 'k1' })}.${encode(good)}.`],
    ['with alg None in another spelling', () => `${encode({ alg: 'nOnE', kid: 'k1' })}.${encode(good)}.`],
    [
      'with alg none and a good token’s signature',
      async () => `${encode({ alg: 'none', kid: 'k1' })}.${(await sign(good)).split('.').slice(1).join('.')}`,
    ],
    ['signed by HS256 with the public key in PEM as the secret', async () => withSecret(await exportSPKI(publicKey))],
    ['signed by HS256 with the public JWK as the secret', () => withSecret(JSON.stringify(jwks.keys[0]))],
    ['signed by another RSA algorithm with the right key', () => signAs('RS512')],
    ['signed by PS256 with the right key', () => signAs('PS256')],
    ['of an unknown key', () => sign(good, { kid: 'k2' })],
    ['of another key under the right name', () => byStranger({})],
    ['that brings its key along (jwk)', () => byStranger({ jwk: strangersJwk })],
    ['that says where its key is (jku)', () => byStranger({ jku: 'https://evil.example/jwks.json' })],
    ['that says where its certificate is (x5u)', () => byStranger({ x5u: 'https://evil.example/cert.pem' })],
    ['in two parts', async () => (await sign(good)).split('.').slice(0, 2).join('.')],
    ['twice in one header', async () => `${await sign(good)}, Bearer ${await sign(good)}`],
  ])('a token %s is unauthorized', async (_what, token) => {
    expect(await authorize(`Bearer ${await token()}`, [])).toEqual({ kind: 'unauthorized' });
  });

  /** As whoever holds the right key would, by an algorithm that was not agreed on. */
  async function signAs(alg: string): Promise<string> {
    const key = await importJWK(await exportJWK(privateKey), alg);
    return new SignJWT(good).setProtectedHeader({ alg, kid: 'k1' }).sign(key);
  }
});

test('a token without a sub passes here as at the gateway: the function asks who it is and refuses', async () => {
  const { sub, ...nobody } = good;
  expect(sub).toBeDefined();
  const authorization = await authorize(`Bearer ${await sign(nobody)}`, []);
  expect(authorization).toMatchObject({ kind: 'authorized' });
  expect(authorization).not.toHaveProperty('claims.sub');
});
