/**
 * The JWT authorizer of an HTTP API: RSA signature, issuer, audience, lifetime, then the route's scopes.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';

export type JwtAuthorizer = (authorization: string | undefined, requiredScopes: string[]) => Promise<Authorization>;

export type Authorization =
  | { kind: 'unauthorized' }
  | { kind: 'forbidden' }
  | { kind: 'authorized'; claims: Record<string, string>; scopes: string[] | null };

export function createJwtAuthorizer(issuer: string, audience: string[], jwks: JSONWebKeySet): JwtAuthorizer {
  const keys = createLocalJWKSet(jwks);
  return async (authorization = '', requiredScopes) => {
    const claims = await verify(authorization.replace(/^Bearer +/i, '')).catch(() => undefined);
    if (claims === undefined) return { kind: 'unauthorized' };
    const granted = scopesOf(claims);
    if (requiredScopes.length > 0 && !requiredScopes.some((scope) => granted.includes(scope)))
      return { kind: 'forbidden' };
    return {
      kind: 'authorized',
      claims: claimTexts(claims),
      scopes: requiredScopes.length > 0 ? requiredScopes : null,
    };
  };

  async function verify(token: string): Promise<JWTPayload> {
    const requirements = { issuer, audience, algorithms: ['RS256'], requiredClaims: ['exp'] };
    return (await jwtVerify(token, keys, requirements)).payload;
  }
}

function scopesOf({ scope, scp }: JWTPayload): string[] {
  const granted = scope ?? scp;
  return Array.isArray(granted) ? granted.map(String) : String(granted ?? '').split(' ');
}

/** As measured on AWS: every claim arrives as text, a list in brackets, and a null one not at all. */
function claimTexts(claims: JWTPayload): Record<string, string> {
  const present = Object.entries(claims).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, claimText(value)]));
}

function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(' ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
