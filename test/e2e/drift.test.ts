/** Both sides compared on the running stack: what nobody was told of is counted, shown, mended, and counted again as none. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { overviewReply } from '../../functions/management-api/schemas/overview.ts';
import { statusReply } from '../../functions/management-api/schemas/sync.ts';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour } from '../../shared/domain/instant.ts';
import { toUpdate } from '../../shared/store/item-update.ts';
import { keys } from '../../shared/store/keys.ts';
import { dynamoTable, type Table } from '../../shared/store/table.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';

let session: TestSession;
let client: DynamoDBClient;
let table: Table;
const lines: string[] = [];
beforeAll(async () => {
  session = await startTestSession({ onLog: (_, line) => lines.push(line) });
  client = new DynamoDBClient({ ...clientDefaults, endpoint: session.stack.endpoints.dynamodb });
  table = dynamoTable(client, session.stack.outputs.TableName ?? '');
});
afterAll(async () => {
  client.destroy();
  await session.stop();
});

const insert = (calendar: string, summary: string) => {
  const at = (hours: number) => ({ dateTime: new Date(Date.now() + hours * hour).toISOString() });
  session.google.control.insertEvent({ calendar, event: { summary, start: at(24), end: at(25) } });
};
const appointments = async (user: string) => {
  const { body } = await session.call('GET', routeTable.appointments.path, user);
  return (body as { items: { id: string; title: string; version: number }[] }).items;
};
const driftOf = async (user: string) =>
  statusReply.parse((await session.call('GET', routeTable.status.path, user)).body).calendars[0]?.drift;
const overview = async () => {
  const headers = { authorization: `Bearer ${await session.stack.token('olga', { admin: true })}` };
  const response = await fetch(`${session.stack.apiUrl}${routeTable.overview.path}`, { headers });
  return overviewReply.parse(await response.json());
};
/** Behind the back of everything that watches. */
const overwriteTitle = async (user: string, id: string, title: string) => {
  const update = toUpdate({ key: keys.appointment(asId(user), asId(id)), set: { 'fields.title': title }, expect: {} });
  await table.client.send(new UpdateCommand({ TableName: table.name, ...update }));
};
const measured = () =>
  lines.filter((line) => line.includes('"AppointmentsDiffering":')).map((line) => JSON.parse(line));

test('[R1] an appointment that was overwritten is counted, mended and counted again; the fleet’s sum follows', async () => {
  const calendar = await session.connect('ann');
  insert(calendar, 'Dentist');
  await vi.waitFor(async () => expect(await appointments('ann')).toMatchObject([{ title: 'Dentist' }]), {
    timeout: 10_000,
  });
  expect(await driftOf('ann')).toBeUndefined();
  expect((await overview()).drift).toMatchObject({ differing: 0, calendarsNotCompared: 1 });

  const [{ id = '' } = {}] = await appointments('ann');
  await overwriteTitle('ann', id, 'Surgeon');
  await session.stack.idle();
  const asked = await session.call('POST', routeTable.compare.path, 'ann');
  expect(asked).toMatchObject({ status: 202, body: { id: expect.any(String) } });

  await vi.waitFor(() => expect(measured().map(({ AppointmentsDiffering }) => AppointmentsDiffering)).toEqual([1, 0]), {
    timeout: 15_000,
  });
  expect(await appointments('ann')).toMatchObject([{ title: 'Dentist' }]);
  expect(await driftOf('ann')).toMatchObject({ compared: 1, differing: 0, partial: false });
  expect(await overview()).toMatchObject({
    partial: false,
    calendars: { total: 1, byState: { synced: 1 } },
    channels: { active: 1 },
    connections: { connected: 1 },
    drift: { compared: 1, differing: 0, calendarsDiffering: 0, calendarsNotCompared: 0 },
    deadLetters: 0,
    worst: [],
  });
}, 60_000);

test('[R15] the overview is for administrators: 401 without a token, 403 without the scope', async () => {
  expect(await session.call('GET', routeTable.overview.path)).toMatchObject({ status: 401 });
  expect(await session.call('GET', routeTable.overview.path, 'ann')).toMatchObject({ status: 403 });
});

test('[F36] a grant that has died shows in the overview, with the step that mends it', async () => {
  const email = await session.connect('bob');
  session.google.control.revokeGrant({ email });
  insert(email, 'Unseen');
  await vi.waitFor(async () => expect((await overview()).connections).toEqual({ connected: 1, needs_reauth: 1 }), {
    timeout: 10_000,
  });
  expect((await overview()).worst).toMatchObject([
    { calendarId: email, userId: 'bob', score: 0, recommendation: { step: 'connect_again' } },
  ]);
});
