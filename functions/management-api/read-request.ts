/** An event of API Gateway's → a request: who asks, for which route, with what. */
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { asId, type UserId } from '../../shared/domain/ids.ts';
import { invalidRequest, Problem } from '../../shared/runtime/problem.ts';
import type { PublicRequest } from './route.ts';
import { type RouteName, routeTable } from './route-table.ts';

export type ApiEvent = APIGatewayProxyEventV2WithJWTAuthorizer;

/** API Gateway has matched the route already and names it: `GET /api/v2/appointments`. */
const routeNames = new Map(
  (Object.keys(routeTable) as RouteName[]).map((name) => [`${routeTable[name].method} ${routeTable[name].path}`, name]),
);

export const readRouteName = ({ routeKey }: ApiEvent): RouteName => {
  const name = routeNames.get(routeKey);
  if (name === undefined) throw new Problem('not-found', 'There is no such route');
  return name;
};

/** The gateway's authorizer has verified the token. That there is a user is checked again, so that a lost wire fails closed. */
export const readUser = (event: ApiEvent, name: RouteName): UserId | undefined => {
  if (routeTable[name].access === 'public') return undefined;
  const sub = event.requestContext.authorizer?.jwt?.claims.sub;
  if (typeof sub !== 'string' || sub === '') throw new Problem('unauthorized', 'The token names no user');
  return asId(sub);
};

/** A parameter given twice could mean either, so it is refused. */
export const readQuery = ({ rawQueryString }: ApiEvent): PublicRequest['query'] => {
  const given = new URLSearchParams(rawQueryString);
  const doubled = [...new Set(given.keys())].filter((field) => given.getAll(field).length > 1);
  if (doubled.length === 0) return Object.fromEntries(given);
  throw invalidRequest(doubled.map((field) => ({ field, message: 'Given more than once' })));
};

export const readBody = ({ body, isBase64Encoded }: ApiEvent): PublicRequest['body'] => {
  if (body === undefined || body === '') return undefined;
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body, 'base64').toString() : body);
  } catch {
    throw invalidRequest([{ field: 'body', message: 'Must be JSON' }]);
  }
};
