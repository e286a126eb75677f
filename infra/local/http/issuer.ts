/** The local identity provider: one RS256 key, tokens good for an hour, and the public key for whoever checks them. */
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { adminScope } from '../../../functions/management-api/route-table.ts';
import { keptJson } from '../aws/kept-json.ts';

export type JwtConfiguration = { issuer: string; audience: string };

export type Issuer = {
  issueToken: (userId: string, options?: { admin?: boolean }) => Promise<string>;
  jwks: { keys: JWK[] };
};

/** Name and audience are those that the template's authorizer asks for. */
export async function createIssuer({ issuer, audience }: JwtConfiguration, dataDir?: string): Promise<Issuer> {
  const { value: privateJwk } = await keptJson<JWK>(dataDir, 'issuer.json', generateJwk);
  const privateKey = await importJWK(privateJwk, 'RS256');
  const { kty, n, e, kid } = privateJwk;
  return {
    jwks: { keys: [{ kty, n, e, kid, alg: 'RS256', use: 'sig' } as JWK] },
    issueToken: (userId, { admin = false } = {}) =>
      new SignJWT(admin ? { scope: adminScope } : {})
        .setProtectedHeader({ alg: 'RS256', kid: kid ?? '' })
        .setSubject(userId)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
  };
}

async function generateJwk(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: 'local' };
}
