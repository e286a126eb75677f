/**
 * Payload format 2.0 of an HTTP API: the event made of a request. Pure.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { accountId } from '../aws/place.ts';

export type HttpRequest = {
  method: string;
  /** Path and query as they came. */
  target: string;
  /** Names and values alternate, as Node gives them. */
  rawHeaders: string[];
  body: Buffer;
  sourceIp: string;
};

export type RequestFacts = {
  routeKey: string;
  pathParameters: Record<string, string>;
  jwt: { claims: Record<string, string>; scopes: string[] | null } | undefined;
  requestId: string;
  now: Date;
};

export function proxyEvent(request: HttpRequest, facts: RequestFacts): APIGatewayProxyEventV2 {
  const { path, query } = splitTarget(request.target);
  const { cookie, ...headers } = joinedHeaders(request.rawHeaders);
  return {
    version: '2.0',
    routeKey: facts.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers: { ...headers, 'x-forwarded-for': request.sourceIp, 'x-forwarded-proto': 'http' },
    ...(query !== '' && { queryStringParameters: joinedQuery(query) }),
    ...(Object.keys(facts.pathParameters).length > 0 && { pathParameters: facts.pathParameters }),
    requestContext: requestContext(request, path, headers, facts),
    ...bodyOf(request.body, headers['content-type'] ?? ''),
  };
}

function requestContext(
  { method, sourceIp }: HttpRequest,
  path: string,
  headers: Record<string, string>,
  { routeKey, jwt, requestId, now }: RequestFacts,
): APIGatewayProxyEventV2['requestContext'] {
  return {
    accountId,
    apiId: 'local',
    ...(jwt && { authorizer: { jwt } }),
    domainName: headers.host ?? '',
    domainPrefix: 'local',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent: headers['user-agent'] ?? '' },
    requestId,
    routeKey,
    stage: '$default',
    time: now.toISOString(),
    timeEpoch: now.getTime(),
  };
}

export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** Lower-case names; several headers of one name become one value. Cookie headers are joined as cookies are. */
function joinedHeaders(rawHeaders: string[]): Record<string, string> {
  const joined: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [rawHeaders[index]?.toLowerCase(), rawHeaders[index + 1]];
    const earlier = joined[name];
    joined[name] = earlier === undefined ? value : `${earlier}${name === 'cookie' ? '; ' : ','}${value}`;
  }
  return joined;
}

function joinedQuery(query: string): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    joined[name] = joined[name] === undefined ? value : `${joined[name]},${value}`;
  }
  return joined;
}

/** As measured on AWS: these types arrive as text; all others, forms and no type at all among them, as base64. */
const textTypes = /^(text\/|application\/(json|xml|javascript)\s*(;|$))/i;

function bodyOf(body: Buffer, contentType: string): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  if (textTypes.test(contentType)) return { body: body.toString('utf8'), isBase64Encoded: false };
  return { body: body.toString('base64'), isBase64Encoded: true };
}
