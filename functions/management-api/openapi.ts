/** The OpenAPI 3.1 document, made from the route table and the schemas that the routes themselves use. */
import type * as z from 'zod/mini';
import { type Response, toResponses } from './openapi-responses.ts';
import { inlineSchema, type JsonSchema, namedSchemas } from './openapi-schemas.ts';
import { webhookPaths } from './openapi-webhook.ts';
import { type Operation, operations } from './operations.ts';
import { type Access, adminScope, type RouteName, routeTable } from './route-table.ts';

const about = [
  'Refusals are problem details (RFC 9457), told apart by `type`; a client should take a type that it does not know by its status.',
  'Where the gateway answers by itself (no valid token, too many requests, no such route) the body is `{ "message": … }`.',
  'A change can be made conditional with `If-Match`, a booking repeatable with `Idempotency-Key`.',
].join('\n\n');

export const openApiDocument = () => {
  const schemas = namedSchemas();
  const paths: Paths = { ...toPaths(schemas), ...webhookPaths };
  return {
    openapi: '3.1.0',
    info: { title: 'BookedBarber calendar sync', version: '2', description: about },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: schemas.components,
    },
    paths,
  };
};

type Schemas = ReturnType<typeof namedSchemas>;

type Parameter = { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: unknown };

type Documented = {
  operationId: string;
  summary: string;
  description?: string;
  security: object[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: { 'application/json': { schema: JsonSchema } } };
  responses: Record<string, Response>;
};

type Paths = Record<string, Record<string, Documented>>;

const toPaths = (schemas: Schemas): Paths => {
  const byPath = Map.groupBy(Object.keys(operations) as RouteName[], (name) => routeTable[name].path);
  return Object.fromEntries(
    [...byPath].map(([path, sharing]) => [
      path,
      Object.fromEntries(sharing.map((name) => [routeTable[name].method.toLowerCase(), toOperation(name, schemas)])),
    ]),
  );
};

const toOperation = (name: RouteName, { bodyRef, replyRef }: Schemas): Documented => {
  const operation: Operation = operations[name];
  const { summary, path, query, headers, body, bodyOptional, reply } = operation;
  return {
    operationId: name,
    summary,
    security: securityOf[routeTable[name].access],
    parameters: [...toParameters('path', path), ...toParameters('query', query), ...toParameters('header', headers)],
    ...(body && {
      requestBody: { required: bodyOptional !== true, content: { 'application/json': { schema: bodyRef(body) } } },
    }),
    responses: toResponses(operation, routeTable[name], replyRef(reply)),
  };
};

const securityOf: Record<Access, object[]> = {
  public: [],
  user: [{ bearer: [] }],
  admin: [{ bearer: [adminScope] }],
};

const toParameters = (place: Parameter['in'], schema: z.ZodMiniType | undefined): Parameter[] => {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = inlineSchema(schema, 'input');
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
  }));
};
