/**
 * From request to reply: OAuth endpoints, or a method of the Calendar API as the discovery document describes it:
 * route, credential, scope, query, operation, partial response.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { authorize } from './consent.ts';
import { findMethod, type Method, readQuery } from './discovery.ts';
import {
  ApiError,
  backendError,
  credentialInvalid,
  credentialMissing,
  invalid,
  invalidParameter,
  notFound,
  scopeInsufficient,
} from './errors.ts';
import type { Json } from './event-body.ts';
import type { Fault } from './faults.ts';
import { select } from './fields.ts';
import { exchange, revoke } from './oauth.ts';
import { operations } from './operations.ts';
import type { Grant } from './state.ts';
import { isZone } from './time.ts';
import type { LogEntry, World } from './world.ts';

export type Request = { method: string; url: URL; headers: IncomingHttpHeaders; text: string };
/** `body` is JSON, or text to be sent as it is. */
export type Reply = { status: number; body?: unknown; html?: string; headers?: Record<string, string> };

export async function answer(world: World, request: Request, entry: LogEntry, fault?: Fault): Promise<Reply> {
  try {
    return answerOAuth(world, request) ?? (await answerApi(world, request, entry, fault));
  } catch (error) {
    if (error instanceof ApiError) return { status: error.code, body: error.body };
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { status: 500, body: backendError(500, { domain: 'global', reason: 'backendError', message }).body };
  }
}

function answerOAuth(world: World, { method, url, text }: Request): Reply | undefined {
  const form = new URLSearchParams(text);
  switch (`${method} ${url.pathname}`) {
    case 'GET /o/oauth2/v2/auth':
      return authorize(world, url);
    case 'POST /token':
      return exchange(world, form);
    case 'POST /revoke':
      return revoke(world, url.searchParams.get('token') ?? form.get('token') ?? '');
    default:
      return undefined;
  }
}

async function answerApi(world: World, request: Request, entry: LogEntry, fault?: Fault): Promise<Reply> {
  const route = findMethod(request.method, request.url.pathname);
  const operation = route && operations[route.method.id];
  if (!route || !operation) throw notFound();
  entry.operation = route.method.id;
  const grant = authenticate(world, request, route.method);
  const account = world.state.accounts[grant.email];
  if (!account) throw credentialInvalid();
  entry.account = account.email;
  const query = readQuery(route.method, request.url.searchParams);
  if (typeof query.timeZone === 'string' && !isZone(query.timeZone))
    throw invalidParameter('timeZone', 'Invalid Value');
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  const reply = await operation(world, {
    account,
    grant,
    path: route.path,
    query,
    body: route.method.request ? readJson(request.text) : {},
    origin: request.url.origin,
    ...(ifMatch !== undefined && { ifMatch }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch }),
    ...(fault?.kind === 'short-page' && { pageSize: fault.size }),
  });
  return dressed(reply, route.method, query.fields);
}

function authenticate(world: World, { headers }: Request, method: Method): Grant {
  const [scheme, token] = (headers.authorization ?? '').split(' ');
  if (!token || scheme?.toLowerCase() !== 'bearer') throw credentialMissing();
  const grant = world.state.accessTokens[token];
  if (!grant || grant.expiresAt <= world.now()) throw credentialInvalid();
  if (!method.scopes.some((scope) => grant.scopes.includes(scope))) throw scopeInsufficient(method.id);
  return grant;
}

function readJson(text: string): Json {
  try {
    const body: unknown = JSON.parse(text || '{}');
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Json;
  } catch {
    throw backendError(400, { domain: 'global', reason: 'parseError', message: 'Parse Error' });
  }
  throw invalid();
}

/** With the etag as a header, and only the fields that were asked for. */
function dressed(reply: Reply, { response }: Method, fields: unknown): Reply {
  const { body } = reply;
  const etag = typeof body === 'object' && body !== null && 'etag' in body ? { ETag: String(body.etag) } : {};
  return { ...reply, headers: etag, ...(typeof fields === 'string' && { body: select(fields, response ?? {}, body) }) };
}
