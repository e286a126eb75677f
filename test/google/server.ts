/**
 * A stand-in for Google: Calendar API v3, OAuth 2 and push on one loopback origin, for the real `googleapis` client.
 * It honours what Google documents, as its tests say, and knows nothing of who calls it. State is in memory.
 * https://developers.google.com/workspace/calendar/api/v3/reference
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { answer, type Reply, type Request } from './answer.ts';
import { type Control, createControl, notifyTouched } from './control.ts';
import { ApiError } from './errors.ts';
import { orderedReply, spoiled, takeFault } from './faults.ts';
import { createPush } from './push.ts';
import { emptyState } from './state.ts';
import { defaultSettings, type LogEntry, maxLogEntries, type Settings, type World } from './world.ts';

export type GoogleOptions = Partial<Settings> & { port?: number; now?: () => number };
export type Google = {
  /** The origin; the API is under /calendar/v3, OAuth at /o/oauth2/v2/auth, /token and /revoke. */
  url: string;
  control: Control;
  stop(): Promise<void>;
};

/** Google keeps idle connections for minutes; Node's five seconds are less than a busy test may take between two calls. */
const keepAliveMs = 120_000;

export async function startGoogle({ port = 0, now = Date.now, ...settings }: GoogleOptions = {}): Promise<Google> {
  const world: World = {
    state: emptyState(),
    settings: { ...defaultSettings, ...settings },
    now,
    log: [],
    faults: [],
    push: createPush(),
    touched: new Set(),
  };
  const control = createControl(world);
  const server = createServer((request, response) => {
    // A caller who went away in the middle of a request.
    serve(world, control, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const stop = async () => {
    world.push.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, control, stop };
}

async function serve(world: World, control: Control, incoming: IncomingMessage, response: ServerResponse) {
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? '127.0.0.1'}`);
  const { method = 'GET', headers } = incoming;
  const request: Request = { method, url, headers, text: await readText(incoming) };
  if (/^\/control(\/|$)/.test(url.pathname)) return send(response, runCommand(control, request));

  const entry = note(world, request);
  const drop = () => {
    entry.status = 0;
    incoming.socket.resetAndDestroy();
  };
  const fault = takeFault(world.faults, method, url.pathname + url.search);
  if (fault?.kind === 'delay') await wait(fault.ms, undefined, { ref: false });
  if (fault?.kind === 'reset') return drop();
  const reply = orderedReply(fault, url.pathname) ?? spoiled(fault, await answer(world, request, entry, fault));
  entry.status = reply.status;
  if (fault?.kind === 'commit-then-drop') drop();
  else send(response, reply);
  notifyTouched(world);
}

function note(world: World, { method, url }: Request): LogEntry {
  const names = [...new Set(url.searchParams.keys())];
  const query = Object.fromEntries(
    names.map((name) => {
      const values = url.searchParams.getAll(name);
      return [name, values.length === 1 ? (values[0] as string) : values];
    }),
  );
  const entry: LogEntry = { at: world.now(), method, path: url.pathname, query };
  world.log.push(entry);
  if (world.log.length > maxLogEntries) world.log.shift();
  return entry;
}

function send(response: ServerResponse, { status, body, html, headers }: Reply): void {
  const text = html ?? (typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
  const type = html === undefined ? 'application/json; charset=UTF-8' : 'text/html; charset=UTF-8';
  response.writeHead(status, { ...(text !== undefined && { 'Content-Type': type }), ...headers });
  response.end(text);
}

/** POST /control/<command> with a JSON object, or GET with its fields in the query; GET /control names the commands. */
function runCommand(control: Control, { method, url, text }: Request): Reply {
  const commands: Record<string, (input: never) => unknown> = control;
  const name = url.pathname.slice('/control/'.length);
  if (!name) return { status: 200, body: { commands: Object.keys(commands) } };
  if (!Object.hasOwn(commands, name)) return { status: 404, body: { error: `no command ${name}` } };
  try {
    const input = method === 'GET' ? Object.fromEntries(url.searchParams) : JSON.parse(text || '{}');
    return { status: 200, body: commands[name]?.(input as never) ?? {} };
  } catch (error) {
    if (error instanceof ApiError) return { status: error.code, body: error.body };
    return { status: 400, body: { error: String(error) } };
  }
}
