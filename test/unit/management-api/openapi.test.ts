import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../../functions/management-api/openapi.ts';
import { adminScope, type RouteName, routeTable } from '../../../functions/management-api/route-table.ts';

const document = openApiDocument();
const documented = (Object.keys(routeTable) as RouteName[]).filter((name) => name !== 'openapi');
const operationOf = (name: RouteName) => {
  const { path, method } = routeTable[name];
  return document.paths[path]?.[method.toLowerCase()];
};

describe.each(documented)('%s', (name) => {
  test('is documented', () => {
    expect(operationOf(name)).toMatchObject({ operationId: name, summary: expect.any(String) });
  });

  test('[R15] asks for a token, unless it is public, and for the scope if it is for administrators', () => {
    const { access } = routeTable[name];
    const scopes = access === 'admin' ? [adminScope] : [];
    expect(operationOf(name)?.security).toEqual(access === 'public' ? [] : [{ bearer: scopes }]);
  });

  test('answers as JSON, or with a problem', () => {
    const status =
      (
        { sync: 202, compare: 202, pushExisting: 202, createAppointment: 201, rotateVaultKey: 201 } as Record<
          string,
          number
        >
      )[name] ?? 200;
    expect(operationOf(name)?.responses).toMatchObject({
      [status]: {
        content: { 'application/json': { schema: { type: 'object', additionalProperties: false } } },
      },
      default: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    });
  });
});

test('the token is a bearer token', () => {
  expect(document.components.securitySchemes).toEqual({
    bearer: expect.objectContaining({ type: 'http', scheme: 'bearer' }),
  });
});

test('nothing is documented that is not there', () => {
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  );
  expect(ids.toSorted()).toEqual(documented.toSorted());
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

describe('appointments', () => {
  test('a new one needs times and their zone, and no more', () => {
    const schema = operationOf('createAppointment')?.requestBody?.content['application/json'].schema;
    expect(schema?.required).toEqual(['start', 'end', 'timeZone']);
    expect(schema).toMatchObject({ additionalProperties: false });
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

test('every reference leads somewhere, and all of it is plain JSON', () => {
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(references.filter((name) => !Object.hasOwn(document.components.schemas, name ?? ''))).toEqual([]);
  expect(JSON.parse(text)).toEqual(document);
});
