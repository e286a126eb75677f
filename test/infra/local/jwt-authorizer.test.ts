import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { createJwtAuthorizer } from '../../../infra/local/http/jwt-authorizer.ts';

const issuer = 'https://issuer.example';
const audience = ['the-api', 'the-other-api'];
const { publicKey, privateKey } = await generateKeyPair('RS256');
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }] };
const authorize = createJwtAuthorizer(issuer, audience, jwks);

const nowSeconds = Math.floor(Date.now() / 1_000);
const good: JWTPayload = { sub: 'barber-1', iss: issuer, aud: 'the-api', exp: nowSeconds + 60 };
const sign = (claims: JWTPayload) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey);

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
])('a token that is %s is unauthorized', async (_what, claims) => {
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
