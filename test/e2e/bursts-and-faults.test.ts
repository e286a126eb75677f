/** Many notifications at once, calendars that fail, and batches of several groups: what each costs, and whom. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setInterval } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestSession, type TestSession } from '../support/local-session.ts';

const patiently = { timeout: 10_000, interval: 50 };
const withinASecond = { timeout: 1_000, interval: 20 };

let session: TestSession;
let recorder: Server;
/** The consumer's calls to hide messages: which, and for how many seconds. */
let hidden: Record<string, number>[];

beforeAll(async () => {
  let sqs = '';
  recorder = createServer(async (request, response) => {
    const body = await text(request);
    const target = String(request.headers['x-amz-target']);
    if (target.endsWith('.ChangeMessageVisibilityBatch')) hidden.push(entriesOf(body));
    const headers = { 'content-type': String(request.headers['content-type']), 'x-amz-target': target };
    const answer = await fetch(`${sqs}${request.url}`, { method: 'POST', headers, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve));
  const { port } = recorder.address() as AddressInfo;
  session = await startTestSession({
    interpose: (name, endpoints) => {
      if (name !== 'sync-consumer') return endpoints;
      sqs = endpoints.sqs;
      return { ...endpoints, sqs: `http://127.0.0.1:${port}` };
    },
  });
});
afterAll(async () => {
  await session.stop();
  recorder.close();
});
beforeEach(() => {
  hidden = [];
  session.google.control.clearLogs();
});

type Entries = { Entries: { ReceiptHandle: string; VisibilityTimeout: number }[] };
const entriesOf = (body: string): Record<string, number> =>
  Object.fromEntries(
    (JSON.parse(body) as Entries).Entries.map(({ ReceiptHandle, VisibilityTimeout }) => [
      ReceiptHandle,
      VisibilityTimeout,
    ]),
  );

const channelOf = (calendar: string) => {
  const found = session.google.control
    .channels()
    .find(({ calendarId, stopped }) => calendarId === calendar && !stopped);
  return found ?? expect.fail(`${calendar} has no channel`);
};

let messageNumber = 1_000;
/** As Google would notify; each message is another one. */
const notify = async (calendar: string): Promise<void> => {
  const { id, token, resourceId } = channelOf(calendar);
  const headers = {
    'X-Goog-Channel-ID': id,
    'X-Goog-Channel-Token': token ?? '',
    'X-Goog-Message-Number': String(++messageNumber),
    'X-Goog-Resource-ID': resourceId,
    'X-Goog-Resource-State': 'exists',
  };
  const { status } = await fetch(`${session.stack.apiUrl}/api/v2/webhooks/google-calendar`, {
    method: 'POST',
    headers,
  });
  expect(status).toBe(204);
};

/** By path: a call that meets an ordered fault is answered before anyone asks what it is. */
const listingsOf = (calendar: string) =>
  session.google.control
    .requests({ method: 'GET', path: '/events$' })
    .filter(({ path }) => decodeURIComponent(path).includes(`/${calendar}/`));

type Status = {
  calendars: { calendarId: string; state: string; reason?: string; channel?: object; lastSyncAt?: string }[];
};
const statusOf = async (user: string, calendar = `${user}@example.com`) => {
  const { body } = await session.call('GET', '/api/v2/calendar/real-time-sync/status', user);
  return (body as Status).calendars.find(({ calendarId }) => calendarId === calendar);
};

/** The cool-down of all of them is over. */
const rested = async (...users: string[]) => {
  const last = await Promise.all(users.map(async (user) => (await statusOf(user))?.lastSyncAt ?? ''));
  const overAt = Math.max(...last.map((at) => Date.parse(at))) + 2_000;
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(overAt), patiently);
};

const titles = async (user: string): Promise<string[]> => {
  const { body } = await session.call('GET', '/api/v2/appointments', user);
  return (body as { items: { title: string }[] }).items.map(({ title }) => title);
};

const insert = (calendar: string, summary: string) => {
  const moment = (hours: number) => ({ dateTime: new Date(Date.now() + hours * 3_600_000).toISOString() });
  session.google.control.insertEvent({ calendar, event: { summary, start: moment(24), end: moment(25) } });
};

/** Every listing of this calendar is answered so. */
const fail = (calendar: string, status: number, reason: string, headers = {}) =>
  session.google.control.orderFault({
    kind: 'status',
    status,
    reason,
    headers,
    method: 'GET',
    path: `/calendars/${encodeURIComponent(calendar).replaceAll('.', '\\.')}/events`,
    times: null,
  });

describe('[R11][F22] a burst of 50 notifications', () => {
  const burstLasting = async (calendar: string, ms: number): Promise<void> => {
    const posts: Promise<void>[] = [];
    for await (const _ of setInterval(ms / 50)) {
      posts.push(notify(calendar));
      if (posts.length === 50) break;
    }
    await Promise.all(posts);
  };

  test.each([
    ['ann', 3_000, 5],
    ['ben', 200, 2],
  ])('to %s within %i ms costs at most %i listings, and misses nothing', async (user, ms, listings) => {
    const calendar = await session.connect(user);
    session.google.control.clearLogs();
    await burstLasting(calendar, ms);
    await session.stack.idle();
    expect(listingsOf(calendar).length).toBeGreaterThanOrEqual(1);
    expect(listingsOf(calendar).length).toBeLessThanOrEqual(listings);

    insert(calendar, 'after the burst');
    await vi.waitFor(async () => expect(await titles(user)).toEqual(['after the burst']), patiently);
  });
});

describe('a calendar that fails', () => {
  test('[R10][F43] holds up no other, shows as degraded, and recovers by itself', async () => {
    const [poison, healthy] = [await session.connect('cid'), await session.connect('dan')];
    fail(poison, 500, 'backendError');
    await notify(poison);
    await vi.waitFor(() => expect(listingsOf(poison).length).toBeGreaterThanOrEqual(1), patiently);
    await rested('dan');
    insert(healthy, 'not held up');
    await vi.waitFor(async () => expect(await titles('dan')).toEqual(['not held up']), withinASecond);
    expect(await statusOf('cid')).toMatchObject({ state: 'degraded', reason: 'backendError' });
    expect(await statusOf('dan')).toMatchObject({ state: 'synced' });

    session.google.control.clearFaults();
    await vi.waitFor(async () => expect(await statusOf('cid')).toMatchObject({ state: 'synced' }), patiently);
    expect(await statusOf('cid')).not.toHaveProperty('reason');
  });

  test('[F40] because access was refused is asked once, and left to the sweep', async () => {
    const calendar = await session.connect('eva');
    fail(calendar, 403, 'forbidden');
    session.google.control.clearLogs();
    for (let message = 0; message < 5; message++) await notify(calendar);
    await session.stack.idle();
    expect(listingsOf(calendar)).toHaveLength(1);
    expect(await statusOf('eva')).toMatchObject({ state: 'degraded', reason: 'forbidden' });
    session.google.control.clearFaults();
  });

  test('[F25][R7] because it is gone is switched off with its channel; the user’s others are not', async () => {
    const shared = 'shop@group.calendar.google.com';
    const primary = await session.connect('fay', [{ primary: true }, { id: shared }]);
    const { id } = channelOf(shared);
    fail(shared, 404, 'notFound');
    await notify(shared);
    await session.stack.idle();
    expect(await statusOf('fay', shared)).toMatchObject({ state: 'disabled', reason: 'calendar_gone' });
    expect(await statusOf('fay', shared)).not.toHaveProperty('channel');
    expect(session.google.control.channels().find((channel) => channel.id === id)).toMatchObject({ stopped: true });
    expect(await statusOf('fay', primary)).toMatchObject({ state: 'synced', channel: { state: 'active' } });
    session.google.control.clearFaults();
  });
});

describe('[R10][F31] a batch of several groups, as SQS delivers it', () => {
  let keys: Record<string, string>;
  beforeAll(async () => {
    for (const user of ['gil', 'hal', 'ida']) await session.connect(user);
    keys = Object.fromEntries(['gil', 'hal', 'ida'].map((user) => [user, keyOf(user)]));
  });

  /** The channel's token names the calendar. */
  const keyOf = (user: string): string => channelOf(`${user}@example.com`).token?.split('.')[3] ?? '';

  const record = (
    user: string,
    id: string,
    { body, sentAt = Date.now() }: { body?: string; sentAt?: number } = {},
  ) => ({
    messageId: id,
    receiptHandle: `receipt-${id}`,
    body: body ?? JSON.stringify({ calendarKey: keys[user], chainId: id, reason: 'sweep' }),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(sentAt),
      MessageGroupId: keys[user],
    },
  });
  const consume = async (...Records: object[]): Promise<string[]> => {
    const answer = await session.stack.functions.invoke('sync-consumer', { Records });
    const { batchItemFailures } = answer as { batchItemFailures: { itemIdentifier: string }[] };
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
  test('fails the group of a calendar that fails, at once and alike, and no other', async () => {
    await rested(...Object.keys(keys));
    fail('gil@example.com', 429, 'rateLimitExceeded', { 'Retry-After': '30' });
    const failed = await consume(record('gil', 'g1'), record('hal', 'h1'), record('gil', 'g2'), record('gil', 'g3'));
    session.google.control.clearFaults();
    expect(failed).toEqual(['g1', 'g2', 'g3']);
    expect(listingsOf('gil@example.com')).toHaveLength(1);
    expect(listingsOf('hal@example.com')).toHaveLength(1);
    expect(hidden).toHaveLength(1);
    expect(Object.keys(hidden[0] ?? {})).toEqual(['receipt-g1', 'receipt-g2', 'receipt-g3']);
    const [wait, ...waits] = Object.values(hidden[0] ?? {});
    expect([31, 32]).toContain(wait); // What Google asks for, and the jitter of a first failure.
    expect(new Set(waits)).toEqual(new Set([wait]));
  });

  test('[R11] hands back what is too soon with a short wait, after the first of its group is done', async () => {
    await rested(...Object.keys(keys));
    const soon = Date.now() + 60_000; // As if sent while the first is at work.
    const undone = await consume(
      record('hal', 'h1'),
      record('hal', 'h2', { sentAt: soon }),
      record('ida', 'i1'),
      record('hal', 'h3', { sentAt: soon }),
    );
    expect(undone).toEqual(['h2', 'h3']);
    expect(hidden).toEqual([{ 'receipt-h2': 1, 'receipt-h3': 1 }]);
    expect(await statusOf('hal')).toMatchObject({ state: 'synced' });
  });

  test('acknowledges all that the first of a group has covered', async () => {
    await rested(...Object.keys(keys));
    const before = Date.now() - 2_000;
    const records = ['i1', 'i2', 'i3'].map((id) => record('ida', id, { sentAt: before }));
    expect(await consume(...records)).toEqual([]);
    expect(listingsOf('ida@example.com')).toHaveLength(1);
  });

  test.each(['', '{', '{"calendarKey":"x"}', 'null'])(
    'fails a body that is no hint, "%s", with its group only',
    async (body) => {
      const sentAt = Date.now() - 60_000; // Covered long ago: what is handled at all is acknowledged.
      const failed = await consume(
        record('gil', 'g1', { body }),
        record('gil', 'g2', { sentAt }),
        record('ida', 'i1', { sentAt }),
      );
      expect(failed).toEqual(['g1', 'g2']);
      expect(hidden.map((group) => Object.keys(group))).toEqual([['receipt-g1', 'receipt-g2']]);
    },
  );
});

test('every call names the user whose quota it is to be counted against, and no one could read who that is', async () => {
  const calendars = [await session.connect('joy'), await session.connect('kim')];
  const names = calendars.map((account) => {
    const calls = session.google.control.requests({ path: '^/calendar/' }).filter((call) => call.account === account);
    expect(new Set(calls.map(({ operation }) => operation))).toEqual(
      new Set(['calendar.calendarList.list', 'calendar.events.watch', 'calendar.events.list']),
    );
    const quotaUsers = new Set(calls.map(({ query }) => query.quotaUser));
    expect(quotaUsers.size).toBe(1);
    return String([...quotaUsers][0]);
  });
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{40}$/);
});
