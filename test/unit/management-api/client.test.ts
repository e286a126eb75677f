/** The frontend's client over a server that notes what it is asked: what is sent, what comes back, and what the compiler knows. */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { build, stop } from 'esbuild';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import {
  type CallOptions,
  type Client,
  createClient,
  isRefusedAs,
  Refused,
  type ReplyOf,
  type RequestOf,
} from '../../../functions/management-api/client.ts';
import type { ProblemOf } from '../../../functions/management-api/openapi-responses.ts';
import { routeTable } from '../../../functions/management-api/route-table.ts';
import { type Listening, listenLocally } from '../../../infra/local/http/listen.ts';

type Asked = { method: string | undefined; url: string | undefined; headers: object; body: unknown };
let server: Listening;
let asked: Asked[] = [];
let answer: { status: number; type: string; body: object } = { status: 200, type: 'application/json', body: {} };

beforeAll(async () => {
  const http = createServer(async (request, response) => {
    const { method, url, headers } = request;
    asked.push({ method, url, headers, body: headers['content-type'] && (await json(request)) });
    response.writeHead(answer.status, { 'content-type': answer.type }).end(JSON.stringify(answer.body));
  });
  server = await listenLocally(http);
});
afterAll(() => server.stop());

const reply = (status: number, body: object, type = 'application/json') => {
  asked = [];
  answer = { status, type, body };
};
let tokens = 0;
const client = () => createClient({ baseUrl: server.url, token: () => `token-${++tokens}` });
test('what is undefined is left out, and a body that may be missing may be', async () => {
  reply(200, {});
  await client().syncLogs({ query: { limit: '5', cursor: undefined } });
  await client().disconnect();
  expect(asked.map(({ url }) => url)).toEqual([`${routeTable.syncLogs.path}?limit=5`, routeTable.disconnect.path]);
});

const problem = (slug: string, status: number) =>
  reply(status, { type: `urn:bookedbarber:problem:${slug}`, detail: 'No' }, 'application/problem+json');

const times = { start: '2027-05-03T12:00:00', end: '2027-05-03T13:00:00', timeZone: 'America/New_York' };

describe('a request', () => {
  test('has the route’s method and path, the body as JSON, its headers and a token of its own', async () => {
    reply(201, { id: 'a1' });
    const booked = await client().createAppointment({
      body: { title: 'Haircut', ...times },
      headers: { 'idempotency-key': 'k' },
    });
    expect(booked).toEqual({ id: 'a1' });
    expect(asked).toEqual([
      {
        method: 'POST',
        url: '/api/v2/appointments',
        headers: expect.objectContaining({
          authorization: `Bearer token-${tokens}`,
          'content-type': 'application/json',
          'idempotency-key': 'k',
        }),
        body: { title: 'Haircut', ...times },
      },
    ]);
  });

  test('encodes what varies in its path and in its query', async () => {
    reply(200, {});
    await client().chooseCalendar({
      path: { calendarId: 'a/b c@example.com' },
      body: { enabled: true, role: 'blocks' },
    });
    await client().appointments({ query: { from: '2027-05-03T12:00:00+02:00', limit: '5' } });
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'PUT /api/v2/calendar/calendars/a%2Fb%20c%40example.com',
      'GET /api/v2/appointments?from=2027-05-03T12%3A00%3A00%2B02%3A00&limit=5',
    ]);
  });

  test('is given up when its caller says so', async () => {
    reply(200, {});
    const signal = AbortSignal.abort(new Error('The page was left'));
    await expect(client().status({}, { signal })).rejects.toThrow('The page was left');
    await expect(client().appointment({ path: { id: 'a1' } }, { signal })).rejects.toThrow('The page was left');
    expect(asked).toEqual([]);
  });

  test('without a body says nothing of one', async () => {
    reply(202, { id: 'c1' });
    await client().sync();
    expect(asked[0]?.headers).not.toHaveProperty('content-type');
  });
});

describe('a refusal', () => {
  const refused = async (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => expect.fail('It was not refused'),
      (error: unknown) => error,
    );

  test('is thrown with the problem, and told by its kind', async () => {
    problem('double-booking', 409);
    const error = await refused(client().createAppointment({ body: times }));
    expect(error).toMatchObject({ operation: 'createAppointment', status: 409, problem: { detail: 'No' } });
    expect(isRefusedAs(error, 'createAppointment', 'double-booking')).toBe(true);
    expect(isRefusedAs(error, 'createAppointment', 'idempotency-key-reused')).toBe(false);
    expect(isRefusedAs(error, 'editAppointment', 'double-booking')).toBe(false);
  });

  test('of the gateway’s has a status and its own words', async () => {
    reply(429, { message: 'Too Many Requests' });
    const error = await refused(client().status());
    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({ status: 429, problem: undefined, message: expect.stringContaining('Too Many Req') });
  });

  test('of who stands before the gateway has a status alone', async () => {
    reply(502, {}, 'text/html');
    const error = await refused(client().status());
    expect(error).toMatchObject({ status: 502, problem: undefined, message: 'status was refused with 502' });
  });
});

test('there is a call for every route but the one that Google sends browsers to', () => {
  expect([...Object.keys(client()), 'callback'].sort()).toEqual(Object.keys(routeTable).sort());
});

test('a browser is sent the route table and a few lines: no schemas, nothing of Node’s', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${import.meta.dirname}/../../../functions/management-api/client.ts`],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    metafile: true,
  });
  await stop();
  expect(Object.keys(metafile.inputs)).toEqual([
    'functions/management-api/problem.ts',
    'functions/management-api/route-table.ts',
    'functions/management-api/client.ts',
  ]);
  expect(outputFiles[0]?.contents.byteLength).toBeLessThan(6_000);
});

describe('the compiler knows', () => {
  test('what each call takes', () => {
    expectTypeOf<RequestOf<'appointment'>['path']>().toEqualTypeOf<{ id: string }>();
    expectTypeOf<Parameters<Client['sync']>>().toEqualTypeOf<[request?: RequestOf<'sync'>, options?: CallOptions]>();
    expectTypeOf<Parameters<Client['editAppointment']>>().toEqualTypeOf<
      [request: RequestOf<'editAppointment'>, options?: CallOptions]
    >();
    expectTypeOf<RequestOf<'createAppointment'>['body']['start']>().toEqualTypeOf<string>();
    expectTypeOf<{ body: typeof times }>().toExtend<RequestOf<'createAppointment'>>();
    expectTypeOf<{ body: { start: string } }>().not.toExtend<RequestOf<'createAppointment'>>();
    expectTypeOf<{ body: typeof times & { price: string } }>().not.toExtend<RequestOf<'createAppointment'>>();
  });

  test('what each call answers', () => {
    expectTypeOf<ReplyOf<'appointments'>['items'][number]['kind']>().toEqualTypeOf<'booking' | 'block'>();
    expectTypeOf<Client['conflict']>().returns.resolves.toEqualTypeOf<ReplyOf<'conflict'>>();
    expectTypeOf<ReplyOf<'status'>>().toEqualTypeOf<ReplyOf<'enable'>>();
  });

  test('which problems each call can meet', () => {
    type OfAll = 'invalid-request' | 'body-too-large' | 'unsupported-media-type' | 'try-again' | 'internal-error';
    expectTypeOf<ProblemOf<'openapi'>>().toEqualTypeOf<OfAll>();
    expectTypeOf<ProblemOf<'status'>>().toEqualTypeOf<OfAll | 'unauthorized'>();
    expectTypeOf<ProblemOf<'undoConflict'>>().toEqualTypeOf<
      OfAll | 'unauthorized' | 'conflict' | 'not-found' | 'undo-refused' | 'double-booking'
    >();
  });

  test('that the callback is none of a client’s calls', () => {
    expectTypeOf<Client>().not.toHaveProperty('callback');
  });
});
