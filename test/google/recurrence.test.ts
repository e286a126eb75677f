import { afterEach, beforeEach, expect, test } from 'vitest';
import { barber, daily, dayMs, haircut, openGoogle, refusal, shop, timed } from './setup.ts';

let open: Awaited<ReturnType<typeof openGoogle>>;
beforeEach(async () => {
  open = await openGoogle();
});
afterEach(() => open.google.stop());

const calendarId = 'primary';
type Params = Omit<NonNullable<Parameters<typeof open.calendar.events.list>[0]>, 'calendarId'>;
const list = async (params: Params = {}) => (await open.calendar.events.list({ calendarId, ...params })).data;
const expanded = async () => (await list({ singleEvents: true })).items ?? [];
const ids = (events: { id?: string | null }[] | undefined) => events?.map((event) => event.id);
const add = (event: object = daily) =>
  open.control.insertEvent({ calendar: barber, event: { id: 'series1', ...event } });
const starts = async () => (await expanded()).map((event) => event.start?.dateTime ?? event.start?.date);
const days = (...numbers: number[]) => numbers.map((day) => `series1_2026030${day}T080000Z`);

/** What an expanded listing and a plain one report after the change, each since a token from before it. */
async function increments(change: () => unknown) {
  const singleToken = (await list({ singleEvents: true })).nextSyncToken ?? '';
  const plainToken = (await list()).nextSyncToken ?? '';
  await change();
  const single = (await list({ singleEvents: true, syncToken: singleToken })).items ?? [];
  return { single, plain: (await list({ syncToken: plainToken })).items ?? [] };
}

test('[G2] singleEvents=false lists the master and no unmodified occurrence', async () => {
  add();
  expect((await list()).items).toMatchObject([{ id: 'series1', recurrence: ['RRULE:FREQ=DAILY;COUNT=4'] }]);
});

test('[G3] singleEvents=true lists instances and no master: own id, parent, original start, shared iCalUID', async () => {
  const master = add();
  const items = await expanded();
  expect(ids(items)).toEqual(days(3, 4, 5, 6));
  expect(items[1]).toMatchObject({
    recurringEventId: 'series1',
    originalStartTime: { dateTime: '2026-03-04T09:00:00+01:00', timeZone: 'Europe/Berlin' },
    start: { dateTime: '2026-03-04T09:00:00+01:00' },
    end: { dateTime: '2026-03-04T09:15:00+01:00' },
    iCalUID: master.iCalUID,
  });
  expect(items[1]).not.toHaveProperty('recurrence');
});

test('[G3] an all-day series has instance ids by date', async () => {
  add({ start: { date: '2026-03-03' }, end: { date: '2026-03-05' }, recurrence: ['RRULE:FREQ=WEEKLY;COUNT=2'] });
  expect(await expanded()).toMatchObject([
    { id: 'series1_20260303', start: { date: '2026-03-03' }, end: { date: '2026-03-05' } },
    { id: 'series1_20260310', start: { date: '2026-03-10' }, originalStartTime: { date: '2026-03-10' } },
  ]);
});

test('[G3] a series keeps its wall time across the change to summer time', async () => {
  add({ ...timed('2026-03-28T09:00:00', '2026-03-28T10:00:00'), recurrence: ['RRULE:FREQ=DAILY;COUNT=2'] });
  expect(ids(await expanded())).toEqual(['series1_20260328T080000Z', 'series1_20260329T070000Z']);
  expect(await starts()).toEqual(['2026-03-28T09:00:00+01:00', '2026-03-29T09:00:00+02:00']);
});

test('[G3] EXDATE and RDATE lines take away and add occurrences', async () => {
  const recurrence = [
    'RRULE:FREQ=DAILY;UNTIL=20260306T080000Z',
    'EXDATE;TZID=Europe/Berlin:20260304T090000',
    'EXDATE:20260305T080000Z',
    'RDATE;TZID=Europe/Berlin:20260310T120000',
  ];
  add({ ...daily, recurrence });
  expect(ids(await expanded())).toEqual([...days(3, 6), 'series1_20260310T110000Z']);
});

test('[G2] an endless rule expands to a long, finite list', async () => {
  add({ ...daily, recurrence: ['RRULE:FREQ=DAILY'] });
  const { items } = await list({ singleEvents: true, maxResults: 2500 });
  expect(items?.length).toBeGreaterThan(365);
  const week = { timeMin: '2026-06-01T00:00:00Z', timeMax: '2026-06-08T00:00:00Z' };
  expect((await list({ singleEvents: true, ...week })).items).toHaveLength(7);
  expect((await list(week)).items).toMatchObject([{ id: 'series1' }]);
});

test('[G2] one new series floods an expanded increment and is one entry in a plain one', async () => {
  const { single, plain } = await increments(() => add());
  expect(ids(single)).toEqual(days(3, 4, 5, 6));
  expect(ids(plain)).toEqual(['series1']);
});

test('[G3] a moved instance keeps its id and original start', async () => {
  add();
  const [eventId = ''] = days(4);
  const { single, plain } = await increments(() =>
    open.calendar.events.patch({
      calendarId,
      eventId,
      requestBody: timed('2026-03-04T17:00:00', '2026-03-04T17:15:00'),
    }),
  );
  const moved = {
    id: eventId,
    recurringEventId: 'series1',
    start: { dateTime: '2026-03-04T17:00:00+01:00' },
    originalStartTime: { dateTime: '2026-03-04T09:00:00+01:00' },
  };
  expect(single).toMatchObject([moved]);
  expect(plain).toMatchObject([moved]);
  expect(ids((await list()).items)).toEqual(['series1', eventId]);
  expect(await expanded()).toHaveLength(4);
});

test('[G3] the original start of an instance cannot be written', async () => {
  add();
  const [eventId = ''] = days(4);
  const requestBody = { originalStartTime: { date: '2026-01-01' }, recurringEventId: 'other', summary: 'x' };
  const { data } = await open.calendar.events.patch({ calendarId, eventId, requestBody });
  expect(data).toMatchObject({ recurringEventId: 'series1', originalStartTime: { dateTime: expect.any(String) } });
});

test('[G2] a cancelled instance of a live series has three fields, and stays in full plain listings', async () => {
  add();
  const [eventId = ''] = days(4);
  const { single, plain } = await increments(() => open.calendar.events.delete({ calendarId, eventId }));
  const hole = {
    id: eventId,
    status: 'cancelled',
    recurringEventId: 'series1',
    originalStartTime: { dateTime: '2026-03-04T09:00:00+01:00', timeZone: 'Europe/Berlin' },
  };
  expect(single).toEqual([hole]);
  expect(plain).toEqual([hole]);
  expect(ids((await list()).items)).toEqual(['series1', eventId]);
  expect(ids(await expanded())).toEqual(days(3, 5, 6));
});

test('[G3] a cancelled instance can be confirmed again', async () => {
  add();
  const [eventId = ''] = days(4);
  await open.calendar.events.delete({ calendarId, eventId });
  await open.calendar.events.patch({ calendarId, eventId, requestBody: { status: 'confirmed' } });
  expect(ids(await expanded())).toEqual(days(3, 4, 5, 6));
});

test('[G2] deleting a series: id-only tombstones, of the master in a plain increment, of each instance expanded', async () => {
  add();
  const { single, plain } = await increments(() => open.control.deleteEvent({ calendar: barber, eventId: 'series1' }));
  expect(plain).toEqual([{ id: 'series1', status: 'cancelled' }]);
  expect(single).toEqual(days(3, 4, 5, 6).map((id) => ({ id, status: 'cancelled' })));
  expect(await expanded()).toEqual([]);
});

test('[G2] deleting a series deletes its exceptions', async () => {
  add();
  const [eventId = ''] = days(4);
  open.control.patchEvent({ calendar: barber, eventId, event: { summary: 'Late opening' } });
  const { plain } = await increments(() => open.control.deleteEvent({ calendar: barber, eventId: 'series1' }));
  expect(plain).toContainEqual({ id: eventId, status: 'cancelled' });
  expect((await open.calendar.events.get({ calendarId, eventId })).data.status).toBe('cancelled');
});

test('[G2] deleting a series does not cancel again what was cancelled', async () => {
  add();
  const [eventId = ''] = days(4);
  open.control.deleteEvent({ calendar: barber, eventId });
  const { single, plain } = await increments(() => open.control.deleteEvent({ calendar: barber, eventId: 'series1' }));
  expect(ids(single)).toEqual(days(3, 5, 6));
  expect(ids(plain)).toEqual(['series1']);
});

test('tombstones of a deleted series may end after some days, as seen (ruby-client#860)', async () => {
  open.control.changeSettings({ tombstoneDays: 2 });
  add();
  const { single } = await increments(() => open.control.deleteEvent({ calendar: barber, eventId: 'series1' }));
  expect(ids(single)).toEqual(days(3, 4));
});

test('[G3] a change to the master reaches every instance that nobody has changed', async () => {
  add();
  const [eventId = ''] = days(4);
  open.control.patchEvent({ calendar: barber, eventId, event: { summary: 'Late opening' } });
  const { single } = await increments(() =>
    open.control.patchEvent({ calendar: barber, eventId: 'series1', event: { summary: 'Open' } }),
  );
  expect(ids(single)).toEqual(days(3, 5, 6));
  expect((await expanded()).map((event) => event.summary)).toEqual(['Open', 'Late opening', 'Open', 'Open']);
});

test('[G3] moving the whole series changes every identity: old instances go, new ones come', async () => {
  add();
  const { single } = await increments(() =>
    open.control.patchEvent({
      calendar: barber,
      eventId: 'series1',
      event: timed('2026-03-03T10:00:00', '2026-03-03T10:15:00'),
    }),
  );
  const cancelled = single.filter((event) => event.status === 'cancelled');
  expect(ids(cancelled)).toEqual(days(3, 4, 5, 6));
  expect(single.filter((event) => event.status === 'confirmed')).toHaveLength(4);
  expect(ids(await expanded())?.[0]).toBe('series1_20260303T090000Z');
});

test('[G3] "this and following": the old series ends, a new one begins', async () => {
  add();
  const [, , third = ''] = days(3, 4, 5);
  const { plain } = await increments(() =>
    open.control.changeFollowing({ calendar: barber, eventId: third, event: { summary: 'New name' } }),
  );
  expect(plain).toMatchObject([
    { id: 'series1', recurrence: ['RRULE:FREQ=DAILY;UNTIL=20260305T075959Z'] },
    { summary: 'New name', recurrence: ['RRULE:FREQ=DAILY;COUNT=2'] },
  ]);
  expect((await expanded()).map((event) => event.summary)).toEqual(['Opening', 'Opening', 'New name', 'New name']);
  expect(new Set(await starts()).size).toBe(4);
});

test('[G3] "this and following" from the first occurrence is the whole series', async () => {
  add();
  const [first = ''] = days(3);
  open.control.changeFollowing({ calendar: barber, eventId: first, event: { summary: 'New name' } });
  expect((await list()).items).toMatchObject([{ id: 'series1', summary: 'New name' }]);
  expect(ids(await expanded())).toEqual(days(3, 4, 5, 6));
});

test('[G3] a single event that begins to recur leaves the expanded view under its own id', async () => {
  add(haircut);
  const { single } = await increments(() =>
    open.control.patchEvent({ calendar: barber, eventId: 'series1', event: { recurrence: daily.recurrence } }),
  );
  expect(single).toContainEqual({ id: 'series1', status: 'cancelled' });
  expect(single.filter((event) => event.status === 'confirmed')).toHaveLength(4);
});

test('[G3] a series that stops recurring is a single event again', async () => {
  add();
  open.control.patchEvent({ calendar: barber, eventId: 'series1', event: { recurrence: null } });
  expect(ids(await expanded())).toEqual(['series1']);
});

test('[G3] a moved series takes its exceptions along', async () => {
  add();
  const [eventId = ''] = days(4);
  open.control.patchEvent({ calendar: barber, eventId, event: { summary: 'Late opening' } });
  open.control.moveEvent({ calendar: barber, eventId: 'series1', destination: shop });
  expect(await expanded()).toEqual([]);
  const { items } = (await open.calendar.events.list({ calendarId: shop, singleEvents: true })).data;
  expect(items?.map((event) => event.summary)).toEqual(['Opening', 'Late opening', 'Opening', 'Opening']);
});

test('events.instances lists the occurrences of one series, in pages, in a window, by original start', async () => {
  add();
  add({ ...haircut, id: 'other1' });
  const instances = async (params: object) =>
    (await open.calendar.events.instances({ calendarId, eventId: 'series1', ...params })).data;
  const first = await instances({ maxResults: 3 });
  expect(ids(first.items)).toEqual(days(3, 4, 5));
  expect(ids((await instances({ maxResults: 3, pageToken: first.nextPageToken })).items)).toEqual(days(6));
  expect(ids((await instances({ timeMin: '2026-03-05T12:00:00Z' })).items)).toEqual(days(6));
  expect(ids((await instances({ originalStart: '2026-03-04T09:00:00+01:00' })).items)).toEqual(days(4));
  const onSingle = open.calendar.events.instances({ calendarId, eventId: 'other1' });
  expect(await refusal(onSingle)).toMatchObject({ status: 400 });
});

test.each(['20260320T080000Z', '20260304', '20269999'])(
  'an instance that is no occurrence does not exist: %s',
  async (tail) => {
    add();
    const get = open.calendar.events.get({ calendarId, eventId: `series1_${tail}` });
    expect(await refusal(get)).toMatchObject({ status: 404 });
  },
);

test.each([
  ['a rule that is none', { recurrence: ['RRULE:FREQ=SOMETIMES'] }],
  ['an excluded date that is none', { recurrence: ['RRULE:FREQ=DAILY', 'EXDATE:soon'] }],
  ['a line that is none', { recurrence: ['DTSTART:20260303T080000Z'] }],
  ['no time zone', { start: { dateTime: '2026-03-03T09:00:00Z' }, end: { dateTime: '2026-03-03T10:00:00Z' } }],
])('[G3] a recurring event with %s is refused', async (_, wrong) => {
  const insert = open.calendar.events.insert({ calendarId, requestBody: { ...daily, ...wrong } });
  expect(await refusal(insert)).toMatchObject({ status: 400 });
});

test('[G2] the horizon of an endless series moves with the clock', async () => {
  add({ ...daily, recurrence: ['RRULE:FREQ=DAILY'] });
  open.clock.now += 3 * 365 * dayMs;
  const week = { timeMin: '2029-06-01T00:00:00Z', timeMax: '2029-06-08T00:00:00Z' };
  expect((await list({ singleEvents: true, ...week })).items).toHaveLength(7);
});
