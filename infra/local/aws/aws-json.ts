/** Serves a few actions of an AWS service over the JSON 1.1 protocol, enough for the real SDK clients. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { type Listening, listenLocally } from '../http/listen.ts';
import type { JsonRecord } from '../template/json.ts';

export type Actions = Record<string, (input: JsonRecord) => JsonRecord>;

/** What the SDK turns into an exception of that name. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function serveAwsJson(actions: Actions): Promise<Listening> {
  return listenLocally(createServer((request, response) => void answer(actions, request, response)));
}

async function answer(actions: Actions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await run(actions, request).catch((error: unknown) => failure(error));
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}

async function run(actions: Actions, request: IncomingMessage): Promise<{ status: number; body: JsonRecord }> {
  const target = String(request.headers['x-amz-target']);
  const action = actions[target.split('.').at(-1) ?? ''];
  if (action === undefined) throw new AwsError('UnknownOperationException', `${target} is not served locally`);
  return { status: 200, body: action((await json(request)) as JsonRecord) };
}

function failure(error: unknown): { status: number; body: JsonRecord } {
  if (error instanceof AwsError) return { status: 400, body: { __type: error.code, message: error.message } };
  return { status: 500, body: { __type: 'InternalFailure', message: String(error) } };
}
