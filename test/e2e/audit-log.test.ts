/** The audit log on real parts: each version that a change in Google leaves behind has one sync event, written by the stream. */
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import { streamEventRecord } from '../../infra/local/sources/stream-event.ts';
import { createStreamSource } from '../../infra/local/sources/stream-source.ts';
import type { SyncEvent } from '../../shared/domain/sync-event.ts';
import { fromStored, type StoredEvent } from '../../shared/store/stored-event.ts';
import { dynamoTable, fromItem, type Item, queryAll, type Table } from '../../shared/store/table.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';

let session: TestSession;
let client: DynamoDBClient;
let streams: DynamoDBStreamsClient;
let table: Table;
beforeAll(async () => {
  session = await startTestSession();
  const setting = { ...clientDefaults, endpoint: session.stack.endpoints.dynamodb };
  client = new DynamoDBClient(setting);
  streams = new DynamoDBStreamsClient(setting);
  table = dynamoTable(client, session.stack.outputs.TableName ?? '');
});
afterAll(async () => {
  client.destroy();
  streams.destroy();
  await session.stop();
});

const logItems = (user: string): Promise<Item[]> => queryAll(table, { pk: `LOG#${user}`, sk: 'SYNC_EVENT#' });
const logOf = async (user: string): Promise<SyncEvent[]> =>
  (await logItems(user)).map((item) => fromStored(fromItem<StoredEvent>(item)));

const inDays = (days: number) => {
  const startMs = Date.now() + days * 86_400_000;
  const moment = (ms: number) => ({ dateTime: new Date(ms).toISOString() });
  return { start: moment(startMs), end: moment(startMs + 3_600_000) };
};

type Left = { events: SyncEvent[]; chainId: string };

/** Makes one change in Google, and tells what it left in the log and which notification told of it. */
const changeInGoogle = async (user: string, act: (calendar: string) => void): Promise<Left> => {
  const { control } = session.google;
  const calendar = `${user}@example.com`;
  const before = (await logOf(user)).length;
  act(calendar);
  await vi.waitFor(async () => expect((await logOf(user)).length).toBeGreaterThan(before), { timeout: 5_000 });
  await session.stack.idle();
  const channelId = control.channels().find(({ calendarId }) => calendarId === calendar)?.id ?? '';
  const notification = control.deliveries({ channelId }).at(-1);
  return { events: (await logOf(user)).slice(before), chainId: `${channelId}:${notification?.messageNumber}` };
};

/** As the function got them. */
const streamedAppointments = async () => {
  const { Table: described } = await client.send(new DescribeTableCommand({ TableName: table.name }));
  const streamArn = described?.LatestStreamArn ?? '';
  const source = createStreamSource(streams, { streamArn, startingPosition: 'TRIM_HORIZON', checkpoints: {} });
  const records = (await source.read(1_000)).flatMap((shard) => shard.records);
  return records
    .filter(({ dynamodb }) => dynamodb?.Keys?.sk?.S?.startsWith('APPOINTMENT#'))
    .map((record) => streamEventRecord(record, streamArn));
};

test('[R12] each version of an appointment has exactly one sync event: what it was, what it became, and why', async () => {
  await session.connect('ann');
  const { control } = session.google;
  let eventId = '';
  const created = await changeInGoogle('ann', (calendar) => {
    eventId = String(control.insertEvent({ calendar, event: { summary: 'Dentist', ...inDays(1) } }).id);
  });
  const updated = await changeInGoogle('ann', (calendar) => {
    control.patchEvent({ calendar, eventId, event: { summary: 'Doctor', ...inDays(2) } });
  });
  const deleted = await changeInGoogle('ann', (calendar) => control.deleteEvent({ calendar, eventId }));
  const another = await changeInGoogle('ann', (calendar) => {
    control.insertEvent({ calendar, event: { summary: 'Bank', ...inDays(3) } });
  });

  const one = (version: number, reason: string, { chainId }: Left) => [
    { version, provenance: { actor: 'google', reason, chainId } },
  ];
  expect(created.events).toMatchObject(one(1, 'create', created));
  expect(updated.events).toMatchObject(one(2, 'update', updated));
  expect(deleted.events).toMatchObject(one(3, 'cancel', deleted));
  expect(another.events).toMatchObject(one(1, 'create', another));

  const [first, second, third] = [created, updated, deleted].map(({ events }) => events[0]);
  expect(first).not.toHaveProperty('before');
  expect(first?.after).toMatchObject({ status: 'confirmed', fields: { title: 'Dentist' } });
  expect(second?.before).toEqual(first?.after);
  expect(second?.after).toMatchObject({ status: 'confirmed', fields: { title: 'Doctor' } });
  expect(third?.before).toEqual(second?.after);
  expect(third?.after).toMatchObject({ status: 'cancelled', fields: { title: 'Doctor' } });

  const { body } = await session.call('GET', '/api/v2/appointments?include=cancelled', 'ann');
  const { items } = body as { items: { id: string; version: number }[] };
  const versions = items.flatMap(({ id, version }) => Array.from({ length: version }, (_, index) => [id, index + 1]));
  const logged = (await logOf('ann')).map(({ appointmentId, version }) => [appointmentId, version]);
  expect(logged.sort()).toEqual(versions.sort());
});

test('[R12] a write that only keeps the books leaves no sync event and changes none', async () => {
  await session.connect('cid');
  const { control } = session.google;
  let eventId = '';
  await changeInGoogle('cid', (calendar) => {
    eventId = String(control.insertEvent({ calendar, event: { summary: 'Nails', ...inDays(1) } }).id);
  });
  const logged = await logItems('cid');

  const notified = control.deliveries().length;
  control.patchEvent({ calendar: 'cid@example.com', eventId, event: { colorId: '5' } });
  await vi.waitFor(() => expect(control.deliveries().length).toBeGreaterThan(notified));
  await session.stack.idle();
  const [appointment] = await queryAll(table, { pk: 'USER#cid', sk: 'APPOINTMENT#' });
  expect(appointment?.value).toMatchObject({ version: 1, revision: 2 });
  expect(await logItems('cid')).toEqual(logged);
});

test('[R12] a batch that the stream hands out again, twice, changes nothing but what had been lost', async () => {
  await session.connect('bob');
  const { control } = session.google;
  for (const summary of ['Gym', 'Lunch']) {
    await changeInGoogle('bob', (calendar) => control.insertEvent({ calendar, event: { summary, ...inDays(1) } }));
  }
  const before = await logItems('bob');
  expect(before).toHaveLength(2);
  const [lost] = before;
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: { pk: lost?.pk, sk: lost?.sk } }));

  const batch = { Records: await streamedAppointments() };
  await session.stack.functions.invoke('change-stream', batch);
  await session.stack.functions.invoke('change-stream', batch);
  expect(await logItems('bob')).toEqual(before);
});
