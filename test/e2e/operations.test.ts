/** What operators and barbers use when they wonder: the log, a sync on demand, the sweep, and records that cannot be logged. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import { asId, type CalendarKey, type UserId } from '../../shared/domain/ids.ts';
import { day, epochMsOf, type Instant } from '../../shared/domain/instant.ts';
import type { NotifiedRun } from '../../shared/domain/notified-run.ts';
import { calendarStore } from '../../shared/store/calendars.ts';
import { keys, prefixes } from '../../shared/store/keys.ts';
import { dynamoTable, fromItem, queryAll, type Table, toItem } from '../../shared/store/table.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';
import { anAppointment, at } from '../support/samples.ts';

let session: TestSession;
let client: DynamoDBClient;
let table: Table;
beforeAll(async () => {
  session = await startTestSession({}, { NOTIFICATION_RETENTION_DAYS: '7' });
  client = new DynamoDBClient({ ...clientDefaults, endpoint: session.stack.endpoints.dynamodb });
  table = dynamoTable(client, session.stack.outputs.TableName ?? '');
});
afterAll(async () => {
  client.destroy();
  await session.stop();
});

const inDays = (days: number) => {
  const startMs = Date.now() + days * day;
  const moment = (ms: number) => ({ dateTime: new Date(ms).toISOString(), timeZone: 'America/New_York' });
  return { start: moment(startMs), end: moment(startMs + 3_600_000) };
};

type Control = TestSession['google']['control'];
type Shown = { id: string; version: number; title: string; status: string };
type LogEntry = {
  appointmentId: string;
  version: number;
  action: string;
  chainId: string;
  before?: Shown;
  after: Shown;
};

const appointments = async (user: string): Promise<Shown[]> => {
  const { body } = await session.call('GET', `${routeTable.appointments.path}?include=cancelled`, user);
  return (body as { items: Shown[] }).items;
};

/** Page by page, the newest first. */
const logOf = async (user: string): Promise<LogEntry[]> => {
  const entries: LogEntry[] = [];
  for (let query = '?limit=3'; ; ) {
    const { status, body } = await session.call('GET', `${routeTable.syncLogs.path}${query}`, user);
    expect(status).toBe(200);
    const { items, nextCursor } = body as { items: LogEntry[]; nextCursor?: string };
    entries.push(...items);
    if (nextCursor === undefined) return entries;
    query = `?limit=3&cursor=${nextCursor}`;
  }
};

/** Makes one change in Google, and waits until the push that tells of it has been seen to. */
const changeInGoogle = async (act: (control: Control) => unknown): Promise<void> => {
  const { control } = session.google;
  const delivered = control.deliveries().length;
  act(control);
  await vi.waitFor(() => expect(control.deliveries().length).toBeGreaterThan(delivered), { timeout: 5_000 });
  await session.stack.idle();
};

describe('the sync log', () => {
  test('[R12] replayed from its beginning, it gives the appointments as they are', async () => {
    const calendar = await session.connect('ann');
    const ids: string[] = [];
    for (const summary of ['Dentist', 'Gym', 'Bank']) {
      await changeInGoogle((control) => {
        ids.push(String(control.insertEvent({ calendar, event: { summary, ...inDays(ids.length + 1) } }).id));
      });
    }
    const [dentist = '', gym = '', bank = ''] = ids;
    const edits: [string, Parameters<Control['patchEvent']>[0]['event']][] = [
      [dentist, { summary: 'Doctor' }],
      [gym, { colorId: '5' }],
      [gym, inDays(5)],
      [bank, { location: 'Main St 1' }],
    ];
    for (const [eventId, event] of edits) {
      await changeInGoogle((control) => control.patchEvent({ calendar, eventId, event }));
    }
    await changeInGoogle((control) => control.deleteEvent({ calendar, eventId: dentist }));
    const recurrence = ['RRULE:FREQ=DAILY;COUNT=3'];
    await changeInGoogle((control) =>
      control.insertEvent({ calendar, event: { summary: 'Lunch', recurrence, ...inDays(1) } }),
    );

    const log = await logOf('ann');
    expect(log.map(({ action }) => action).sort()).toEqual(
      [...Array(6).fill('create'), ...Array(3).fill('update'), 'cancel'].sort(),
    );
    const replayed = new Map<string, Shown>();
    for (const { appointmentId, version, before, after } of log.toReversed()) {
      expect({ version, before }).toEqual({
        version: (before?.version ?? 0) + 1,
        before: replayed.get(appointmentId),
      });
      replayed.set(appointmentId, after);
    }
    const byId = (a: Shown, b: Shown) => (a.id < b.id ? -1 : 1);
    expect([...replayed.values()].sort(byId)).toEqual((await appointments('ann')).sort(byId));
  }, 60_000);

  test('[R15] is the user’s own, whatever cursor is given', async () => {
    const { body } = await session.call('GET', `${routeTable.syncLogs.path}?limit=1`, 'ann');
    const { items, nextCursor } = body as { items: LogEntry[]; nextCursor: string };
    expect(items).toHaveLength(1);
    for (const query of ['', `?cursor=${nextCursor}`]) {
      const answer = await session.call('GET', `${routeTable.syncLogs.path}${query}`, 'mallory');
      expect(answer).toMatchObject({ status: 200, body: { items: [] } });
    }
  });

  test.each([
    ['limit', '?limit=201'],
    ['cursor', '?cursor=abc'],
    ['userId', '?userId=ann'],
  ])('refuses a wrong or unknown parameter by name: %s', async (field, query) => {
    const answer = await session.call('GET', `${routeTable.syncLogs.path}${query}`, 'mallory');
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  test('[R12] each run that a notification has caused leaves one note, with the chain of its changes', async () => {
    const calendar = await session.connect('bob');
    const notes = async () =>
      (await queryAll(table, {
        ...keys.notifiedRun(asId('bob'), at('2026-01-01'), asId('')),
        sk: 'NOTIFICATION#',
      })) as {
        value: NotifiedRun;
        expiresAt: number;
      }[];
    const before = (await notes()).length;
    await changeInGoogle((control) => control.insertEvent({ calendar, event: { summary: 'Nails', ...inDays(1) } }));

    const [note, ...more] = (await notes()).slice(before);
    const [entry] = await logOf('bob');
    expect(more).toEqual([]);
    expect(note?.value).toMatchObject({ calendarId: calendar, chainId: entry?.chainId, changes: { create: 1 } });
    expect(note?.expiresAt).toBe(Math.floor((epochMsOf(note?.value.at as Instant) + 7 * day) / 1_000));

    await session.call('POST', routeTable.sync.path, 'bob');
    await session.stack.idle();
    expect((await notes()).length).toBe(before + 1);
  });
});

describe('a sync on demand', () => {
  const manualSync = async (user: string) =>
    ((await session.call('GET', routeTable.status.path, user)).body as { manualSync?: object }).manualSync;

  test('[R6] brings what push did not tell of, and the status says when it is done', async () => {
    const calendar = await session.connect('cid');
    expect(await manualSync('cid')).toBeUndefined();
    await session.call('POST', routeTable.disable.path, 'cid');
    await session.stack.idle();
    session.google.control.insertEvent({ calendar, event: { summary: 'Unheard of', ...inDays(1) } });
    expect(await appointments('cid')).toEqual([]);

    const answer = await session.call('POST', routeTable.sync.path, 'cid');
    expect(answer).toMatchObject({ status: 202, body: { id: expect.any(String) } });
    const { id } = answer.body as { id: string };
    await vi.waitFor(async () => expect(await manualSync('cid')).toMatchObject({ id, state: 'done' }), {
      timeout: 5_000,
    });
    expect(await appointments('cid')).toMatchObject([{ title: 'Unheard of' }]);
    await session.stack.idle();
    expect(await logOf('cid')).toMatchObject([{ action: 'create', chainId: id }]);
  });

  test('is running until Google has answered', async () => {
    await session.connect('dee');
    const { control } = session.google;
    control.clearLogs();
    const unavailable = { kind: 'status', status: 503, reason: 'backendError', times: null } as const;
    control.orderFault({ ...unavailable, path: '/events\\?' });
    const { body } = await session.call('POST', routeTable.sync.path, 'dee');
    await vi.waitFor(() => expect(control.requests({ path: '/events' })).not.toEqual([]), { timeout: 5_000 });
    expect(await manualSync('dee')).toMatchObject({ ...(body as object), state: 'running' });
    control.clearFaults();
    await vi.waitFor(async () => expect(await manualSync('dee')).toMatchObject({ state: 'done' }), { timeout: 10_000 });
  });

  test('is refused to one who never connected, and to one whose consent has ended [F36]', async () => {
    const refusal = { status: 409, body: { type: 'urn:bookedbarber:problem:not-connected' } };
    expect(await session.call('POST', routeTable.sync.path, 'nobody')).toMatchObject(refusal);
    const email = await session.connect('eve');
    session.google.control.revokeGrant({ email });
    session.google.control.insertEvent({ calendar: email, event: { summary: 'Unseen', ...inDays(1) } });
    await vi.waitFor(
      async () => expect(await session.call('POST', routeTable.sync.path, 'eve')).toMatchObject(refusal),
      {
        timeout: 5_000,
      },
    );
  });
});

describe('the sweep on demand', () => {
  const sweep = async (headers: Record<string, string>) => {
    const response = await fetch(`${session.stack.apiUrl}${routeTable.sweep.path}`, { method: 'POST', headers });
    return { status: response.status, body: await response.json() };
  };
  const bearer = async (admin: boolean) => ({
    authorization: `Bearer ${await session.stack.token('olga', { admin })}`,
  });

  test('[R15] is for administrators: 401 without a token, 403 without the scope', async () => {
    expect(await sweep({})).toMatchObject({ status: 401 });
    expect(await sweep(await bearer(false))).toMatchObject({ status: 403 });
  });

  test('has the calendars synced that are due, and no other', async () => {
    const calendar = await session.connect('fay');
    await session.connect('gus');
    await session.stack.idle();
    const [pointer] = await queryAll(table, prefixes.pointers(asId<UserId>('fay')));
    const { key } = fromItem<{ key: CalendarKey }>(pointer ?? {});
    await calendarStore(table).postpone(key, at('2026-01-01'));
    session.google.control.clearLogs();

    expect(await sweep(await bearer(true))).toEqual({ status: 200, body: { hints: 1 } });
    await session.stack.idle();
    const listed = session.google.control.requests({ operation: 'calendar.events.list' });
    const isOfIts = ({ path }: { path: string }) => decodeURIComponent(path).includes(calendar);
    expect(listed.map(isOfIts)).toEqual([true, true]); // What has changed; and all of it, to be compared.
    expect(await sweep(await bearer(true))).toEqual({ status: 200, body: { hints: 0 } });
  });
});

test('[F43] a record that cannot be logged is put aside after its retries; those around it and after it are logged', async () => {
  const hal = asId<UserId>('hal');
  const item = (id: string, overrides = {}) => {
    const appointment = anAppointment({ userId: hal, id: asId(id) });
    return { ...toItem(keys.appointment(hal, appointment.id), appointment), ...overrides };
  };
  const writeTogether = (items: object[]) => {
    const TransactItems = items.map((Item) => ({ Put: { TableName: table.name, Item } }));
    return table.client.send(new TransactWriteCommand({ TransactItems }));
  };
  await writeTogether([item('before'), item('poison', { schema: 99 }), item('beside')]);
  await writeTogether([item('after')]);
  await session.stack.idle();

  expect((await logOf('hal')).map(({ appointmentId }) => appointmentId).sort()).toEqual(['after', 'before', 'beside']);
  const sqs = new SQSClient({ ...clientDefaults, endpoint: session.stack.endpoints.sqs });
  const QueueUrl = session.stack.queues.find(({ name }) => name.includes('Failures'))?.url;
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  sqs.destroy();
  expect(Messages.map(({ Body = '' }) => JSON.parse(Body))).toMatchObject([
    {
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 4 },
      DDBStreamBatchInfo: { batchSize: 1 },
    },
  ]);
});
