/** The management API: a request → its route → a reply. Whatever goes wrong is answered as problem details. */
import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 as ApiResult } from 'aws-lambda';
import { asId, type ChainId } from '../../shared/domain/ids.ts';
import { instantAt } from '../../shared/domain/instant.ts';
import { assemble } from './assemble.ts';
import { problemDetails } from './problem-details.ts';
import { type ApiEvent, readBody, readQuery, readRouteName, readUser } from './read-request.ts';
import type { Reply, UserRequest } from './route.ts';

const { routes, log } = assemble(process.env);

const respond = async (event: ApiEvent): Promise<ApiResult> => {
  const name = readRouteName(event);
  const request = {
    query: readQuery(event),
    body: readBody(event),
    now: instantAt(Date.now()),
    chainId: asId<ChainId>(randomUUID()),
    userId: readUser(event, name),
  };
  return toResult(await routes[name](request as UserRequest)); // A user is there where the route table asks for one.
};

const toResult = (reply: Reply): ApiResult => {
  if (reply.status === 302) {
    return { statusCode: 302, headers: { location: reply.location, 'cache-control': 'no-store' } };
  }
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { statusCode: reply.status, headers, body: JSON.stringify(reply.body) };
};

export const handler = middy<ApiEvent, ApiResult>()
  .onError((request) => {
    request.response = problemDetails(request.error, request.event, log);
  })
  .handler(respond);
