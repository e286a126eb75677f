/** The HTTP API on a loopback port: route, authorize, invoke, answer, with the gateway's own limits and error bodies. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalFunction } from '../functions/function.ts';
import { type HttpAnswer, httpAnswer } from './answer.ts';
import { type Cors, preflightAnswer, withCors } from './cors.ts';
import { type HttpRequest, proxyEvent, splitTarget } from './event.ts';
import type { JwtAuthorizer } from './jwt-authorizer.ts';
import { matchRoute } from './routes.ts';

export type HttpRoute = {
  routeKey: string;
  target: LocalFunction;
  /** None: public. */
  authorizer: JwtAuthorizer | undefined;
  scopes: string[];
};

const bodyLimitBytes = 10 * 1024 * 1024;
const headerLimitBytes = 10_240;
const integrationTimeoutMs = 30_000;

export function createHttpServer(): Server {
  return createServer({ maxHeaderSize: headerLimitBytes });
}

export type HttpApi = { routes: HttpRoute[]; cors: Cors | undefined };

export function createHttpApi(api: HttpApi): RequestListener {
  return (request, response) => {
    serve(api, request).then(
      (answer) => send(response, answer),
      () => send(response, message(500, 'Internal Server Error')),
    );
  };
}

async function serve({ routes, cors }: HttpApi, incoming: IncomingMessage): Promise<HttpAnswer> {
  const { method = 'GET', url = '/', headers } = incoming;
  const preflight = cors && preflightAnswer(cors, method, headers);
  if (preflight !== undefined) return preflight;
  const match = matchRoute(routes, method, splitTarget(url).path);
  if (match === undefined) return message(404, 'Not Found');
  const { route, pathParameters } = match;

  const authorization = await route.authorizer?.(incoming.headers.authorization, route.scopes);
  if (authorization?.kind === 'unauthorized') return message(401, 'Unauthorized', [['www-authenticate', 'Bearer']]);
  if (authorization?.kind === 'forbidden') return message(403, 'Forbidden');

  const request = await readRequest(incoming);
  if (request === undefined) return message(413, 'Request Entity Too Large');
  const jwt = authorization && { claims: authorization.claims, scopes: authorization.scopes };
  const facts = { routeKey: route.routeKey, pathParameters, jwt, requestId: randomUUID(), now: new Date() };
  const answer = await invoke(route.target, proxyEvent(request, facts));
  return cors === undefined ? answer : withCors(cors, answer, headers);
}

async function invoke(target: LocalFunction, event: unknown): Promise<HttpAnswer> {
  const patience = new AbortController();
  const timeout = delay(integrationTimeoutMs, 'late' as const, { signal: patience.signal });
  timeout.catch(() => undefined); // The function was faster.
  const outcome = await Promise.race([target.invoke(event, { throttle: true }), timeout]);
  patience.abort();
  if (outcome === 'late' || outcome.kind === 'throttled') return message(503, 'Service Unavailable');
  const answer = outcome.kind === 'returned' ? httpAnswer(outcome.value) : undefined;
  return answer ?? message(500, 'Internal Server Error');
}

async function readRequest(incoming: IncomingMessage): Promise<HttpRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimitBytes) return undefined;
    chunks.push(chunk);
  }
  const { method = 'GET', url = '/', rawHeaders, socket } = incoming;
  return { method, target: url, rawHeaders, body: Buffer.concat(chunks), sourceIp: socket.remoteAddress ?? '' };
}

function message(status: number, text: string, headers: [string, string][] = []): HttpAnswer {
  const body = Buffer.from(JSON.stringify({ message: text }));
  return { status, headers: [['content-type', 'application/json'], ...headers], body };
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.writeHead(status).end(body);
}
