/** The management API's own handler over routes of a test's choice, called as the gateway calls it. */
import type { Context } from 'aws-lambda';
import type { ApiEvent } from '../../functions/management-api/read-request.ts';
import { respondWith } from '../../functions/management-api/respond.ts';
import type { Routes } from '../../functions/management-api/route.ts';
import { type RouteName, routeTable } from '../../functions/management-api/route-table.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { Log } from '../../shared/runtime/observability.ts';
import { now, userId } from './samples.ts';

export type Call = {
  user?: string;
  id?: string;
  query?: string;
  headers?: Record<string, string>;
  /** Sent as JSON; text as it is. */
  body?: unknown;
};
export type Answer = { status: number; headers: Record<string, unknown>; body: Record<string, unknown> };

const silent: Log = { info: () => undefined, error: () => undefined };

export const apiOver = (routes: Partial<Routes>) => {
  const handler = respondWith({
    routes: routes as Routes,
    log: silent,
    stamp: () => ({ now, chainId: asId('request-1') }),
  });
  return async (name: RouteName, call: Call = {}): Promise<Answer> => {
    const { statusCode = 0, headers = {}, body = '' } = await handler(eventOf(name, call), {} as Context);
    return { status: statusCode, headers, body: JSON.parse(body) };
  };
};

export const eventOf = (name: RouteName, { user = userId, id, query = '', headers = {}, body }: Call): ApiEvent => {
  const event: Partial<ApiEvent> = {
    routeKey: `${routeTable[name].method} ${routeTable[name].path}`,
    rawQueryString: query,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(id !== undefined && { pathParameters: { id } }),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'request-1',
      authorizer: { jwt: { claims: { sub: user }, scopes: [] } },
    } as Partial<ApiEvent['requestContext']> as ApiEvent['requestContext'],
  };
  return event as ApiEvent;
};
