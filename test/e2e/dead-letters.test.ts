/**
 * A hint that fails every try is given up: it can be seen, the calendar says why, and the sweep makes good what it was
 * about, unless an administrator sends it again before.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { deadLettersReply } from '../../functions/management-api/schemas/dead-letters.ts';
import { giveUpAfter } from '../../infra/local/aws/give-up.ts';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import type { CalendarKey } from '../../shared/domain/ids.ts';
import { parseHint } from '../../shared/queue/hint.ts';
import { calendarStore, type DueCalendars } from '../../shared/store/calendars.ts';
import { dynamoTable } from '../../shared/store/table.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';
import { at } from '../support/samples.ts';
import { openTripwire, type Tripwire } from '../support/tripwire.ts';

let tripwire: Tripwire;
let session: TestSession;
let sqs: SQSClient;
let dynamo: DynamoDBClient;
let calendars: DueCalendars;

beforeAll(async () => {
  tripwire = await openTripwire(1);
  const google = tripwire.wire();
  session = await startTestSession({
    visibilityTimeoutSeconds: 1,
    environment: { GOOGLE_API_ROOT_URL: google.address },
  });
  google.aim(session.google.url, /calendarList/); // That is a call of the management API's.
  sqs = new SQSClient({ ...clientDefaults, endpoint: session.stack.endpoints.sqs });
  dynamo = new DynamoDBClient({ ...clientDefaults, endpoint: session.stack.endpoints.dynamodb });
  calendars = calendarStore(dynamoTable(dynamo, session.stack.outputs.TableName ?? ''));
});
afterAll(async () => {
  sqs.destroy();
  dynamo.destroy();
  await session.stop();
  await tripwire.stop();
});
afterEach(() => {
  session.google.control.clearFaults();
  tripwire.disarm();
});

const queueUrl = (name: string): string =>
  session.stack.queues.find((queue) => queue.name.includes(name))?.url ?? expect.fail(`There is no queue ${name}`);

const waitForLetter = async <T>(find: () => Promise<T>): Promise<T> => {
  const found = await vi.waitFor(find, { timeout: 20_000, interval: 50 });
  await giveUpAfter(session.stack, 12); // On a busy machine a hint comes back while it is being seen to.
  return found;
};

/** Takes the next dead letter away: which calendar it was about. */
const deadLetter = (): Promise<CalendarKey> =>
  waitForLetter(async () => {
    const QueueUrl = queueUrl('DeadLetters');
    const { Messages: [letter] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const { calendarKey } = parseHint(letter?.Body ?? '');
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: letter?.ReceiptHandle }));
    return calendarKey;
  });

type AdminRoute = 'deadLetters' | 'redriveDeadLetters' | 'discardDeadLetters';

const callAs = async (admin: boolean, route: AdminRoute, body?: object) => {
  const { method, path } = routeTable[route];
  const authorization = `Bearer ${await session.stack.token('olga', { admin })}`;
  const init = { method, headers: { authorization, 'content-type': 'application/json' } };
  const response = await fetch(session.stack.apiUrl + path, { ...init, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, body: await response.json() };
};

const listed = async () => deadLettersReply.parse((await callAs(true, 'deadLetters')).body);

/** The first on the list, once there is one. */
const listedLetter = () => waitForLetter(async () => (await listed()).items[0] ?? expect.fail('There is none'));

const insert = (calendar: string, summary: string) => {
  const moment = (hours: number) => ({ dateTime: new Date(Date.now() + hours * 3_600_000).toISOString() });
  session.google.control.insertEvent({ calendar, event: { summary, start: moment(24), end: moment(25) } });
};

const titles = async (user: string): Promise<string[]> => {
  const { body } = await session.call('GET', routeTable.appointments.path, user);
  return (body as { items: { title: string }[] }).items.map(({ title }) => title);
};

const statusOf = async (user: string) => {
  const { body } = await session.call('GET', routeTable.status.path, user);
  return (body as { calendars: { state: string; reason?: string; lastSyncAt: string }[] }).calendars[0];
};

/** With its first sync and the cool-down after it behind it: the next hint is tried at once. */
const connectAndRest = async (user: string): Promise<string> => {
  const calendar = await session.connect(user);
  const restedAt = Date.parse((await statusOf(user))?.lastSyncAt ?? '') + 2_000;
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(restedAt), { timeout: 5_000 });
  return calendar;
};

/** An hour later, for this calendar. */
const sweepWhenDue = async (key: CalendarKey): Promise<void> => {
  await calendars.postpone(key, at('2026-01-01'));
  await session.stack.functions.invoke('renewal-worker', {});
  await session.stack.idle();
};

test('[R6] a hint that Google fails each time becomes a dead letter; the calendar says why; the sweep makes it good', async () => {
  const calendar = await connectAndRest('ann');
  const { control } = session.google;
  await giveUpAfter(session.stack, 2);
  control.orderFault({ kind: 'status', status: 500, reason: 'backendError', path: '/events\\?', times: null });
  control.clearLogs();
  insert(calendar, 'Given up');

  const key = await deadLetter();
  expect(control.requests({ path: '/events' })).toHaveLength(2);
  expect(await statusOf('ann')).toMatchObject({ state: 'degraded', reason: 'backendError' });
  control.clearFaults();
  expect(await titles('ann')).toEqual([]);

  await sweepWhenDue(key);
  expect(await titles('ann')).toEqual(['Given up']);
  expect(await statusOf('ann')).toEqual(expect.objectContaining({ state: 'synced' }));
  expect(await statusOf('ann')).not.toHaveProperty('reason');
}, 60_000);

test('[R6] so does one whose worker dies each time, though nobody is left to say why', async () => {
  const calendar = await connectAndRest('bob');
  await giveUpAfter(session.stack, 6); // A few more tries than it takes to note it: one may die before it can.
  const dieAtNextCall = () =>
    tripwire.set({
      atCall: 1,
      spring: async () => {
        dieAtNextCall();
        await session.stack.functions.kill('sync-consumer');
      },
    });
  dieAtNextCall();
  insert(calendar, 'Deadly');

  const key = await deadLetter();
  expect(await statusOf('bob')).toMatchObject({ state: 'degraded', reason: 'interrupted' });
  tripwire.disarm();
  await sweepWhenDue(key);
  expect(await titles('bob')).toEqual(['Deadly']);
  expect(await statusOf('bob')).toMatchObject({ state: 'synced' });
}, 60_000);

test('[F32] an administrator sees it explained, and sends it again: the calendar is synced and no letter is left', async () => {
  const calendar = await connectAndRest('cat');
  await giveUpAfter(session.stack, 2);
  const { control } = session.google;
  control.orderFault({ kind: 'status', status: 500, reason: 'backendError', path: '/events\\?', times: null });
  insert(calendar, 'Sent again');

  const letter = await listedLetter();
  expect(letter).toMatchObject({
    calendarId: calendar,
    userId: 'cat',
    reason: 'notification',
    trouble: { failures: 2, reason: 'backendError' },
    advice: expect.stringContaining('redrive it'),
  });
  control.clearFaults();
  const redrive = () => callAs(true, 'redriveDeadLetters', { ids: [letter.id] });
  expect(await redrive()).toEqual({ status: 200, body: { redriven: [letter.id], more: false } });
  await session.stack.idle();

  expect(await titles('cat')).toEqual(['Sent again']);
  expect(await statusOf('cat')).toMatchObject({ state: 'synced' });
  expect(await redrive()).toMatchObject({ body: { redriven: [] } });
  expect(await listed()).toEqual({ items: [], more: false });
}, 60_000);

test('[R4] the same one redriven twice changes nothing twice', async () => {
  const calendar = await connectAndRest('eve');
  await giveUpAfter(session.stack, 2);
  const { control } = session.google;
  control.orderFault({ kind: 'status', status: 500, reason: 'backendError', path: '/events\\?', times: null });
  insert(calendar, 'Only once');
  const { id } = await listedLetter();
  const QueueUrl = queueUrl('DeadLetters');
  const look = { QueueUrl, VisibilityTimeout: 0, MessageSystemAttributeNames: ['MessageGroupId' as const] };
  const { Messages: [letter] = [] } = await sqs.send(new ReceiveMessageCommand(look));
  control.clearFaults();
  const redrive = async () => {
    const { body } = await callAs(true, 'redriveDeadLetters', {});
    await session.stack.idle();
    return body;
  };
  const state = async () => [
    (await session.call('GET', routeTable.appointments.path, 'eve')).body,
    (await session.call('GET', routeTable.syncLogs.path, 'eve')).body,
  ];

  expect(await redrive()).toEqual({ redriven: [id], more: false });
  expect(await titles('eve')).toEqual(['Only once']);
  const before = await state();
  control.clearLogs();
  const ids = { MessageGroupId: letter?.Attributes?.MessageGroupId, MessageDeduplicationId: 'left-over' };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: letter?.Body, ...ids })); // As if it had not been taken away.
  expect(await redrive()).toMatchObject({ redriven: [expect.any(String)] });
  expect(await state()).toEqual(before);
  expect(control.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
}, 60_000);

test('one that is discarded is gone, and nothing is synced for it', async () => {
  const calendar = await connectAndRest('dan');
  await giveUpAfter(session.stack, 2);
  const { control } = session.google;
  control.orderFault({ kind: 'status', status: 500, reason: 'backendError', path: '/events\\?', times: null });
  insert(calendar, 'Left to the sweep');

  const { id } = await listedLetter();
  control.clearFaults();
  const answer = await callAs(true, 'discardDeadLetters', { reason: 'The sweep will find it' });
  expect(answer).toEqual({ status: 200, body: { discarded: [id], more: false } });
  expect(await listed()).toEqual({ items: [], more: false });
  await session.stack.idle();
  expect(await titles('dan')).toEqual([]);
}, 60_000);

test.each<[AdminRoute]>([['deadLetters'], ['redriveDeadLetters'], ['discardDeadLetters']])(
  '[R15] %s is for administrators',
  async (route) => {
    const body = route === 'deadLetters' ? undefined : {};
    expect(await callAs(false, route, body)).toMatchObject({ status: 403 });
  },
);
