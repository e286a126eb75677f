/** What a sync costs, counted at the wire between the consumer and its table. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestSession, type TestSession } from '../support/local-session.ts';
import { openTripwire, type Tripwire } from '../support/tripwire.ts';

let tripwire: Tripwire;
let session: TestSession;
let calendar: string;

beforeAll(async () => {
  tripwire = await openTripwire(1);
  const { address, aim } = tripwire.wire();
  session = await startTestSession({
    interpose: (name, endpoints) => {
      if (name !== 'sync-consumer') return endpoints;
      aim(endpoints.dynamodb);
      return { ...endpoints, dynamodb: address };
    },
  });
  calendar = await session.connect('ann');
});
afterAll(async () => {
  await session.stop();
  await tripwire.stop();
});

const never = { atCall: Number.POSITIVE_INFINITY, spring: async () => undefined };

const coolDownMs = 1_250;
const lastSyncMs = async (): Promise<number> => {
  const { body } = await session.call('GET', '/api/v2/calendar/real-time-sync/status', 'ann');
  return Date.parse((body as { calendars: { lastSyncAt: string }[] }).calendars[0]?.lastSyncAt ?? '');
};

/** Calls to the table from this act until all is quiet. The cool-down of what went before must be over. */
const callsFor = async (act: () => unknown): Promise<number> => {
  await session.stack.idle();
  await vi.waitFor(async () => expect(Date.now() - (await lastSyncMs())).toBeGreaterThan(coolDownMs), {
    timeout: 5_000,
  });
  tripwire.set(never);
  await act();
  await session.stack.idle();
  return tripwire.disarm();
};

const on = (day: number, summary: string) => ({
  summary,
  start: { dateTime: new Date(Date.now() + day * 86_400_000).toISOString() },
  end: { dateTime: new Date(Date.now() + day * 86_400_000 + 3_600_000).toISOString() },
});

test('[R4] an increment that brings nothing new reads the state and writes the cursor', async () => {
  const event = session.google.control.insertEvent({
    calendar,
    event: { ...on(1, 'Free'), transparency: 'transparent' },
  });
  await session.stack.idle();
  const touch = () =>
    session.google.control.patchEvent({ calendar, eventId: String(event.id), event: { summary: 'Still free' } });
  expect(await callsFor(touch)).toBeLessThanOrEqual(5); // calendar, connection, appointments, quarantine, cursor.
});

test('one new event costs one write beside that, and a hundred cost a hundred', async () => {
  const { control } = session.google;
  expect(await callsFor(() => control.insertEvent({ calendar, event: on(2, 'One') }))).toBeLessThanOrEqual(8); // Is it still our turn? And the barber's days, to see a double booking.

  const hundred = await callsFor(() => {
    const channels = control.channels().length;
    control.orderPushFault({ kind: 'drop', times: 99 * channels });
    for (let index = 0; index < 100; index++) control.insertEvent({ calendar, event: on(3, `Event ${index}`) });
    control.clearFaults();
  });
  expect(hundred).toBeLessThanOrEqual(107 + 3); // A late notification of the same burst may bring one empty increment.
});

test('[R11] a burst costs two listings, whatever its size', async () => {
  const { control } = session.google;
  const event = control.insertEvent({ calendar, event: on(4, 'Moving') });
  await session.stack.idle();
  control.clearLogs();
  const calls = await callsFor(() => {
    for (let change = 1; change <= 10; change++) {
      control.patchEvent({ calendar, eventId: String(event.id), event: { summary: `Version ${change}` } });
    }
  });
  expect(control.requests({ operation: 'calendar.events.list' }).length).toBeLessThanOrEqual(3); // Two, and one more where a busy machine spreads the burst.
  expect(calls).toBeLessThanOrEqual(3 * 8 + 10 * 2); // Each notification reads where its calendar stands, twice if it waits.
});
