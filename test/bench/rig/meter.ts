/** Proxies between the functions and their services: each call is noted with what it carried, what it cost and when. */
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, json } from 'node:stream/consumers';

export type Body = Record<string, unknown>;

export type Call = {
  /** Who called, and whom: `sync-consumer`, `dynamodb`. */
  from: string;
  service: string;
  operation: string;
  request: Body;
  answer: Body;
  status: number;
  sentAt: number;
  answeredAt: number;
};

export type Meter = {
  /** The address that counts for this target; what the target is may be said later. */
  wire: (from: string, service: string) => Wire;
  /** What was noted since the last time. */
  take: () => Call[];
  /** Told of each call as soon as it is answered. */
  onCall: (listen: (call: Call) => void) => void;
  stop: () => Promise<void>;
};

export type Wire = { address: string; aim: (target: string) => void };

export const openMeter = async (names: { from: string; service: string }[]): Promise<Meter> => {
  const calls: Call[] = [];
  const listeners: ((call: Call) => void)[] = [];
  const note = (call: Call) => {
    calls.push(call);
    for (const listen of listeners) listen(call);
  };
  const wires = await Promise.all(names.map((name) => openWire(name, note)));
  return {
    wire: (from, service) => {
      const wire = wires.find((candidate) => candidate.from === from && candidate.service === service);
      if (wire === undefined) throw new Error(`${from} has no metered way to ${service}`);
      return wire;
    },
    take: () => calls.splice(0),
    onCall: (listen) => void listeners.push(listen),
    stop: async () => {
      for (const { server } of wires) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
};

type OpenWire = Wire & { from: string; service: string; server: Server };

const openWire = async (name: { from: string; service: string }, note: (call: Call) => void): Promise<OpenWire> => {
  let target = '';
  const server = createServer(async (incoming, response) => {
    const sentAt = performance.now();
    const operation = String(incoming.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    const asked = (await json(incoming)) as Body;
    try {
      const { status, headers, body } = await passOn(target, incoming, metered(operation, name.service, asked));
      response.writeHead(status, headers).end(body);
      const answer = JSON.parse(body.toString() || '{}') as Body;
      note({ ...name, operation, request: asked, answer, status, sentAt, answeredAt: performance.now() });
    } catch {
      response.destroy(); // The caller went away, or the target did: either way nobody waits for an answer.
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const aim = (to: string) => {
    target = to;
  };
  return { ...name, server, address, aim };
};

/** DynamoDB tells what a call has consumed when it is asked to. */
const metered = (operation: string, service: string, asked: Body): Body =>
  service === 'dynamodb' && /Item|Query/.test(operation) ? { ...asked, ReturnConsumedCapacity: 'INDEXES' } : asked;

type Answer = { status: number; headers: IncomingMessage['headers']; body: Buffer };

/** The Host header goes through as it came: it is part of what AWS clients sign, and the engines do not check it. */
const passOn = (target: string, { method, headers, url = '/' }: IncomingMessage, asked: Body): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const body = Buffer.from(JSON.stringify(asked));
    const options = { method, headers: { ...headers, 'content-length': body.byteLength } };
    const outgoing = request(new URL(url, target), options, async (answer) => {
      const { 'transfer-encoding': _, ...kept } = answer.headers;
      resolve({ status: answer.statusCode ?? 502, headers: kept, body: await buffer(answer) });
    });
    outgoing.once('error', reject).end(body);
  });
