/** The consumer dies between any two of its calls; SQS gives the hint out again; nothing is lost and nothing doubled. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import { calendarKeyOf } from '../../shared/domain/derived-ids.ts';
import { asId } from '../../shared/domain/ids.ts';
import { calendarStore } from '../../shared/store/calendars.ts';
import { channelStore } from '../../shared/store/channels.ts';
import { dynamoTable, type Table } from '../../shared/store/table.ts';
import type { TestSession } from '../support/local-session.ts';
import { at } from '../support/samples.ts';
import { openTripwire, type Tripwire } from '../support/tripwire.ts';
import { startOverTripwire } from '../support/tripwire-session.ts';

let tripwire: Tripwire;
let session: TestSession;
let client: DynamoDBClient;
let table: Table;

beforeAll(async () => {
  tripwire = await openTripwire(5);
  session = await startOverTripwire(tripwire);
  client = new DynamoDBClient({ ...clientDefaults, endpoint: session.stack.endpoints.dynamodb });
  table = dynamoTable(client, session.stack.outputs.TableName ?? '');
});
afterAll(async () => {
  client.destroy();
  await session.stop();
  await tripwire.stop();
});

/** The worker dies between its call n-1 and its call n, while `act` takes effect. Tells whether there was a call n. */
const dieAt = async (atCall: number, act: () => Promise<unknown>): Promise<boolean> => {
  tripwire.set({ atCall, spring: () => session.stack.functions.kill('sync-consumer') });
  await act();
  await session.stack.idle();
  return tripwire.disarm() >= atCall;
};

/** Far more calls than a sync makes. */
const maxCalls = 60;

const dieAtEachCall = async (act: (round: number) => Promise<unknown>, check: () => Promise<void>): Promise<number> => {
  for (let call = 1; call <= maxCalls; call++) {
    const died = await dieAt(call, () => act(call));
    await check();
    if (!died) return call - 1;
  }
  throw new Error(`A sync made more than ${maxCalls} calls`);
};

const event = (summary: string, day: number) => ({
  summary,
  start: { dateTime: new Date(Date.now() + day * 86_400_000).toISOString() },
  end: { dateTime: new Date(Date.now() + day * 86_400_000 + 3_600_000).toISOString() },
});

const titles = async (user: string): Promise<string[]> => {
  const { body } = await session.call('GET', '/api/v2/appointments', user);
  return (body as { items: { title: string }[] }).items.map(({ title }) => title);
};

/** By then whoever was creating its channel is taken to have died, and the renewal worker creates one. */
const aMinuteLater = async (user: string): Promise<void> => {
  const email = `${user}@example.com`;
  const key = calendarKeyOf(asId(user), email, asId(email));
  const calendar = (await calendarStore(table).load(key)) ?? expect.fail('There is no calendar');
  if (calendar.channel?.state !== 'creating') return;
  await channelStore(table).renewNow(calendar, at('2026-01-01'));
  await session.stack.functions.invoke('renewal-worker', {});
  await session.stack.idle();
};

test('[R3][R5] an increment survives a death at each of its calls', async () => {
  const calendar = await session.connect('ann');
  const { control } = session.google;
  const expected: string[] = [];
  let survivor = control.insertEvent({ calendar, event: event('first', 1) });
  await session.stack.idle();

  const calls = await dieAtEachCall(
    async (round) => {
      control.deleteEvent({ calendar, eventId: String(survivor.id) });
      survivor = control.insertEvent({ calendar, event: event(`event ${round}`, 2) });
      expected.splice(0, 1, `event ${round}`);
    },
    async () => expect(await titles('ann')).toEqual(expected),
  );
  expect(calls).toBeGreaterThanOrEqual(7);
}, 300_000);

test('[R3][R5][R7] a first sync survives a death at each of its calls, and ends with one channel', async () => {
  const { control } = session.google;
  let user = '';
  const calls = await dieAtEachCall(
    async (round) => {
      user = `new-${round}`;
      const calendar = `${user}@example.com`;
      control.createAccount({ email: calendar });
      for (let day = 1; day <= 3; day++) control.insertEvent({ calendar, event: event(`day ${day}`, day) });
      await session.connect(user);
    },
    async () => {
      expect(await titles(user)).toEqual(['day 1', 'day 2', 'day 3']);
      await aMinuteLater(user);
      const { body } = await session.call('GET', '/api/v2/calendar/real-time-sync/status', user);
      expect(body).toMatchObject({ calendars: [{ state: 'synced', channel: { state: 'active' } }] });
      const firing = control
        .channels()
        .filter(({ calendarId, stopped }) => calendarId === `${user}@example.com` && !stopped);
      expect(firing).toHaveLength(1);
    },
  );
  expect(calls).toBeGreaterThanOrEqual(12);
}, 300_000);
