/** The OpenAPI 3.1 document, made from the route table and the schemas that the routes themselves use. */
import * as z from 'zod';
import { type ProblemSlug, problemType, statusOf } from '../../shared/runtime/problem.ts';
import { type Operation, operations } from './operations.ts';
import { type Access, adminScope, routeTable } from './route-table.ts';
import { problemReply } from './schemas/problem.ts';

type OperationName = keyof typeof operations;

export const openApiDocument = () => ({
  openapi: '3.1.0',
  info: { title: 'BookedBarber calendar sync', version: '2' },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    schemas: { Problem: toSchema(problemReply, 'output') },
  },
  paths: toPaths(),
});

type Documented = ReturnType<typeof toOperation>;

const toPaths = (): Record<string, Record<string, Documented>> => {
  const names = Object.keys(operations) as OperationName[];
  const byPath = Map.groupBy(names, (name) => routeTable[name].path);
  return Object.fromEntries(
    [...byPath].map(([path, sharing]) => [
      path,
      Object.fromEntries(sharing.map((name) => [routeTable[name].method.toLowerCase(), toOperation(name)])),
    ]),
  );
};

const toOperation = (name: OperationName) => {
  const { summary, path, query, headers, body }: Operation = operations[name];
  return {
    operationId: name,
    summary,
    security: securityOf[routeTable[name].access],
    parameters: [...toParameters('path', path), ...toParameters('query', query), ...toParameters('header', headers)],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: toSchema(body, 'input') } } },
    }),
    responses: toResponses(operations[name]),
  };
};

const toResponses = ({ status = 200, reply, replyHeaders, problems = [] }: Operation): Record<string, object> => ({
  [status]: {
    description: successes[status],
    ...(replyHeaders && { headers: toHeaders(replyHeaders) }),
    content: { 'application/json': { schema: toSchema(reply, 'output') } },
  },
  ...toProblems(problems),
  default: problemAs('A problem'),
});

const successes: Record<NonNullable<Operation['status']>, string> = { 200: 'Done', 201: 'Created', 202: 'Accepted' };

const securityOf: Record<Access, object[]> = {
  public: [],
  user: [{ bearer: [] }],
  admin: [{ bearer: [adminScope] }],
};

const toParameters = (place: 'path' | 'query' | 'header', schema: z.ZodType | undefined) => {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input');
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
  }));
};

const toHeaders = (schema: z.ZodObject) =>
  Object.fromEntries(
    Object.entries(toSchema(schema, 'output').properties ?? {}).map(([name, schema]) => [name, { schema }]),
  );

/** Problems of one status are told apart by their type. */
const toProblems = (slugs: ProblemSlug[]) =>
  Object.fromEntries(
    [...Map.groupBy(slugs, statusOf)].map(([status, alike]) => [status, problemAs(alike.map(problemType).join(', '))]),
  );

const problemAs = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const toSchema = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
};
