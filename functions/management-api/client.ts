/**
 * The API as a frontend calls it, typed by the schemas that the routes themselves use. It carries types, the route table
 * and `fetch`, nothing else: answers are as documented, which the end-to-end tests prove, and are not parsed again.
 */
import type * as z from 'zod/mini';
import type { ProblemOf } from './openapi-responses.ts';
import type { operations } from './operations.ts';
import { type ProblemSlug, problemType } from './problem.ts';
import { type RouteName, routeTable } from './route-table.ts';
import type { gatewayMessage } from './schemas/gateway.ts';
import type { problemReply } from './schemas/problem.ts';

/** The callback is where Google sends a browser. */
export type OperationName = Exclude<RouteName, 'callback'>;

type Operations = typeof operations;
type Place = 'path' | 'query' | 'headers' | 'body';

/** What the operation takes in this place. */
type Part<Name extends OperationName, At extends Place> = Operations[Name] extends {
  [Where in At]: infer Schema extends z.ZodMiniType;
}
  ? { [Where in At]: z.input<Schema> }
  : object;

type Body<Name extends OperationName> = Operations[Name] extends { bodyOptional: true }
  ? Partial<Part<Name, 'body'>>
  : Part<Name, 'body'>;

export type RequestOf<Name extends OperationName> = Part<Name, 'path'> &
  Body<Name> &
  Partial<Part<Name, 'query'> & Part<Name, 'headers'>>;
export type ReplyOf<Name extends OperationName> = z.output<Operations[Name]['reply']>;
export type ProblemDetails = z.output<typeof problemReply>;
type GatewayMessage = z.output<typeof gatewayMessage>;

export type Client = {
  [Name in OperationName]: (
    ...call: object extends RequestOf<Name>
      ? [request?: RequestOf<Name>, options?: CallOptions]
      : [request: RequestOf<Name>, options?: CallOptions]
  ) => Promise<ReplyOf<Name>>;
};

/** `signal` gives the request up, as with `fetch`. */
export type CallOptions = { signal?: AbortSignal | undefined };

/** `token` is asked for each request, so that it can be renewed. */
export type ClientOptions = { baseUrl: string; token(): string | Promise<string> };

/** Every operation rejects with Refused when the answer is no success. */
export const createClient = (options: ClientOptions): Client => {
  const client: Partial<Client> = {};
  const names = Object.keys(routeTable).filter((name): name is OperationName => name !== 'callback');
  const calls = names.map((name) => [
    name,
    (request?: AnyRequest, { signal }: CallOptions = {}) => send({ ...options, signal }, name, request),
  ]);
  return Object.assign(client, Object.fromEntries(calls)) as Client;
};

type AnyRequest = {
  path?: Record<string, string>;
  query?: Record<string, string | undefined>;
  headers?: Record<string, string | undefined>;
  body?: unknown;
};

type Sending = ClientOptions & { signal: AbortSignal | undefined };

const send = async ({ baseUrl, token, signal }: Sending, name: OperationName, request: AnyRequest = {}) => {
  const { path = {}, query = {}, headers = {}, body } = request;
  const address = routeTable[name].path.replace(/\{(\w+)\}/g, (_, part) => encodeURIComponent(path[part] ?? ''));
  const parameters = new URLSearchParams(given(query)).toString();
  const response = await fetch(`${baseUrl}${address}${parameters && `?${parameters}`}`, {
    method: routeTable[name].method,
    headers: {
      ...given(headers),
      authorization: `Bearer ${await token()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  if (!response.ok) throw await refusal(name, response);
  return response.json();
};

/** Undefined values are left out: the cursor behind the last page, say. */
const given = (parts: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

/** The API, or the gateway before it, has said no. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly operation: OperationName;
  readonly status: number;
  /** Absent when the gateway has answered by itself. */
  readonly problem: ProblemDetails | undefined;

  /** `said`: the gateway's own words, where it has any. */
  constructor(operation: OperationName, status: number, said: ProblemDetails | string) {
    const problem = typeof said === 'string' ? undefined : said;
    const words = typeof said === 'string' ? said : said.detail;
    super(`${operation} was refused with ${status}${words && `: ${words}`}`);
    this.operation = operation;
    this.status = status;
    this.problem = problem;
  }
}

const refusal = async (name: OperationName, response: Response): Promise<Refused> => {
  const type = response.headers.get('content-type') ?? '';
  if (type === 'application/problem+json') {
    return new Refused(name, response.status, (await response.json()) as ProblemDetails);
  }
  const { message } = type.startsWith('application/json')
    ? ((await response.json()) as GatewayMessage)
    : { message: '' };
  return new Refused(name, response.status, message);
};

/** Was this operation refused for this reason? Only documented reasons can be asked for. */
export const isRefusedAs = <Name extends OperationName>(
  error: unknown,
  operation: Name,
  slug: ProblemOf<Name> & ProblemSlug,
): error is Refused & { problem: ProblemDetails } =>
  error instanceof Refused && error.operation === operation && error.problem?.type === problemType(slug);
