/** Complete listings on real parts: what was missed is made good, what is big comes through, and nothing is deleted in bulk. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectBarber } from '../../infra/local/demo/barber.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';

let session: TestSession;
beforeAll(async () => {
  session = await startTestSession();
});
afterAll(() => session.stop());

const dayMs = 86_400_000;
const on = (day: number, summary: string) => ({
  summary,
  start: { dateTime: new Date(Date.now() + day * dayMs).toISOString() },
  end: { dateTime: new Date(Date.now() + day * dayMs + 3_600_000).toISOString() },
});
const titles = async (user: string): Promise<string[]> => {
  const { body } = await session.call('GET', '/api/v2/appointments?limit=500', user);
  return (body as { items: { title: string }[] }).items.map(({ title }) => title);
};
const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 25 });

/** A person's change of which Google tells nobody. */
const unseen = (act: () => void) => {
  session.google.control.orderPushFault({ kind: 'drop', times: 1 });
  act();
  session.google.control.clearFaults();
};

test('[F1][F2][R8] a deletion in the gap of an expired cursor is found by the generation that follows', async () => {
  const { control } = session.google;
  const calendar = await session.connect('ann');
  const [first] = ['gone', 'stays'].map((summary, day) =>
    control.insertEvent({ calendar, event: on(day + 1, summary) }),
  );
  await eventually(async () => expect(await titles('ann')).toEqual(['gone', 'stays']));

  unseen(() => control.deleteEvent({ calendar, eventId: String(first?.id) }));
  control.expireSyncTokens({ calendar });
  control.insertEvent({ calendar, event: on(3, 'new') });
  await eventually(async () => expect(await titles('ann')).toEqual(['stays', 'new']));
});

test('[F8][R8] an empty listing after an expired cursor deletes nothing', async () => {
  const { control } = session.google;
  const calendar = await session.connect('bob');
  for (const day of [1, 2, 3]) control.insertEvent({ calendar, event: on(day, `day ${day}`) });
  await eventually(async () => expect(await titles('bob')).toHaveLength(3));

  control.expireSyncTokens({ calendar });
  control.orderFault({ kind: 'empty-list', path: '/events\\?.*timeMin', times: 1 });
  control.clearLogs();
  control.insertEvent({ calendar, event: on(4, 'day 4') });
  await session.stack.idle();
  expect(control.requests({ operation: 'calendar.events.get' })).toHaveLength(3);
  expect(await titles('bob')).toEqual(expect.arrayContaining(['day 1', 'day 2', 'day 3']));
});

test('[F55] a long series that is deleted goes whole, though Google names only its next half year', async () => {
  const { control } = session.google;
  control.changeSettings({ tombstoneDays: 183 });
  const calendar = await session.connect('cid');
  const { start, end, summary } = on(1, 'Gym');
  const timeZone = 'America/New_York';
  const series = control.insertEvent({
    calendar,
    event: { summary, start: { ...start, timeZone }, end: { ...end, timeZone }, recurrence: ['RRULE:FREQ=WEEKLY'] },
  });
  await eventually(async () => expect((await titles('cid')).length).toBeGreaterThan(50));
  control.deleteEvent({ calendar, eventId: String(series.id) });
  await eventually(async () => expect(await titles('cid')).toEqual([]));
}, 30_000);

test('[F55] a series with exceptions: one moved, one renamed, one cancelled, and another rule from there on', async () => {
  const { control } = session.google;
  const calendar = await session.connect('dee');
  const { start, end } = on(1, '');
  const timeZone = 'Europe/London';
  const rule = { start: { ...start, timeZone }, end: { ...end, timeZone }, recurrence: ['RRULE:FREQ=DAILY;COUNT=10'] };
  control.insertEvent({ calendar, event: { summary: 'Gym', ...rule } });
  const items = await eventually(async () => {
    const { body } = await session.call('GET', '/api/v2/appointments', 'dee');
    const found = (body as { items: { calendar: { eventId: string } }[] }).items;
    expect(found).toHaveLength(10);
    return found;
  });
  const eventIdOf = (index: number) => items[index]?.calendar.eventId ?? expect.fail(`There is no occurrence ${index}`);

  control.patchEvent({ calendar, eventId: eventIdOf(1), event: { summary: 'Swim' } });
  control.patchEvent({ calendar, eventId: eventIdOf(2), event: { start: on(20, '').start, end: on(20, '').end } });
  control.deleteEvent({ calendar, eventId: eventIdOf(3) });
  control.changeFollowing({ calendar, eventId: eventIdOf(7), event: { summary: 'Yoga' } });
  await eventually(async () => {
    const found = await titles('dee');
    expect(found.filter((title) => title === 'Swim')).toHaveLength(1);
    expect(found.filter((title) => title === 'Yoga')).toHaveLength(3);
    expect(found).toHaveLength(9);
  });
}, 30_000);

test('[R11] five thousand events come through in a first sync, within the memory of the function', async () => {
  const { control } = session.google;
  const email = 'eve@example.com';
  control.createAccount({ email });
  for (let index = 0; index < 5_000; index++) {
    control.insertEvent({ calendar: email, event: on(1 + (index % 360), `Event ${index}`) });
  }
  control.clearLogs();
  await connectBarber(session, { userId: 'eve', email });
  await session.stack.idle(500_000);

  expect(control.requests({ operation: 'calendar.events.list', path: 'eve' }).length).toBeLessThanOrEqual(6); // Two pages; what a run leaves is gone on with, and followed by an increment.
  const seen = new Set<string>();
  let cursor = '';
  for (let page = 1; page <= 11; page++) {
    const { body } = await session.call('GET', `/api/v2/appointments?limit=500${cursor}`, 'eve');
    const { items, nextCursor } = body as { items: { id: string }[]; nextCursor?: string };
    for (const { id } of items) seen.add(id);
    if (nextCursor === undefined) break;
    cursor = `&cursor=${nextCursor}`;
  }
  expect(seen.size).toBe(5_000);
}, 600_000);
