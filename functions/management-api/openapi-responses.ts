/** What an operation may answer: its reply, the problems that it names and those of every route, and what the gateway says. */

import { inlineSchema, type JsonSchema, refTo } from './openapi-schemas.ts';
import type { Operation, operations } from './operations.ts';
import { type ProblemSlug, problemType, statusOf } from './problem.ts';
import type { Access, RouteName, routeTable } from './route-table.ts';

type Route = (typeof routeTable)[RouteName];
export type Response = {
  description: string;
  headers?: Record<string, { schema: unknown }>;
  content?: Record<string, { schema: JsonSchema }>;
};

/** Whatever a route does, a request may be malformed and a store may fail. */
const problemsOfAll = [
  'invalid-request',
  'body-too-large',
  'unsupported-media-type',
  'try-again',
  'internal-error',
] as const satisfies ProblemSlug[];

/** The same for the compiler: which problems a client of this operation can meet. */
export type ProblemOf<Name extends RouteName> =
  | ((typeof operations)[Name] extends { problems: (infer Slug)[] } ? Slug : never)
  | (typeof problemsOfAll)[number]
  | ((typeof routeTable)[Name]['method'] extends 'GET' ? never : 'conflict')
  | ((typeof routeTable)[Name]['access'] extends 'public' ? never : 'unauthorized');

const problemsOf = ({ problems = [] }: Operation, { method, access }: Route): ProblemSlug[] => [
  ...problems,
  ...problemsOfAll,
  ...(method === 'GET' ? [] : (['conflict'] as const)),
  ...(access === 'public' ? [] : (['unauthorized'] as const)),
];

/** It answers as JSON `{ message }`. 429: more than the route takes in a second. */
const gatewayStatuses: Record<Access, number[]> = {
  public: [413, 429, 500, 503],
  user: [401, 413, 429, 500, 503],
  admin: [401, 403, 413, 429, 500, 503],
};

export const toResponses = (operation: Operation, route: Route, replyRef: JsonSchema): Record<string, Response> => {
  const { status = 200, replyHeaders, redirects } = operation;
  return {
    [status]: {
      description: successes[status],
      ...(replyHeaders && { headers: toHeaders(inlineSchema(replyHeaders, 'output')) }),
      content: { 'application/json': { schema: replyRef } },
    },
    ...(redirects && { 302: { description: redirects, headers: { location: { schema: { type: 'string' } } } } }),
    ...toRefusals(problemsOf(operation, route), gatewayStatuses[route.access]),
  };
};

const successes: Record<NonNullable<Operation['status']>, string> = { 200: 'Done', 201: 'Created', 202: 'Accepted' };

const toHeaders = ({ properties = {} }: ReturnType<typeof inlineSchema>) =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, { required: true, schema }]));

/** Problems of one status are told apart by their type. */
const toRefusals = (slugs: ProblemSlug[], ofGateway: number[]): Record<string, Response> => {
  const byStatus = Map.groupBy(slugs, (slug): number => statusOf(slug));
  const statuses = new Set([...byStatus.keys(), ...ofGateway].sort());
  return Object.fromEntries(
    [...statuses].map((status) => {
      const types = (byStatus.get(status) ?? []).map(problemType);
      return [status, toRefusal(types, ofGateway.includes(status))];
    }),
  );
};

const toRefusal = (types: string[], mayBeGateway: boolean): Response => ({
  description: [...types, ...(mayBeGateway ? ['the gateway itself'] : [])].join(', '),
  content: {
    ...(types.length > 0 && { 'application/problem+json': { schema: problemOfTypes(types) } }),
    ...(mayBeGateway && { 'application/json': { schema: { $ref: refTo('GatewayMessage') } } }),
  },
});

const problemOfTypes = (types: string[]) => ({
  allOf: [{ $ref: refTo('Problem') }],
  properties: { type: { enum: types } },
});
