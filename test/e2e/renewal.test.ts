/** Channels near their end on the running stack: the worker renews them, a user has them renewed, and notifications keep coming. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { renewWebhooksReply, statusReply } from '../../functions/management-api/schemas/sync.ts';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import { calendarKeyOf } from '../../shared/domain/derived-ids.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, type Instant, instantAt } from '../../shared/domain/instant.ts';
import { calendarStore } from '../../shared/store/calendars.ts';
import { channelStore } from '../../shared/store/channels.ts';
import { dynamoTable, type Table } from '../../shared/store/table.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';
import { at } from '../support/samples.ts';

const patiently = { timeout: 10_000, interval: 50 };
const longAgo = at('2026-01-01');

let session: TestSession;
let client: DynamoDBClient;
let table: Table;
let logs: { name: string; line: string }[] = [];
beforeAll(async () => {
  session = await startTestSession({ onLog: (name, line) => void logs.push({ name, line }) });
  session.google.control.changeSettings({ maxChannelSeconds: 3_600 });
  client = new DynamoDBClient({ ...clientDefaults, endpoint: session.stack.endpoints.dynamodb });
  table = dynamoTable(client, session.stack.outputs.TableName ?? '');
});
afterAll(async () => {
  client.destroy();
  await session.stop();
});
beforeEach(() => {
  logs = [];
});

const keyOf = (email: string) => calendarKeyOf(asId(email.replace('@example.com', '')), email, asId(email));
/** As it will be once most of its life is over. */
const makeDue = async (email: string): Promise<void> => {
  const calendar = await calendarStore(table).load(keyOf(email));
  await channelStore(table).renewNow(calendar ?? expect.fail('There is no calendar'), longAgo);
};
const runWorker = async (): Promise<void> => {
  await session.stack.functions.invoke('renewal-worker', {});
  await session.stack.idle();
};
const statusOf = async (user: string) => {
  const { body } = await session.call('GET', routeTable.status.path, user);
  return statusReply.parse(body).calendars[0] ?? expect.fail('There is no calendar');
};
const live = (calendar: string) =>
  session.google.control
    .channels()
    .filter(({ calendarId, stopped, expiration }) => calendarId === calendar && !stopped && expiration > Date.now())
    .map(({ id }) => id);
const said = (message: string) => logs.filter(({ line }) => line.includes(`"${message}"`));
/** The values of each metric that the worker has emitted. */
const emitted = (): Record<string, unknown> =>
  Object.assign(
    {},
    ...logs
      .filter(({ name, line }) => name === 'renewal-worker' && line.includes('"_aws"'))
      .map(({ line }) => JSON.parse(line)),
  );
const titles = async (user: string): Promise<string[]> => {
  const { body } = await session.call('GET', routeTable.appointments.path, user);
  return (body as { items: { title: string }[] }).items.map(({ title }) => title).sort();
};
const tomorrow = (ms: number) => ({ dateTime: new Date(Date.now() + 24 * hour + ms).toISOString() });
const insert = (calendar: string, summary: string) =>
  session.google.control.insertEvent({ calendar, event: { summary, start: tomorrow(0), end: tomorrow(hour) } });
const shows = (user: string, ...expected: string[]) =>
  vi.waitFor(async () => expect(await titles(user)).toEqual(expected), patiently);

describe('the renewal worker', () => {
  test('[R7] replaces a channel that is due, stops the old one, and a change is told by the new one, once', async () => {
    const calendar = await session.connect('ann');
    const before = live(calendar);
    expect(before).toHaveLength(1);
    const { channel } = await statusOf('ann');
    expect(Date.parse(channel?.expiresAt ?? '')).toBeLessThanOrEqual(Date.now() + hour); // What Google grants counts.

    await makeDue(calendar);
    logs = [];
    await runWorker();
    expect(live(calendar)).toHaveLength(1);
    expect(live(calendar)).not.toEqual(before);
    expect(await statusOf('ann')).toMatchObject({ channel: { id: live(calendar)[0], state: 'active' } });

    insert(calendar, 'Dentist');
    await shows('ann', 'Dentist');
    expect(said('Google Calendar webhook worker started')).toHaveLength(1);
    expect(said('Renewed webhook subscription').map(({ name }) => name)).toEqual(['renewal-worker']);
    expect(emitted()).toMatchObject({ ChannelRenewed: 1, ChannelActive: 1, RenewalFailed: 0, SweepCompleted: 1 });
  });

  test('[R3] a change made while a channel is renewed is applied once, although two channels tell of it', async () => {
    const calendar = await session.connect('bob');
    await makeDue(calendar);
    const { control } = session.google;
    const delivered = control.deliveries().length;
    control.orderFault({ kind: 'delay', ms: 500, method: 'POST', path: '/channels/stop' });
    const running = runWorker();
    await vi.waitFor(() => expect(live(calendar)).toHaveLength(2), { timeout: 10_000, interval: 5 });
    insert(calendar, 'Gym');
    await running;
    await vi.waitFor(() => expect(control.deliveries().length).toBeGreaterThanOrEqual(delivered + 3), patiently);
    await session.stack.idle();
    await shows('bob', 'Gym');
    const { body } = await session.call('GET', routeTable.syncLogs.path, 'bob');
    expect((body as { items: { action: string }[] }).items.map(({ action }) => action)).toEqual(['create']);
    expect(live(calendar)).toHaveLength(1);
  });

  test('[R10] renews the others when Google refuses one, and says so', async () => {
    const [cat, dan] = [await session.connect('cat'), await session.connect('dan')];
    await makeDue(cat);
    await makeDue(dan);
    const [catBefore, danBefore] = [live(cat), live(dan)];
    const path = `${encodeURIComponent(cat)}/events/watch`;
    session.google.control.orderFault({ kind: 'status', status: 503, reason: 'backendError', path });
    logs = [];
    await runWorker();
    expect(live(cat)).toEqual(catBefore);
    expect(live(dan)).not.toEqual(danBefore);
    expect(emitted()).toMatchObject({ ChannelRenewed: 1, RenewalFailed: 1, ChannelCreating: 1, SweepCompleted: 1 });
    expect(said('The channel could not be put right; it is tried again later')).toHaveLength(1);
    insert(cat, 'Still told'); // By the one before.
    await shows('cat', 'Still told');
  });

  test('says that it is alive when nothing is due', async () => {
    await runWorker();
    expect(emitted()).toMatchObject({ ChannelActive: 0, SweepHintSent: 0, SweepCompleted: 1 });
  });
});

describe('POST /api/v2/calendar/webhooks/renew', () => {
  const renew = (user?: string) => session.call('POST', routeTable.renewWebhooks.path, user);
  /** The channel was made that long ago. */
  const age = async (email: string, createdAt: Instant): Promise<void> => {
    const store = calendarStore(table);
    const calendar = (await store.load(keyOf(email))) ?? expect.fail('There is no calendar');
    const slot = calendar.channel ?? expect.fail('There is no channel');
    await channelStore(table).postpone(calendar, { ...slot, createdAt });
  };

  test('[R7] has the caller’s channel replaced, once a minute at most', async () => {
    const calendar = await session.connect('eve');
    const before = live(calendar);
    const recent = await renew('eve');
    expect(renewWebhooksReply.parse(recent.body).calendars).toEqual([{ calendarId: calendar, state: 'recent' }]);
    await session.stack.idle();
    expect(live(calendar)).toEqual(before);

    await age(calendar, instantAt(Date.now() - hour));
    const answer = await renew('eve');
    expect(answer.status).toBe(202);
    expect(renewWebhooksReply.parse(answer.body).calendars).toEqual([{ calendarId: calendar, state: 'renewing' }]);
    await vi.waitFor(async () => expect((await statusOf('eve')).channel?.id).not.toBe(before[0]), patiently);
    await session.stack.idle();
    expect(live(calendar)).toEqual([(await statusOf('eve')).channel?.id]);
    expect(said('Renewed webhook subscription').map(({ name }) => name)).toEqual(['sync-consumer']);
    insert(calendar, 'Bank');
    await shows('eve', 'Bank');
  });

  test('[R15] is nobody else’s business', async () => {
    expect(await renew()).toMatchObject({ status: 401 });
    expect(await renew('mallory')).toMatchObject({ status: 409 });
  });
});
