/** The management API: a request → its route → a reply. Whatever goes wrong is answered as problem details. */
import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 as ApiResult } from 'aws-lambda';
import type { Log } from '../../shared/runtime/observability.ts';
import { problemDetails } from './problem-details.ts';
import {
  type ApiEvent,
  readBody,
  readHeaders,
  readParams,
  readQuery,
  readRouteName,
  readUser,
} from './read-request.ts';
import type { PublicRequest, Reply, Routes, UserRequest } from './route.ts';
import { type RouteName, routeTable } from './route-table.ts';

export type Api = { routes: Routes; log: Log; stamp(): Pick<PublicRequest, 'now' | 'chainId'> };

export const respondWith = ({ routes, log, stamp }: Api) => {
  const respond = async (event: ApiEvent): Promise<ApiResult> => {
    const name = readRouteName(event);
    const request = {
      params: readParams(event),
      query: readQuery(event),
      headers: readHeaders(event),
      body: readBody(event),
      ...stamp(),
      userId: readUser(event, name),
    };
    logAdministration(log, event, name, request.userId);
    const reply = await routes[name](request as UserRequest); // A user is there where the route table asks for one.
    return toResult(reply);
  };
  return middy<ApiEvent, ApiResult>()
    .onError((request) => {
      request.response = problemDetails(request.error, request.event, log);
    })
    .handler(respond);
};

/** Logged before the change is made, because one that fails half-way has an author too. */
const logAdministration = (log: Log, { routeKey }: ApiEvent, name: RouteName, actor: string | undefined): void => {
  const { access, method } = routeTable[name];
  if (access !== 'admin' || method === 'GET' || actor === undefined) return;
  log.info('An administrator asks for a change', { route: routeKey, actor });
};

const toResult = (reply: Reply): ApiResult => {
  if (reply.status === 302) {
    return { statusCode: 302, headers: { location: reply.location, 'cache-control': 'no-store' } };
  }
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', ...reply.headers };
  return { statusCode: reply.status, headers, body: JSON.stringify(reply.body) };
};
