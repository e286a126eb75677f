/** The main job on real parts: what happens in Google Calendar shows in the appointments. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { calendarClient } from '../../infra/local/demo/client.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';

let session: TestSession;
beforeAll(async () => {
  session = await startTestSession();
}, 30_000);
afterAll(() => session.stop());

type Item = {
  id: string;
  title: string;
  start: string;
  status: string;
  version: number;
  calendar: { eventId: string; recurringEventId?: string };
};

const appointments = async (user: string, query = ''): Promise<Item[]> => {
  const { status, body } = await session.call('GET', `/api/v2/appointments${query}`, user);
  expect(status).toBe(200);
  return (body as { items: Item[] }).items;
};

const inDays = (days: number, time = '15:00:00'): string =>
  `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T${time}Z`;
const timed = (days: number) => ({ start: { dateTime: inDays(days) }, end: { dateTime: inDays(days, '16:00:00') } });

/** Waits for what push brings; 5 s is far beyond what it takes. */
const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 5_000, interval: 20 });

describe('[R1] a change through Google’s own API', () => {
  test('is followed from creation over changes to deletion', async () => {
    const email = await session.connect('ann');
    const { events } = calendarClient(session, email);

    const { data: created } = await events.insert({
      calendarId: email,
      requestBody: { summary: 'Dentist', location: 'Main St 1', description: 'Bring card', ...timed(1) },
    });
    const block = await eventually(async () => {
      const [item] = await appointments('ann');
      expect(item).toBeDefined();
      return item as Item;
    });
    expect(block).toMatchObject({
      kind: 'block',
      status: 'confirmed',
      title: 'Dentist',
      location: 'Main St 1',
      notes: 'Bring card',
      allDay: false,
      version: 1,
      calendar: { calendarId: email, eventId: created.id },
      sync: { state: 'synced' },
    });
    expect(Date.parse(block.start)).toBe(Date.parse(inDays(1)));

    const eventId = created.id as string;
    await events.patch({
      calendarId: email,
      eventId,
      sendUpdates: 'none',
      requestBody: { summary: 'Doctor', ...timed(2) },
    });
    await eventually(async () => {
      const [item] = await appointments('ann');
      expect(item).toMatchObject({ id: block.id, title: 'Doctor', version: 2 });
      expect(Date.parse(item?.start ?? '')).toBe(Date.parse(inDays(2)));
    });

    await events.delete({ calendarId: email, eventId, sendUpdates: 'none' });
    await eventually(async () => expect(await appointments('ann')).toEqual([]));
    expect(await appointments('ann', '?include=cancelled')).toMatchObject([{ id: block.id, status: 'cancelled' }]);
  });

  test('of a series gives one appointment for each occurrence, and follows an exception', async () => {
    const email = await session.connect('bob');
    const { events } = calendarClient(session, email);
    const timeZone = 'America/New_York';
    const { data: series } = await events.insert({
      calendarId: email,
      requestBody: {
        summary: 'Gym',
        start: { dateTime: inDays(1), timeZone },
        end: { dateTime: inDays(1, '16:00:00'), timeZone },
        recurrence: ['RRULE:FREQ=DAILY;COUNT=5'],
      },
    });
    const items = await eventually(async () => {
      const found = await appointments('bob');
      expect(found).toHaveLength(5);
      return found;
    });
    expect(items.map(({ calendar }) => calendar.recurringEventId)).toEqual(Array(5).fill(series.id));
    const { eventId } = items[2]?.calendar ?? expect.fail('There is no third occurrence');
    await events.delete({ calendarId: email, eventId, sendUpdates: 'none' });
    await eventually(async () => expect(await appointments('bob')).toHaveLength(4));
  });

  test('[F56] all day keeps its civil dates; a free, a declined and a private event show as they should', async () => {
    const email = await session.connect('cid');
    const { events } = calendarClient(session, email);
    const insert = (requestBody: object) => events.insert({ calendarId: email, requestBody });
    const [start, end] = [inDays(3).slice(0, 10), inDays(5).slice(0, 10)];
    await insert({ summary: 'Free', transparency: 'transparent', ...timed(1) });
    await insert({
      summary: 'Declined',
      attendees: [{ email, responseStatus: 'declined' }],
      ...timed(1),
    });
    await insert({ summary: 'Secret', description: 'Very', visibility: 'private', ...timed(2) });
    await insert({ summary: 'Holiday', start: { date: start }, end: { date: end } });

    await eventually(async () => expect(await appointments('cid')).toHaveLength(2));
    const [secret, holiday] = await appointments('cid');
    expect(secret).toMatchObject({ title: 'Busy' });
    expect(JSON.stringify(secret)).not.toContain('Very');
    expect(holiday).toMatchObject({ title: 'Holiday', allDay: true, start, end });
  });
});

test('[R15] the first sync brings what was there before, each barber their own', async () => {
  const { control } = session.google;
  for (const user of ['dee', 'eve']) {
    const email = `${user}@example.com`;
    control.createAccount({ email });
    for (let day = 1; day <= 3; day++)
      control.insertEvent({ calendar: email, event: { summary: user, ...timed(day) } });
    await session.connect(user);
  }
  expect((await appointments('dee')).map(({ title }) => title)).toEqual(['dee', 'dee', 'dee']);
  expect((await appointments('eve')).map(({ title }) => title)).toEqual(['eve', 'eve', 'eve']);
  expect(await appointments('nobody')).toEqual([]);
});

test('pages are followed by their cursor', async () => {
  const email = 'fay@example.com';
  session.google.control.createAccount({ email });
  for (let day = 1; day <= 7; day++) {
    session.google.control.insertEvent({ calendar: email, event: { summary: `Day ${day}`, ...timed(day) } });
  }
  await session.connect('fay');
  const titles: string[] = [];
  let query = '?limit=3';
  for (let page = 1; page <= 3; page++) {
    const { body } = await session.call('GET', `/api/v2/appointments${query}`, 'fay');
    const { items, nextCursor } = body as { items: Item[]; nextCursor?: string };
    titles.push(...items.map(({ title }) => title));
    query = `?limit=3&cursor=${nextCursor}`;
    expect(nextCursor === undefined).toBe(page === 3);
  }
  expect(titles).toEqual(['Day 1', 'Day 2', 'Day 3', 'Day 4', 'Day 5', 'Day 6', 'Day 7']);
});

test('[R4] a notification without an edit costs one listing and writes no appointment', async () => {
  const calendar = 'gus@example.com';
  const { control } = session.google;
  control.createAccount({ email: calendar });
  control.insertEvent({ calendar, event: { summary: 'Dentist', ...timed(1) } });
  await session.connect('gus');
  const before = await appointments('gus', '?include=cancelled');
  const channel = control.channels().find(({ calendarId }) => calendarId === calendar);
  control.clearLogs();

  const headers = {
    'X-Goog-Channel-ID': channel?.id ?? '',
    'X-Goog-Channel-Token': channel?.token ?? '',
    'X-Goog-Message-Number': '99',
    'X-Goog-Resource-ID': channel?.resourceId ?? '',
    'X-Goog-Resource-State': 'exists',
  };
  await fetch(`${session.stack.apiUrl}/api/v2/webhooks/google-calendar`, { method: 'POST', headers });
  await session.stack.idle();

  expect(control.requests().map(({ operation }) => operation)).toEqual(['calendar.events.list']);
  expect(await appointments('gus', '?include=cancelled')).toEqual(before);
});
