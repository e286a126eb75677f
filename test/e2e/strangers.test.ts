/**
 * The public door as a stranger finds it. What is not Google's gets one and the same answer and has no effect, counted at
 * the engines; what was Google's once, and is replayed, has no more effect than the notification that it was.
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, instantAt, plusMs, second } from '../../shared/domain/instant.ts';
import { createChannelToken, type WebhookKeys } from '../../shared/notifications/channel-token.ts';
import { webhookPath } from '../../shared/notifications/webhook-path.ts';
import { parseWebhookKeys } from '../../shared/runtime/secrets.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';
import { openTripwire, type Tripwire } from '../support/tripwire.ts';

/** Another number of them: docs/load-and-chaos.md. */
const replays = Number(process.env.REPLAYS ?? 50);
const masterKey = 'the webhook key of these tests, long enough';

let queue: Tripwire;
let table: Tripwire;
let session: TestSession;
let genuine: Headers;
let bobs: Headers;
const logs: string[] = [];
/** A connection for each call: one that is kept may have been closed by the other end. */
const agent = new Agent({ maxSockets: 16 });

/** Names and values alternate, so that a header can come twice. */
type Headers = string[];

beforeAll(async () => {
  [queue, table] = [await openTripwire(1), await openTripwire(1)];
  const [queueWire, tableWire] = [queue.wire(), table.wire()];
  session = await startTestSession(
    {
      onLog: (_, line) => logs.push(line),
      interpose: (_, endpoints) => {
        queueWire.aim(endpoints.sqs);
        tableWire.aim(endpoints.dynamodb);
        return { ...endpoints, sqs: queueWire.address, dynamodb: tableWire.address };
      },
    },
    { GOOGLE_WEBHOOK_SECRET: masterKey },
  );
  genuine = headersOf(await session.connect('ann'));
  bobs = headersOf(await session.connect('bob'));
  expect(await post(genuine)).toMatchObject({ status: 204 }); // The receiver has started, and read its secret.
  await session.stack.idle();
}, 120_000);
afterAll(async () => {
  agent.destroy();
  await session.stop();
  await queue.stop();
  await table.stop();
});

const channelOf = (calendar: string) => {
  const firing = session.google.control
    .channels()
    .filter(({ calendarId, stopped }) => calendarId === calendar && !stopped);
  return firing[0] ?? expect.fail(`${calendar} has no channel`);
};

/** What Google sends for the channel of this calendar. */
const headersOf = (calendar: string): Headers => {
  const { id, token = '', resourceId } = channelOf(calendar);
  const named = {
    'X-Goog-Channel-ID': id,
    'X-Goog-Channel-Token': token,
    'X-Goog-Message-Number': '77',
    'X-Goog-Resource-ID': resourceId,
    'X-Goog-Resource-State': 'exists',
    'X-Goog-Resource-URI': 'https://www.googleapis.com/calendar/v3/calendars/x/events?alt=json',
  };
  return Object.entries(named).flat();
};

const pairsOf = (headers: Headers) =>
  headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? '']] : []));
const headerOf = (headers: Headers, name: string): string =>
  new Map(pairsOf(headers) as [string, string][]).get(name) ?? '';
const drop = (name: string): Headers =>
  pairsOf(genuine)
    .filter(([other]) => other !== name)
    .flat();
const change = (name: string, value: string): Headers => [...drop(name), name, value];
const withToken = (token: string): Headers => change('X-Goog-Channel-Token', token);
const token = () => headerOf(genuine, 'X-Goog-Channel-Token');

/** All of the answer but when it was given. */
type Answer = { status: number | undefined; headers: string[]; body: string };

const post = (headers: Headers): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const all = ['Host', new URL(session.stack.apiUrl).host, 'Content-Length', '0', ...headers];
    const outgoing = request(new URL(webhookPath, session.stack.apiUrl), { method: 'POST', agent, headers: all });
    outgoing.once('response', (answer) => resolve(read(answer)));
    outgoing.once('error', reject);
    outgoing.end();
  });

const read = async (answer: IncomingMessage): Promise<Answer> => {
  const chunks = (await answer.toArray()) as Buffer[];
  const headers = pairsOf(answer.rawHeaders).filter(([name]) => !/^(date|apigw-requestid)$/i.test(name ?? ''));
  return { status: answer.statusCode, headers: headers.flat(), body: Buffer.concat(chunks).toString('base64') };
};

const never = { atCall: Number.POSITIVE_INFINITY, spring: async () => undefined };

type Effects = { queue: string[]; table: string[]; google: string[] };
const none: Effects = { queue: [], table: [], google: [] };

/** Every call of every function, to its queue and its table, and all that Google was asked, until it is quiet. */
const effectsOf = async (act: () => Promise<unknown>): Promise<Effects> => {
  await session.stack.idle();
  session.google.control.clearLogs();
  for (const engine of [queue, table]) engine.set(never);
  await act();
  await session.stack.idle(600_000);
  for (const engine of [queue, table]) engine.disarm();
  const google = session.google.control.requests().map(({ operation, path }) => operation ?? path);
  return { queue: queue.operations(), table: table.operations(), google };
};

const rejected = (): number => logs.filter((line) => line.includes('"NotificationRejected":1')).length;

describe('[R15] what Google has not sent', () => {
  const other = (character: string) => (character === 'A' ? 'B' : 'A');
  const swap = (text: string, at: number) => text.slice(0, at) + other(text.charAt(at)) + text.slice(at + 1);

  /** As the product makes them, with a key and an end of the test's choice. */
  const tokenBy = (keys: WebhookKeys, expiresInMs: number): string => {
    const [, , , calendarKey = '', generation] = token().split('.');
    const expiresAt = plusMs(instantAt(Date.now()), expiresInMs);
    const claims = { calendarKey: asId<never>(calendarKey), connectGeneration: Number(generation), expiresAt };
    return createChannelToken(keys, asId(headerOf(genuine, 'X-Goog-Channel-ID')), claims);
  };
  const keysOf = (stage: string, master = masterKey, id = 'k1') =>
    parseWebhookKeys(stage)({ active: id, keys: { [id]: master } });
  const spliced = () => {
    const [, , , theirs = ''] = headerOf(bobs, 'X-Goog-Channel-Token').split('.');
    return token().replace(token().split('.')[3] ?? '', theirs);
  };

  test('the tokens of this suite are made as ours are: one with the right key is taken', async () => {
    expect(await post(withToken(tokenBy(keysOf('local'), 1 * hour)))).toMatchObject({ status: 204 });
  });

  const forgeries: [string, () => Headers][] = [
    ['no headers at all', () => []],
    ['no channel id', () => drop('X-Goog-Channel-ID')],
    ['no token', () => drop('X-Goog-Channel-Token')],
    ['no message number', () => drop('X-Goog-Message-Number')],
    ['no resource id', () => drop('X-Goog-Resource-ID')],
    ['no resource state', () => drop('X-Goog-Resource-State')],
    ['an unknown state', () => change('X-Goog-Resource-State', 'gone')],
    ['message number 0', () => change('X-Goog-Message-Number', '0')],
    ['a message number that is none', () => change('X-Goog-Message-Number', '7e3')],
    ['an over-long channel id', () => change('X-Goog-Channel-ID', 'a'.repeat(65))],
    ['an over-long token', () => withToken('a'.repeat(257))],
    ['two tokens in one header', () => withToken(`${token()}, x`)],
    ['two headers with the same token', () => [...genuine, 'X-Goog-Channel-Token', token()]],
    ['two channel ids', () => [...genuine, 'x-goog-channel-id', 'another']],
    ['a forged token', () => withToken(swap(token(), token().length - 1))],
    ['a channel id of its own making', () => change('X-Goog-Channel-ID', 'another-channel')],
    ['the token of another barber’s channel', () => withToken(headerOf(bobs, 'X-Goog-Channel-Token'))],
    ['the id of another barber’s channel', () => change('X-Goog-Channel-ID', headerOf(bobs, 'X-Goog-Channel-ID'))],
    ['another barber’s calendar in a genuine token', () => withToken(spliced())],
    ['a token that ended a second ago', () => withToken(tokenBy(keysOf('local'), -1 * second))],
    ['a token of long ago', () => withToken(tokenBy(keysOf('local'), -1000 * hour))],
    ['a token of stage prod, of the same secret', () => withToken(tokenBy(keysOf('prod'), 1 * hour))],
    ['a token of another secret', () => withToken(tokenBy(keysOf('local', 'x'.repeat(40)), 1 * hour))],
    ['a token of a key that we do not have', () => withToken(tokenBy(keysOf('local', masterKey, 'k2'), 1 * hour))],
  ];

  test.each(forgeries)('with %s: the constant answer, a metric, and no effect', async (_, headers) => {
    const before = rejected();
    const answers: Answer[] = [];
    const effects = await effectsOf(async () => answers.push(await post(headers())));
    expect(effects).toEqual(none);
    expect(answers).toEqual([await post([])]);
    expect(answers[0]).toMatchObject({ status: 404, body: '' });
    await expect.poll(rejected).toBe(before + 2);
  });

  test('with any one character of the token changed: the same', async () => {
    const [constant, before] = [await post([]), rejected()];
    const changed = Array.from({ length: token().length }, (_, at) => withToken(swap(token(), at)));
    const answers: Answer[] = [];
    const effects = await effectsOf(async () => answers.push(...(await Promise.all(changed.map(post)))));
    expect(effects).toEqual(none);
    expect(answers).toEqual(changed.map(() => constant));
    await expect.poll(rejected).toBeGreaterThanOrEqual(before + changed.length);
  });
});

describe('[R11][R15] what Google has sent once, replayed', () => {
  let number = 1_000;

  /** What it has cost, and how many listings it may cost: 2 + D/C, and one more where the clocks leave a doubt. */
  const replay = async (headers: Headers, numberOf: () => string) => {
    const statuses = new Set<number | undefined>();
    const began = performance.now();
    let tookMs = 0;
    const effects = await effectsOf(async () => {
      const posting = Array.from({ length: replays }, () =>
        post([
          ...pairsOf(headers).flatMap(([name = '', value = '']) =>
            name === 'X-Goog-Message-Number' ? [] : [name, value],
          ),
          'X-Goog-Message-Number',
          numberOf(),
        ]),
      );
      for (const { status } of await Promise.all(posting)) statuses.add(status);
      tookMs = performance.now() - began;
    });
    const countOf = (calls: string[], call: string) => calls.filter((other) => other === call).length;
    return {
      statuses: [...statuses],
      bound: 3 + tookMs / second,
      listings: countOf(effects.google, 'calendar.events.list'),
      otherCallsToGoogle: effects.google.filter((call) => call !== 'calendar.events.list'),
      hints: countOf(effects.queue, 'SendMessage'),
      writes: effects.table.filter((call) => !/^(GetItem|BatchGetItem|Query)$/.test(call)),
    };
  };
  const sameNumber = () => '900';
  const otherNumber = () => String(++number);

  test(`${replays} times with its number is two listings at most`, async () => {
    const { statuses, listings, otherCallsToGoogle } = await replay(genuine, sameNumber);
    expect(statuses).toEqual([204]);
    expect(listings).toBeLessThanOrEqual(2);
    expect(otherCallsToGoogle).toEqual([]);
  }, 300_000);

  test(`${replays} times with other numbers, which nobody signs, is 2 + D/C listings at most`, async () => {
    const { statuses, listings, bound, otherCallsToGoogle } = await replay(genuine, otherNumber);
    expect(statuses).toEqual([204]);
    expect(listings).toBeLessThanOrEqual(bound);
    expect(otherCallsToGoogle).toEqual([]);
  }, 600_000);

  const switchTo = async (route: 'enable' | 'disable') => {
    const { method, path } = routeTable[route];
    expect(await session.call(method, path, 'bob')).toMatchObject({ status: 200 });
    await session.stack.idle();
  };

  test('[F20] after its channel was stopped and replaced, is no more, and Google is not asked to stop it again', async () => {
    await switchTo('disable');
    await switchTo('enable');
    expect(headerOf(headersOf('bob@example.com'), 'X-Goog-Channel-ID')).not.toBe(headerOf(bobs, 'X-Goog-Channel-ID'));
    const { statuses, listings, bound, otherCallsToGoogle } = await replay(bobs, otherNumber);
    expect(statuses).toEqual([204]); // The receiver asks no table; whether the channel is ours still is the consumer's to say.
    expect(listings).toBeLessThanOrEqual(bound);
    expect(otherCallsToGoogle).toEqual([]);
  }, 600_000);

  test.each<[string, () => Promise<unknown>]>([
    ['after real-time sync was switched off', () => switchTo('disable')],
    ['after she has connected again', () => session.connect('bob')],
  ])(
    '%s, changes nothing and asks Google nothing',
    async (_, act) => {
      await act();
      const { listings, otherCallsToGoogle, writes } = await replay(bobs, otherNumber);
      expect({ listings, otherCallsToGoogle, writes }).toEqual({ listings: 0, otherCallsToGoogle: [], writes: [] });
    },
    600_000,
  );
});
