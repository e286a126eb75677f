/** Reverse proxies that count the calls of one function and spring at one of them, before it is passed on. */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Trip = { atCall: number; spring: () => Promise<void> };

export type Tripwire = {
  /** An address to give out now, aimed at its target when that is known. */
  wire: () => Wire;
  /** Begins to count anew. */
  set: (trip: Trip) => void;
  /** Stops counting; tells how many calls there were. */
  disarm: () => number;
  /** What was counted: operations of AWS, paths of Google. */
  operations: () => string[];
  stop: () => Promise<void>;
};

export type Wire = {
  address: string;
  /** `except`: paths that are passed on uncounted. */
  aim: (target: string, except?: RegExp) => void;
};

type OpenWire = Wire & { server: Server; target: string; except: RegExp | undefined };

/** `count`: how many targets can be wired. */
export async function openTripwire(count: number): Promise<Tripwire> {
  const wires = await Promise.all(Array.from({ length: count }, openWire));
  const free = [...wires];
  let trip: Trip | undefined;
  let calls = 0;
  const operations: string[] = [];

  const handle = async (wire: OpenWire, incoming: IncomingMessage, response: ServerResponse) => {
    const counted = trip !== undefined && !wire.except?.test(incoming.url ?? '');
    if (counted) operations.push(operationOf(incoming));
    if (counted && ++calls === trip?.atCall) return trip.spring();
    const answer = await passOn(wire.target, incoming);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  for (const wire of wires) {
    wire.server.on('request', (incoming, response) => {
      handle(wire, incoming, response).catch(() => response.destroy());
    });
  }

  return {
    wire: () => free.pop() ?? fail(`There are only ${count} wires`),
    set: (next) => {
      trip = next;
      calls = 0;
      operations.length = 0;
    },
    disarm: () => {
      trip = undefined;
      return calls;
    },
    operations: () => [...operations],
    stop: async () => {
      for (const { server } of wires) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

async function openWire(): Promise<OpenWire> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const wire: OpenWire = {
    server,
    address: `http://127.0.0.1:${port}`,
    target: '',
    except: undefined,
    aim: (target, except) => Object.assign(wire, { target, except }),
  };
  return wire;
}

const operationOf = ({ headers, url = '' }: IncomingMessage): string =>
  String(headers['x-amz-target'] ?? url).replace(/^.*\./, '');

type Answer = { status: number; headers: IncomingMessage['headers']; body: Buffer };

/** The Host header goes through as it came: it is part of what AWS clients sign, and the engines do not check it. */
function passOn(target: string, incoming: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, headers, url = '/' } = incoming;
    const outgoing = request(new URL(url, target), { method, headers }, async (answer) => {
      const chunks = await answer.toArray();
      const { 'transfer-encoding': _, ...kept } = answer.headers;
      resolve({ status: answer.statusCode ?? 502, headers: kept, body: Buffer.concat(chunks) });
    });
    outgoing.once('error', reject);
    incoming.pipe(outgoing);
  });
}

function fail(message: string): never {
  throw new Error(message);
}
