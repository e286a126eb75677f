/** Row 5: US dollars per million notifications, from what was counted, and the prices and assumptions of prices.json. */
import type { Figure, Row } from '../figures.ts';
import tariff from '../prices.json' with { type: 'json' };
import type { Call } from '../rig/meter.ts';
import { type Counted, type Scenarios, scenarios } from '../rig/scenarios.ts';
import { unitsOf } from '../rig/units.ts';

const { prices, assumed, naive } = tariff;

/** As infra/ gives them. */
const memoryMb = { receiver: 256, consumer: 512, stream: 256 };
/** Milliseconds of a whole processor that these take: row 2 times the one, the other marshals a record or two. */
const receiverOwnMs = 0.5;
const streamOwnMs = 1;

/** Lone notifications of one batch are of different calendars, and wait together; those of a burst come one after the other. */
const sideBySide = { alone: assumed.messagesPerReceive.alone, inBursts: 1 };

const targets = { alone: 5.26, inBursts: 2.98 };

type Way = keyof typeof assumed.messagesPerReceive;
type Lines = Record<string, number>;

/** USD per million notifications, of what so many of them have caused together. */
const linesOf = (
  counted: Counted,
  how: { notifications: number; way: Way; ownMs: number; consumerMb: number },
): Lines => {
  const { calls, logs, google, lists } = counted;
  const { notifications, way } = how;
  const batch = assumed.messagesPerReceive[way];
  const of = (from: string) => calls.filter((call) => call.from === from);
  const consumerMs =
    (waitMs(of('sync-consumer')) + google * assumed.googleCallMs) / sideBySide[way] + assumed.waitInPlaceMs[way];
  const streamMs = waitMs(of('change-stream'));
  const { reads, writes } = unitsOf(calls);
  const queueCalls = calls.filter(({ service }) => service === 'sqs').length + (2 * notifications) / batch;
  const bytes = logs.reduce((sum, { line }) => sum + line.length + assumed.logBytesPerLine, 0);
  const gatewayBytes = notifications * assumed.logBytesOfGateway;

  const usd: Lines = {
    'HTTP API': notifications * prices.httpApiPerMillion.usd,
    receiver:
      invocations(notifications) +
      memory(memoryMb.receiver, notifications * assumed.queueCallMs, notifications * receiverOwnMs),
    queue: queueCalls * prices.sqsFifoPerMillion.usd,
    consumer: invocations(notifications / batch) + memory(how.consumerMb, consumerMs, lists * how.ownMs),
    'table, writes': writes * prices.writeUnitsPerMillion.usd,
    'table, reads': reads * prices.readUnitsPerMillion.usd,
    'stream reader':
      invocations(of('change-stream').length / batch) + memory(memoryMb.stream, streamMs / batch, streamOwnMs),
    logs: perKilobyte(bytes, prices.logsPerGb.usd) + perKilobyte(gatewayBytes, prices.logsOfInfrequentAccessPerGb.usd),
  };
  return Object.fromEntries(Object.entries(usd).map(([line, sum]) => [line, sum / notifications]));
};

/** Of a million times so many bytes, by the price of a gigabyte. */
const perKilobyte = (bytes: number, usd: number): number => (bytes / 1e3) * usd;

const invocations = (count: number): number => count * prices.lambdaRequestsPerMillion.usd;

/** A function has a share of a processor as large as its memory: what it waits for takes as long as it takes. */
const memory = (megabytes: number, waitsMs: number, ownMs: number): number => {
  const seconds = (waitsMs + (ownMs * assumed.megabytesPerProcessor) / megabytes) / 1_000;
  return (megabytes / 1024) * seconds * prices.lambdaArmPerGbSecond.usd * 1e6;
};

const waitMs = (calls: Call[]): number =>
  calls.reduce((sum, { service }) => sum + (service === 'sqs' ? assumed.queueCallMs : assumed.tableCallMs), 0);

const mixed = (share: number, a: Lines, b: Lines): Lines =>
  Object.fromEntries(Object.entries(a).map(([line, usd]) => [line, share * usd + (1 - share) * (b[line] ?? 0)]));

const totalOf = (lines: Lines): number => Object.values(lines).reduce((sum, usd) => sum + usd, 0);

const waysOf = (counted: Scenarios, consumerMb: number): Record<Way | 'aloneAllChanged', Lines> => {
  const how = { notifications: 1, way: 'alone', ownMs: counted.ownMs, consumerMb } as const;
  const changed = linesOf(counted.oneChanged, how);
  const unchanged = linesOf(counted.nothingNew, how);
  return {
    aloneAllChanged: changed,
    alone: mixed(assumed.changesPerLoneNotification, changed, unchanged),
    inBursts: linesOf(counted.fiveForOneChange, { ...how, notifications: 5, way: 'inBursts' }),
  };
};

const measure = async (): Promise<Figure[]> => {
  const counted = await scenarios();
  const { alone, aloneAllChanged, inBursts } = waysOf(counted, memoryMb.consumer);
  const floor = prices.httpApiPerMillion.usd + prices.sqsFifoPerMillion.usd;
  const usd = (what: string, value: number, more: Partial<Figure> = {}): Figure => ({
    what,
    value,
    unit: 'USD/M',
    ...more,
  });
  const compared = (total: number) =>
    `naive ${(naive.usdPerMillion / total).toFixed(1)} × that; floor ${(total / floor).toFixed(1)} × below`;
  return [
    usd('the naive design', naive.usdPerMillion, { note: naive.note }),
    usd('no Lambda: gateway to queue, nothing verified', floor),
    usd('k = 1: each notification its own sync', totalOf(alone), {
      target: { atMost: targets.alone },
      note: `${assumed.changesPerLoneNotification} events changed by each; ${compared(totalOf(alone))}`,
    }),
    usd('k = 5: five notifications of one change', totalOf(inBursts), {
      target: { atMost: targets.inBursts },
      note: compared(totalOf(inBursts)),
    }),
    usd('k = 1, one event changed by each', totalOf(aloneAllChanged)),
    ...Object.keys(alone).map((line) =>
      usd(`  ${line}: k = 1`, alone[line] ?? 0, { note: `k = 5: ${(inBursts[line] ?? 0).toFixed(2)}` }),
    ),
    {
      what: "a sync, of the consumer's own time",
      value: counted.ownMs,
      unit: 'ms',
      note: 'on a whole processor of this machine',
    },
  ];
};

export const cost: Row = { name: 'cost', title: '5. USD per million notifications', measure };
