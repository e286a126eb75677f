/** What one notification causes, counted on the running stack: measured once, and read by the rows that need it. */
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { clientDefaults } from '../../../infra/local/aws/place.ts';
import { coolDown, eventOn } from './acts.ts';
import type { Call } from './meter.ts';
import { type LogLine, type MeteredSession, startMeteredSession } from './metered-session.ts';

/** `lists`: calls of Google's `events.list`; `google`: all calls of Google. */
export type Counted = { calls: Call[]; logs: LogLine[]; lists: number; google: number };

/** `ownMs`: what a sync takes of the consumer's time beside its waits for the table; the stand-in's own time is in it. */
export type Scenarios = { ownMs: number } & Record<
  'quiet' | 'nothingNew' | 'oneNew' | 'oneChanged' | 'covered' | 'renewal' | 'fiveForOneChange' | 'bookingPushed',
  Counted
>;

export const runScenarios = async (): Promise<Scenarios> => {
  const session = await startMeteredSession();
  try {
    return await countAll(session);
  } finally {
    await session.stop();
  }
};

const quietMs = 10_000;

const countAll = async (session: MeteredSession): Promise<Scenarios> => {
  const { control } = session.google;
  const calendar = await session.connect('ann');
  const free = control.insertEvent({ calendar, event: { ...eventOn(3, 'Free'), transparency: 'transparent' } });
  const busy = control.insertEvent({ calendar, event: eventOn(4, 'Busy') });
  const patch = (event: { id?: unknown }, summary: string) =>
    control.patchEvent({ calendar, eventId: String(event.id), event: { summary } });
  const count = (act: () => unknown) => countDuring(session, act);

  const nothingNew = await count(() => patch(free, 'Still free'));
  const oneNew = await count(() => control.insertEvent({ calendar, event: eventOn(5, 'New') }));
  const oneChanged = await count(() => patch(busy, 'Busier'));
  const hint = hintOf(oneChanged.calls);
  const quiet = await count(() => delay(quietMs));
  const fiveForOneChange = await count(() => {
    for (let change = 1; change <= 5; change++) patch(busy, `Change ${change} of 5`);
  });
  const covered = await count(() =>
    session.stack.functions.invoke('sync-consumer', recordOf(hint, Date.now() - 60_000)),
  );
  const bookingPushed = await count(() => book(session));
  const renewal = await count(async () => {
    await letChannelBeDue(session, hint);
    session.meter.take();
    await session.call('POST', '/api/v2/calendar/sync', 'ann');
  });
  const ownMs = Math.min(...(await timeSyncs(() => count(() => patch(busy, `Once more ${Math.random()}`)))));
  return { ownMs, quiet, nothingNew, oneNew, oneChanged, covered, renewal, fiveForOneChange, bookingPushed };
};

const countDuring = async (session: MeteredSession, act: () => unknown): Promise<Counted> => {
  await coolDown(session);
  const { control } = session.google;
  control.clearLogs();
  const { calls, logs } = await session.during(act);
  const asked = control.requests().filter(({ operation }) => operation !== undefined);
  const lists = asked.filter(({ operation }) => operation === 'calendar.events.list').length;
  return { calls, logs, lists, google: asked.length };
};

const timedSyncs = 6;

const timeSyncs = async (change: () => Promise<Counted>): Promise<number[]> => {
  const times: number[] = [];
  for (let index = 0; index < timedSyncs; index++) {
    const calls = (await change()).calls.filter(({ from }) => from === 'sync-consumer');
    const beganAt = Math.min(...calls.map(({ sentAt }) => sentAt));
    const endedAt = Math.max(...calls.map(({ answeredAt }) => answeredAt));
    times.push(endedAt - beganAt - calls.reduce((sum, { sentAt, answeredAt }) => sum + answeredAt - sentAt, 0));
  }
  return times;
};

type SentHint = { calendarKey: string; table: string; body: string };

/** The hint of a notification, as it was sent. */
const hintOf = (calls: Call[]): SentHint => {
  const sent = calls.find(({ operation }) => operation === 'SendMessage');
  const read = calls.find(({ operation }) => operation === 'GetItem');
  if (sent === undefined || read === undefined) throw new Error('No notification was sent on');
  const { MessageGroupId, MessageBody } = sent.request;
  return { calendarKey: String(MessageGroupId), body: String(MessageBody), table: String(read.request.TableName) };
};

const recordOf = ({ calendarKey, body }: SentHint, sentAtMs: number) => ({
  Records: [
    {
      messageId: 'message',
      receiptHandle: 'receipt',
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(sentAtMs),
        MessageGroupId: calendarKey,
        SenderId: 'bench',
        ApproximateFirstReceiveTimestamp: String(sentAtMs),
      },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:hints.fifo',
      awsRegion: 'us-east-1',
    },
  ],
});

const book = async (session: MeteredSession): Promise<void> => {
  const [start, end] = ['T14:00', 'T14:45'].map(
    (time) => `${new Date(Date.now() + 6 * 86_400_000).toISOString().slice(0, 10)}${time}`,
  );
  const booking = { service: 'Haircut', clientName: 'Jane Doe', start, end, timeZone: 'America/New_York' };
  const { status } = await session.call('POST', '/api/v2/appointments', 'ann', JSON.stringify(booking));
  if (status !== 201) throw new Error(`The booking was answered ${status}`);
};

/** As if its life had passed. */
const letChannelBeDue = async ({ stack }: MeteredSession, { calendarKey, table }: SentHint): Promise<void> => {
  const client = new DynamoDBClient({ ...clientDefaults, endpoint: stack.endpoints.dynamodb });
  await client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { pk: { S: `CALENDAR#${calendarKey}` }, sk: { S: 'STATE' } },
      UpdateExpression: 'SET #value.channel.renewAt = :now',
      ExpressionAttributeNames: { '#value': 'value' },
      ExpressionAttributeValues: { ':now': { S: new Date().toISOString() } },
    }),
  );
  client.destroy();
};

let counted: Promise<Scenarios> | undefined;

/** The same for all rows of one run. */
export const scenarios = (): Promise<Scenarios> => {
  counted ??= runScenarios();
  return counted;
};
