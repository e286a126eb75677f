import { request as httpRequest } from 'node:http';
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Resource } from '../../../infra/local/template/assembly.ts';
import { type FixtureStack, startFixture } from '../../support/local-assembly.ts';

const issuer = 'http://127.0.0.1/issuer';
const audience = 'the-api';
const page = 'https://app.example';

const route = (RouteKey: string, properties = {}): Resource => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: {
    ApiId: { Ref: 'Api' },
    RouteKey,
    Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
    ...properties,
  },
});
const jwt = { AuthorizationType: 'JWT', AuthorizerId: { Ref: 'Authorizer' } };

const resources: Record<string, Resource> = {
  Api: {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: {
      Name: 'Api',
      ProtocolType: 'HTTP',
      CorsConfiguration: {
        AllowOrigins: [page],
        AllowMethods: ['GET', 'POST'],
        AllowHeaders: ['authorization', 'if-match'],
        ExposeHeaders: ['etag', 'location'],
        MaxAge: 600,
      },
    },
  },
  Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: '$default' } },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': ['Echo', 'Arn'] },
      PayloadFormatVersion: '2.0',
    },
  },
  Authorizer: {
    Type: 'AWS::ApiGatewayV2::Authorizer',
    Properties: {
      ApiId: { Ref: 'Api' },
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: issuer, Audience: [audience] },
      Name: 'Jwt',
    },
  },
  Public: route('ANY /echo'),
  Item: route('GET /items/{id}'),
  Special: route('GET /items/special'),
  Rest: route('GET /files/{path+}'),
  User: route('GET /user', jwt),
  Admin: route('GET /admin', { ...jwt, AuthorizationScopes: ['calendar-sync:admin'] }),
};

/** Answers with the event, or as the query asks. */
const echo = `export const handler = async (event) => {
  const { mode } = event.queryStringParameters ?? {};
  if (mode === 'throw') throw new Error('secret detail');
  if (mode === 'hang') await new Promise(() => setInterval(() => {}, 1000));
  if (mode === 'inferred') return { hello: 'world' };
  if (mode === 'malformed') return { statusCode: 'teapot' };
  if (mode === 'full') return { statusCode: 201, headers: { 'X-Own': 'yes' }, cookies: ['a=1', 'b=2'], body: 'aGk=', isBase64Encoded: true };
  if (mode === 'open') return { statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } };
  if (mode === 'empty') return { statusCode: 204 };
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) };
};`;

let stack: FixtureStack;
const cleanUps: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const fixture = { handlers: { Echo: echo }, functionProperties: { Timeout: 1 }, resources };
  stack = await startFixture((cleanUp) => cleanUps.unshift(cleanUp), fixture);
});
afterAll(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
});

const call = (path: string, init: RequestInit = {}) => fetch(`${stack.apiUrl}${path}`, init);
const event = async (path: string, init: RequestInit = {}): Promise<APIGatewayProxyEventV2WithJWTAuthorizer> =>
  (await call(path, init)).json() as Promise<APIGatewayProxyEventV2WithJWTAuthorizer>;

describe('the event', () => {
  test('header names are lower-case, and headers sent twice are one value with a comma', async () => {
    const { headers } = await rawEvent([
      ['X-Goog-Channel-ID', 'one'],
      ['x-goog-channel-id', 'two'],
    ]);
    expect(headers['x-goog-channel-id']).toBe('one,two');
    expect(Object.keys(headers).every((name) => name === name.toLowerCase())).toBe(true);
  });

  test('cookies leave the headers for a list of their own', async () => {
    const seen = await event('/echo', { headers: { cookie: 'a=1; b=2' } });
    expect(seen.cookies).toEqual(['a=1', 'b=2']);
    expect(seen.headers).not.toHaveProperty('cookie');
  });

  test('the query is given raw and decoded, values of one name joined with a comma', async () => {
    const seen = await event('/echo?a=1&a=2&b=x%20y');
    expect(seen.rawQueryString).toBe('a=1&a=2&b=x%20y');
    expect(seen.queryStringParameters).toEqual({ a: '1,2', b: 'x y' });
  });

  test('a request without query, cookies, body and path parameters has none of these fields', async () => {
    const seen = await event('/echo');
    expect(seen).toMatchObject({ version: '2.0', routeKey: 'ANY /echo', rawPath: '/echo', isBase64Encoded: false });
    for (const field of ['cookies', 'queryStringParameters', 'pathParameters', 'body'])
      expect(seen).not.toHaveProperty(field);
    expect(seen.requestContext).toMatchObject({ http: { method: 'GET', path: '/echo' }, stage: '$default' });
    expect(seen.requestContext).not.toHaveProperty('authorizer');
  });

  test.each([
    ['application/json; charset=utf-8', false],
    ['text/plain', false],
    ['application/x-www-form-urlencoded', true],
    ['application/problem+json', true],
    ['application/octet-stream', true],
  ])('a body of type %s arrives in base64: %s', async (type, isBase64Encoded) => {
    const seen = await event('/echo', { method: 'POST', headers: { 'content-type': type }, body: '{"ä":1}' });
    expect(seen.isBase64Encoded).toBe(isBase64Encoded);
    expect(Buffer.from(seen.body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString()).toBe('{"ä":1}');
  });
});

describe('routes', () => {
  test('a path parameter matches one part and is decoded', async () => {
    expect(await event('/items/a%20b')).toMatchObject({ routeKey: 'GET /items/{id}', pathParameters: { id: 'a b' } });
  });

  test('a literal path is preferred to a parameter', async () => {
    expect(await event('/items/special')).toMatchObject({ routeKey: 'GET /items/special' });
  });

  test('a greedy parameter takes the rest of the path', async () => {
    expect(await event('/files/a/b/c')).toMatchObject({ pathParameters: { path: 'a/b/c' } });
  });

  test.each(['/nothing', '/items', '/items/a/b', '/echo/'])('%s is no route', async (path) => {
    const response = await call(path);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('{"message":"Not Found"}');
  });

  test('another method of a known path is no route', async () => {
    expect((await call('/items/1', { method: 'DELETE' })).status).toBe(404);
  });
});

describe('the answer', () => {
  test('has the status, headers, cookies and decoded body of the result', async () => {
    const response = await call('/echo?mode=full');
    expect(response.status).toBe(201);
    expect(response.headers.get('x-own')).toBe('yes');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('hi');
  });

  test('a result without a status code is the JSON body of a 200', async () => {
    const response = await call('/echo?mode=inferred');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ hello: 'world' });
  });

  test('a 204 has no body', async () => {
    const response = await call('/echo?mode=empty');
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
  });

  test.each(['throw', 'hang', 'malformed'])(
    'a function that answers with %s is a 500 without any detail',
    async (mode) => {
      const response = await call(`/echo?mode=${mode}`);
      expect(response.status).toBe(500);
      expect(await response.text()).toBe('{"message":"Internal Server Error"}');
    },
  );
});

describe('pages of other origins', () => {
  const preflight = (path: string, origin: string) =>
    call(path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
  const corsHeaders = ({ headers }: Response) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

  test.each(['/user', '/echo', '/nothing'])(
    'ask before they call %s, and are answered without a token',
    async (path) => {
      const response = await preflight(path, page);
      expect([response.status, await response.text()]).toEqual([204, '']);
      expect(corsHeaders(response)).toEqual({
        'access-control-allow-origin': page,
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'authorization,if-match',
        'access-control-max-age': '600',
      });
    },
  );

  test('are told nothing when they are not on the list', async () => {
    const response = await preflight('/user', 'https://evil.example');
    expect([response.status, corsHeaders(response)]).toEqual([204, {}]);
  });

  test('may read what a function answers, with the headers that are exposed', async () => {
    const response = await call('/echo', { headers: { origin: page } });
    expect(corsHeaders(response)).toEqual({
      'access-control-allow-origin': page,
      'access-control-expose-headers': 'etag,location',
    });
    expect(corsHeaders(await call('/echo', { headers: { origin: 'https://evil.example' } }))).toEqual({});
    expect(corsHeaders(await call('/echo'))).toEqual({});
  });

  test('are not let in by what a function says of them', async () => {
    const response = await call('/echo?mode=open', { headers: { origin: 'https://evil.example' } });
    expect([response.status, corsHeaders(response)]).toEqual([200, {}]);
  });

  test('an OPTIONS that is no such question goes to a route like any other', async () => {
    expect(await event('/echo', { method: 'OPTIONS' })).toMatchObject({ routeKey: 'ANY /echo' });
    expect((await call('/user', { method: 'OPTIONS' })).status).toBe(404);
  });
});

describe('limits', () => {
  test('a body over 10 MiB is refused', async () => {
    const response = await call('/echo', { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect(response.status).toBe(413);
  });

  test('headers over 10,240 bytes are refused', async () => {
    expect((await call('/echo', { headers: { 'x-long': 'x'.repeat(11_000) } })).status).toBe(431);
  });

  test('what exceeds the reserved concurrency gets a 503, which Google retries, and never a 429', async () => {
    const small = await startFixture(onTestFinished, {
      handlers: { Echo: echo },
      functionProperties: { Timeout: 1, ReservedConcurrentExecutions: 1 },
      resources,
    });
    const statuses = await Promise.all([1, 2].map(async () => (await fetch(`${small.apiUrl}/echo?mode=hang`)).status));
    expect(statuses.sort()).toEqual([500, 503]);
  });
});

describe('the JWT authorizer', () => {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  test('claims reach the function as text; the scopes are null where the route asks for none', async () => {
    const { requestContext } = await event('/user', bearer(await stack.token('barber-1')));
    expect(requestContext.authorizer.jwt).toEqual({
      claims: { sub: 'barber-1', iss: issuer, aud: audience, iat: expect.any(String), exp: expect.any(String) },
      scopes: null,
    });
  });

  test('a token is good for an hour', async () => {
    const { requestContext } = await event('/user', bearer(await stack.token('barber-1')));
    const { exp, iat } = requestContext.authorizer.jwt.claims;
    expect(Number(exp) - Number(iat)).toBe(3_600);
  });

  test('a token without the scope that the route asks for is forbidden; with it, it passes', async () => {
    const refused = await call('/admin', bearer(await stack.token('barber-1')));
    expect([refused.status, await refused.text()]).toEqual([403, '{"message":"Forbidden"}']);
    const { requestContext } = await event('/admin', bearer(await stack.token('boss', { admin: true })));
    expect(requestContext.authorizer.jwt.scopes).toEqual(['calendar-sync:admin']);
  });

  const claims = { sub: 'barber-1', iss: issuer, aud: audience };
  const inAnHour = () => Math.floor(Date.now() / 1_000) + 3_600;

  test.each([
    ['no token', async () => ''],
    ['what is no token', async () => 'nonsense'],
    ['a token of another key', async () => signedElsewhere({ ...claims, exp: inAnHour() })],
    ['an unsigned token', async () => unsigned({ ...claims, exp: inAnHour() })],
    [
      'a token signed with the public key as a shared secret',
      () => signedWithPublicKey({ ...claims, exp: inAnHour() }),
    ],
    ['a good token with other claims put in', () => forged({ ...claims, sub: 'somebody-else', exp: inAnHour() })],
  ])('%s is unauthorized', async (_what, token) => {
    const response = await call('/user', bearer(await token()));
    expect([response.status, await response.text()]).toEqual([401, '{"message":"Unauthorized"}']);
  });
});

/** `fetch` would join the two headers itself. */
function rawEvent(headers: [string, string][]): Promise<APIGatewayProxyEventV2WithJWTAuthorizer> {
  return new Promise((resolve, reject) => {
    const named = [...headers, ['Host', '127.0.0.1']].flat();
    const request = httpRequest(`${stack.apiUrl}/echo`, { headers: named }, async (response) => {
      resolve(JSON.parse((await response.toArray()).join('')));
    });
    request.on('error', reject).end();
  });
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const unsigned = (claims: JWTPayload) => `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`;

async function signedElsewhere(claims: JWTPayload): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256');
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'local' }).sign(privateKey);
}

async function signedWithPublicKey(claims: JWTPayload): Promise<string> {
  const { keys } = (await (await call('/_local/jwks.json')).json()) as { keys: object[] };
  const secret = new TextEncoder().encode(JSON.stringify(keys[0]));
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'local' }).sign(secret);
}

async function forged(claims: JWTPayload): Promise<string> {
  const [header, , signature] = (await stack.token('barber-1')).split('.');
  return [header, encode(claims), signature].join('.');
}
