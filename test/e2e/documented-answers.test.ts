/** Every route answers as the OpenAPI document says, on a good call and on every kind of bad one; what it does not list is a fault. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../functions/management-api/openapi.ts';
import { type Operation, operations } from '../../functions/management-api/operations.ts';
import { type RouteName, routeTable } from '../../functions/management-api/route-table.ts';
import { stageConfig } from '../../infra/config.ts';
import { documentedBy } from '../support/documented.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';
import {
  goodCallsOf,
  type Owner,
  prepareOwner,
  type RouteCall,
  routeNames,
  type Sent,
  sendCall,
} from '../support/route-calls.ts';

let session: TestSession;
let owner: Owner;
let good: Record<RouteName, RouteCall>;
beforeAll(async () => {
  session = await startTestSession();
  owner = await prepareOwner(session, 'olive');
  good = await goodCallsOf(owner);
}, 60_000);
afterAll(() => session.stop());

const faultsIn = documentedBy(openApiDocument());

/** With whatever token the route asks for. */
const send = async (name: RouteName, call: RouteCall, user = call.by ?? owner.user): Promise<Sent> => {
  const { access } = routeTable[name];
  const token = access === 'public' ? undefined : await session.stack.token(user, { admin: access === 'admin' });
  return sendCall(session, name, call, token);
};

const expectDocumented = (name: RouteName, status: number, answer: Sent): void => {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
  expect(faultsIn(name, answer)).toEqual([]);
};

/** Each problem is told by the function, and not kept by anyone on the way. */
const expectProblem = (name: RouteName, status: number, slug: string, answer: Sent): void => {
  expectDocumented(name, status, answer);
  expect(answer.body).toMatchObject({ type: `urn:bookedbarber:problem:${slug}` });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
};

const named = (holds: (name: RouteName) => boolean) => routeNames.filter(holds);
const accessOf = (name: RouteName) => routeTable[name].access;
const mayHaveBody = (name: RouteName) => routeTable[name].method !== 'GET';
const takesBody = (name: RouteName) => 'body' in operations[name];
const takesHeaders = (name: RouteName) => 'headers' in operations[name];
const takesPath = (name: RouteName) => 'path' in operations[name];

describe('a good call of', () => {
  test.each(routeNames)('%s', async (name) => {
    const { status = 200 }: Operation = operations[name];
    const answer = await send(name, good[name]);
    expectDocumented(name, good[name].status ?? status, answer);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

describe('[R15] a call without a good token is refused by', () => {
  test.each(named((name) => accessOf(name) !== 'public'))('%s', async (name) => {
    for (const token of [undefined, 'nonsense', 'no.token.atall']) {
      const answer = await sendCall(session, name, good[name], token);
      expectDocumented(name, 401, answer);
      expect(answer.body).toEqual({ message: 'Unauthorized' });
    }
    expectProblem(name, 401, 'unauthorized', await send(name, good[name], ''));
  });

  test.each(named((name) => accessOf(name) === 'admin'))('%s, as is one without the scope', async (name) => {
    expectDocumented(name, 403, await sendCall(session, name, good[name], await session.stack.token(owner.user)));
  });
});

describe('a query with what is unknown, or doubled, is refused by', () => {
  test.each(routeNames)('%s', async (name) => {
    const queries: RouteCall['query'][] = [
      { surprise: '1' },
      { ' ': '\u0000' },
      [
        ['limit', '1'],
        ['limit', '1'],
      ],
    ];
    for (const query of queries) {
      expectProblem(name, 400, 'invalid-request', await send(name, { ...good[name], ...(query && { query }) }));
    }
  });
});

describe('a body that is none is refused by', () => {
  test.each(named(mayHaveBody))('%s', async (name) => {
    const answerTo = (text: string, type = 'application/json') => send(name, { ...good[name], raw: { type, text } });
    for (const text of ['{', 'force', '{"a":1}}', 'null', '[]', '"text"', '7']) {
      expectProblem(name, 400, 'invalid-request', await answerTo(text));
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
      expectProblem(name, 415, 'unsupported-media-type', await answerTo('{}', type));
    }
    expectProblem(name, 413, 'body-too-large', await answerTo(JSON.stringify({ a: 'x'.repeat(128 * 1024) })));
    const overTheGateways = await answerTo('x'.repeat(10 * 2 ** 20 + 1));
    expectDocumented(name, 413, overTheGateways);
    expect(overTheGateways.body).toEqual({ message: 'Request Entity Too Large' });
  });
});

describe('a body with what is unknown is refused by', () => {
  test.each(named(mayHaveBody))('%s', async (name) => {
    const answer = await send(name, { ...good[name], body: { ...good[name].body, surprise: 1 } });
    expectProblem(name, 400, 'invalid-request', answer);
    expect(answer.body).toMatchObject({ errors: [{ field: 'surprise', message: 'Unknown field' }] });
  });
});

describe('a field of another type is refused by', () => {
  test.each(named(takesBody))('%s', async (name) => {
    for (const [field, value] of Object.entries(good[name].body ?? expect.fail('It takes a body'))) {
      const wrong = typeof value === 'object' ? 7 : { odd: true };
      const answer = await send(name, { ...good[name], body: { ...good[name].body, [field]: wrong } });
      expectProblem(name, 400, 'invalid-request', answer);
      expect(answer.body).toMatchObject({ errors: expect.arrayContaining([expect.objectContaining({ field })]) });
    }
  });
});

describe('a header that is not as it should be is refused by', () => {
  test.each(named(takesHeaders))('%s', async (name) => {
    for (const header of Object.keys((operations[name] as Operation).headers?.shape ?? {})) {
      for (const value of ['', 'x'.repeat(200), '\u00e4']) {
        const answer = await send(name, { ...good[name], headers: { [header]: value } });
        expectProblem(name, 400, 'invalid-request', answer);
      }
    }
  });
});

describe('what is not there is not found by', () => {
  const strangeIds = ['A'.repeat(22), 'short', 'x'.repeat(2_000), '../../admin', '%2e%2e', '\u0000', 'ключ', '{id}'];
  test.each(named(takesPath))('%s', async (name) => {
    for (const id of strangeIds) {
      const path = Object.fromEntries(Object.keys(good[name].path ?? {}).map((part) => [part, id]));
      expectProblem(name, 404, 'not-found', await send(name, { ...good[name], path }));
    }
  });
});

test('what is no route is answered by the gateway', async () => {
  for (const [method, path] of [
    ['DELETE', routeTable.status.path],
    ['GET', '/api/v2/nothing'],
    ['GET', `${routeTable.appointments.path}/`],
  ] as const) {
    expect(await session.call(method, path, owner.user)).toMatchObject({ status: 404, body: { message: 'Not Found' } });
  }
});

describe('[R15] a page of', () => {
  const [listed = ''] = stageConfig('local', {}).corsOrigins;
  const ask = async (origin: string, name: RouteName) => {
    const { method, path } = routeTable[name];
    const headers = { origin, 'access-control-request-method': method, 'access-control-request-headers': 'if-match' };
    return fetch(`${session.stack.apiUrl}${path}`, { method: 'OPTIONS', headers });
  };

  test('an origin on the list may make every call that there is, and read versions and locations', async () => {
    for (const name of routeNames) {
      const { status, headers } = await ask(listed, name);
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, listed]);
      expect(headers.get('access-control-allow-methods')?.split(',')).toContain(routeTable[name].method);
      const allowed = headers.get('access-control-allow-headers')?.split(',');
      expect(allowed).toEqual(['authorization', 'content-type', 'if-match', 'idempotency-key']);
    }
    const booking = await send('appointment', { ...good.appointment, headers: { origin: listed } });
    expect(booking.headers.get('access-control-allow-origin')).toBe(listed);
    expect(booking.headers.get('access-control-expose-headers')).toBe('etag,location');
  });

  test('any other may not', async () => {
    const other = 'https://evil.example';
    expect((await ask(other, 'status')).headers.get('access-control-allow-origin')).toBeNull();
    const answer = await send('status', { headers: { origin: other } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
