/** The local stack's own paths beside the API's routes: the identity provider's token and key endpoints. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { splitTarget } from './event.ts';
import type { Issuer } from './issuer.ts';

export const tokenPath = '/_local/token';
export const jwksPath = '/_local/jwks.json';

const tokenRequest = z.strictObject({ userId: z.string().min(1), admin: z.boolean().optional() });

/** Answers its own paths and hands everything else on. */
export function withLocalPaths(issuer: Issuer, next: RequestListener): RequestListener {
  return (request, response) => {
    const { path } = splitTarget(request.url ?? '/');
    if (path === jwksPath) reply(response, 200, issuer.jwks);
    else if (path === tokenPath) void issue(issuer, request, response);
    else next(request, response);
  };
}

async function issue(issuer: Issuer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { userId, admin = false } = tokenRequest.parse(await json(request));
    reply(response, 200, { token: await issuer.issueToken(userId, { admin }) });
  } catch (error) {
    reply(response, 400, { message: String(error) });
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
