/** The document that clients are written against: valid, complete, and in step with what the routes take and answer. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../../functions/management-api/openapi.ts';
import { adminScope, type RouteName, routeTable } from '../../../functions/management-api/route-table.ts';
import { webhookPath } from '../../../shared/notifications/webhook-path.ts';
import { jsonSchemas } from '../../support/documented.ts';

const document = openApiDocument();
const documented = Object.keys(routeTable) as RouteName[];
const operationOf = (name: RouteName) => {
  const { path, method } = routeTable[name];
  return document.paths[path]?.[method.toLowerCase()];
};

test('is valid OpenAPI 3.1', async () => {
  expect(await new Validator().validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
});

test.each(documented)('the refusals of %s are each named once', (name) => {
  for (const { description } of Object.values(operationOf(name)?.responses ?? {})) {
    const named = description.split(', ');
    expect(named).toEqual([...new Set(named)]);
  }
});

test('is plain JSON', () => {
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
});

describe('schemas', () => {
  const schemas = jsonSchemas(document);
  const names = Object.keys(document.components.schemas);

  test.each(names)('%s can be compiled, so every reference in it leads somewhere', (name) => {
    expect(schemas.validatorOf({ $ref: `#/components/schemas/${name}` })).toBeTypeOf('function');
  });

  test.each(names)('the examples of %s are valid', (name) => {
    const { examples = [] } = document.components.schemas[name] ?? {};
    const faults = examples.map((example) => schemas.faults({ $ref: `#/components/schemas/${name}` }, example));
    expect(faults.flat()).toEqual([]);
  });

  test('each has one name, and is written once', () => {
    const texts = Object.values(document.components.schemas).map((schema) => JSON.stringify(schema));
    expect(new Set(texts).size).toBe(texts.length);
    for (const name of ['Appointment', 'Conflict', 'Settings', 'Status'])
      expect(document.components.schemas).toHaveProperty(name);
  });

  test('every operation refers to them by name, and what it refers to takes no unknown field', () => {
    for (const name of documented) {
      const { requestBody, responses = {} } = operationOf(name) ?? {};
      const contents = [requestBody, ...Object.values(responses)].flatMap((part) => Object.values(part?.content ?? {}));
      for (const { schema } of contents)
        expect(Object.keys(schema).sort()).toEqual(schema.$ref ? ['$ref'] : ['allOf', 'properties']);
    }
    const loose = names.filter((name) => document.components.schemas[name]?.additionalProperties !== false);
    expect(loose).toEqual(['OpenapiReply']);
  });
});

describe.each(documented)('%s', (name) => {
  test('is documented', () => {
    expect(operationOf(name)).toMatchObject({ operationId: name, summary: expect.any(String) });
  });

  test('[R15] asks for a token, unless it is public, and for the scope if it is for administrators', () => {
    const { access } = routeTable[name];
    const scopes = access === 'admin' ? [adminScope] : [];
    expect(operationOf(name)?.security).toEqual(access === 'public' ? [] : [{ bearer: scopes }]);
  });

  test('tells success as JSON', () => {
    const successes = Object.entries(operationOf(name)?.responses ?? {}).filter(([status]) => status.startsWith('2'));
    expect(successes.map(([, { content }]) => content)).toEqual([
      { 'application/json': { schema: { $ref: expect.stringMatching(/^#\/components\/schemas\/\w+$/) } } },
    ]);
  });

  test('lists what any route may be refused with, each type under its status', () => {
    const expected: Record<number, string> = {
      400: 'invalid-request',
      413: 'body-too-large',
      415: 'unsupported-media-type',
      500: 'internal-error',
      503: 'try-again',
      ...(routeTable[name].access !== 'public' && { 401: 'unauthorized' }),
      ...(routeTable[name].method !== 'GET' && { 409: 'conflict' }),
    };
    for (const [status, slug] of Object.entries(expected)) {
      const content = operationOf(name)?.responses[status]?.content?.['application/problem+json'];
      expect(content).toMatchObject({
        schema: {
          allOf: [{ $ref: '#/components/schemas/Problem' }],
          properties: { type: { enum: expect.arrayContaining([`urn:bookedbarber:problem:${slug}`]) } },
        },
      });
    }
  });

  test('lists what the gateway answers by itself', () => {
    const byGateway = Object.entries(operationOf(name)?.responses ?? {})
      .filter(
        ([, { content = {} }]) => content['application/json']?.schema.$ref === '#/components/schemas/GatewayMessage',
      )
      .map(([status]) => status);
    const { access } = routeTable[name];
    const refusals = { public: [], user: ['401'], admin: ['401', '403'] }[access];
    expect(byGateway).toEqual([...refusals, '413', '429', '500', '503']);
  });
});

test('the token is a bearer token', () => {
  expect(document.components.securitySchemes).toEqual({
    bearer: expect.objectContaining({ type: 'http', scheme: 'bearer' }),
  });
});

test('nothing is documented that is not there: the routes, and Google’s door', () => {
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect(ids.toSorted()).toEqual([...documented, 'googleCalendarWebhook'].toSorted());
  expect(Object.keys(document.paths[webhookPath]?.post?.responses ?? {})).toEqual(['204', '404', '500', '503']);
});

test('each query parameter is there, with whether it is required', () => {
  const required = (name: RouteName) =>
    Object.fromEntries(
      operationOf(name)
        ?.parameters.filter((parameter) => parameter.in === 'query')
        .map((parameter) => [parameter.name, parameter.required]) ?? [],
    );
  expect(required('appointments')).toEqual({ from: false, to: false, limit: false, cursor: false, include: false });
  expect(required('syncLogs')).toEqual({ limit: false, cursor: false });
  expect(required('callback')).toEqual({ state: true, code: false, error: false });
  expect(required('status')).toEqual({});
});

test('each part of a path that varies is a parameter of it', () => {
  for (const name of documented) {
    const inPath = [...routeTable[name].path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part);
    const declared = operationOf(name)?.parameters.filter((parameter) => parameter.in === 'path') ?? [];
    expect(declared.map((parameter) => [parameter.name, parameter.required])).toEqual(
      inPath.map((part) => [part, true]),
    );
  }
});

test('the callback may send the browser on', () => {
  expect(operationOf('callback')?.responses[302]).toMatchObject({ headers: { location: {} } });
});

describe('appointments', () => {
  test('a new one needs times and their zone, and no more', () => {
    expect(operationOf('createAppointment')?.requestBody?.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/NewAppointment',
    });
    expect(document.components.schemas.NewAppointment?.required).toEqual(['start', 'end', 'timeZone']);
  });

  test('whoever books can send a key, whoever changes a version, and both learn the version', () => {
    const headersOf = (name: RouteName) =>
      operationOf(name)
        ?.parameters.filter((parameter) => parameter.in === 'header')
        .map((parameter) => [parameter.name, parameter.required]);
    expect(headersOf('createAppointment')).toEqual([['idempotency-key', false]]);
    expect(headersOf('editAppointment')).toEqual([['if-match', false]]);
    expect(headersOf('cancelAppointment')).toEqual([['if-match', false]]);
    expect(operationOf('createAppointment')?.responses[201]).toMatchObject({ headers: { etag: {}, location: {} } });
    expect(operationOf('editAppointment')?.responses[200]).toMatchObject({ headers: { etag: {} } });
  });

  test('the refusals that a client should be ready for are named', () => {
    const { 409: conflict, 412: stale } = operationOf('editAppointment')?.responses ?? {};
    expect(conflict).toMatchObject({ description: expect.stringContaining('urn:bookedbarber:problem:double-booking') });
    expect(stale).toMatchObject({ description: 'urn:bookedbarber:problem:version-mismatch' });
  });
});
