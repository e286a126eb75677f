/** An event of API Gateway's → a request: who asks, for which route, with what. */
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { asId, type UserId } from '../../shared/domain/ids.ts';
import { invalidRequest, Problem } from './problem.ts';
import type { PublicRequest } from './route.ts';
import { type RouteName, requestHeaders, routeTable } from './route-table.ts';

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

export const readHeaders = ({ headers }: ApiEvent): PublicRequest['headers'] =>
  Object.fromEntries(requestHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));

export const readParams = ({ pathParameters = {} }: ApiEvent): PublicRequest['params'] =>
  Object.fromEntries(Object.entries(pathParameters).map(([name, value]) => [name, value ?? '']));

/** Longer than the longest texts that any body may hold, escaped. */
const maxBodyBytes = 128 * 1024;

export const readBody = ({ body, isBase64Encoded, headers }: ApiEvent): PublicRequest['body'] => {
  if (body === undefined || body === '') return undefined;
  const type = headers['content-type'];
  if (type !== undefined && !jsonType.test(type)) {
    throw new Problem('unsupported-media-type', 'The body must be application/json');
  }
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBodyBytes) {
    throw new Problem('body-too-large', `The body must have at most ${maxBodyBytes} bytes`);
  }
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw invalidRequest([{ field: 'body', message: 'Must be JSON' }]);
  }
};

const jsonType = /^application\/([\w.-]+\+)?json\s*(;|$)/i;
