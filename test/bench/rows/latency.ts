/** Row 7: from a change on one side until it is on the other, on the running stack, and where that time goes. */
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { clientDefaults } from '../../../infra/local/aws/place.ts';
import { type Figure, median, percentile, type Row } from '../figures.ts';
import { eventOn } from '../rig/acts.ts';
import { type MeteredSession, startMeteredSession } from '../rig/metered-session.ts';
import { type Change, type Stages, stagesToGoogle, stagesToHere } from '../rig/stages.ts';

const barbers = 100;
const seconds = 8;
const perSecond = [1, 10, 50];
const bookingsPerSecond = 5;
const mostMs = 1_000;
const settleMs = 60_000;

type Make = (change: number, title: string) => unknown;

/** So many in each second, each calendar's as far apart as can be. */
const makeEach = async (rate: number, make: Make): Promise<Change[]> => {
  const changes: Change[] = [];
  const begun = performance.now();
  const made: unknown[] = [];
  for (let change = 0; change < rate * seconds; change++) {
    await delay(Math.max(0, begun + (change * 1_000) / rate - performance.now()));
    const title = `Change ${change} of ${rate} per second`;
    changes.push({ title, madeAt: performance.now() });
    made.push(make(change, title));
  }
  await Promise.all(made);
  return changes;
};

const measureRate = async (
  { stack, meter }: MeteredSession,
  rate: number,
  how: { make: Make; stagesOf: (calls: ReturnType<typeof meter.take>, change: Change) => Stages | undefined },
): Promise<Stages[]> => {
  await stack.idle(settleMs);
  await delay(1_400); // No calendar is in its cool-down.
  meter.take();
  const changes = await makeEach(rate, how.make);
  await stack.idle(settleMs);
  const calls = meter.take();
  return changes.map((change) => how.stagesOf(calls, change)).filter((stages) => stages !== undefined);
};

const totalOf = (stages: Stages): number => Object.values(stages).reduce((sum, ms) => sum + ms, 0);

const figuresOf = (what: string, made: number, stages: Stages[], targetMs?: number): Figure[] => {
  const totals = stages.map(totalOf);
  const names = Object.keys(stages[0] ?? {});
  const split = names.map((name) => `${name} ${median(stages.map((one) => one[name] ?? 0)).toFixed(0)}`).join(', ');
  const ms = (value: number) => value.toFixed(0);
  return [
    {
      what: `${what}: p95`,
      value: percentile(totals, 0.95),
      unit: 'ms',
      ...(targetMs !== undefined && { target: { atMost: targetMs } }),
      note: `p50 ${ms(median(totals))}, p99 ${ms(percentile(totals, 0.99))}; at p50: ${split}; ${stages.length} of ${made}`,
    },
  ];
};

const floors = 30;

/** One listing and one write, and nothing between them. */
const measureFloor = async ({ google, stack }: MeteredSession, calendar: string, table: string): Promise<number> => {
  const { accessToken } = google.control.mintAccessToken({ email: calendar });
  const client = new DynamoDBClient({ ...clientDefaults, endpoint: stack.endpoints.dynamodb });
  const url = `${google.url}/calendar/v3/calendars/${encodeURIComponent(calendar)}/events?maxResults=1`;
  const times: number[] = [];
  for (let round = 0; round < floors; round++) {
    const begun = performance.now();
    await (await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } })).json();
    const Item = { pk: { S: 'BENCH' }, sk: { S: String(round) }, value: { S: 'x'.repeat(600) } };
    await client.send(new PutItemCommand({ TableName: table, Item }));
    times.push(performance.now() - begun);
  }
  client.destroy();
  return median(times);
};

const measure = async (): Promise<Figure[]> => {
  const session = await startMeteredSession();
  try {
    const users = Array.from({ length: barbers }, (_, index) => `barber-${index}`);
    const calendars = await pMap(users, (user) => session.connect(user), { concurrency: 2 });
    const table = String(session.meter.take().find(({ operation }) => operation === 'GetItem')?.request.TableName);
    const inGoogle: Make = (change, title) => {
      const calendar = calendars[change % barbers] ?? '';
      return session.google.control.insertEvent({ calendar, event: eventOn(1 + (change % 300), title) });
    };
    const here: Make = async (change, title) => {
      const { start, end } = eventOn(301 + (change % 50), '');
      const times = { start: start.dateTime, end: end.dateTime, timeZone: start.timeZone };
      const booking = JSON.stringify({ title, ...times });
      const { status } = await session.call('POST', '/api/v2/appointments', users[change % barbers], booking);
      if (status !== 201) throw new Error(`A booking was answered ${status}`);
    };
    const figures: Figure[] = [];
    const floorMs = await measureFloor(session, calendars[0] ?? '', table);
    for (const rate of perSecond) {
      const stages = await measureRate(session, rate, { make: inGoogle, stagesOf: stagesToHere });
      const what = `Google → appointment, ${rate} changes/s over ${barbers} calendars`;
      figures.push(...figuresOf(what, rate * seconds, stages, rate === 10 ? mostMs : undefined));
      if (rate === 1) {
        const ratio = median(stages.map(totalOf)) / floorMs;
        figures.push({
          what: 'the same, p50 / one list and one write',
          value: ratio,
          unit: '×',
          note: `floor ${floorMs.toFixed(1)} ms`,
        });
      }
    }
    const stages = await measureRate(session, bookingsPerSecond, { make: here, stagesOf: stagesToGoogle });
    figures.push(
      ...figuresOf(`appointment → Google, ${bookingsPerSecond} bookings/s`, bookingsPerSecond * seconds, stages),
    );
    return figures;
  } finally {
    await session.stop();
  }
};

export const latency: Row = { name: 'latency', title: '7. Latency on the local stack', measure };
