import { afterEach, beforeEach, expect, test } from 'vitest';
import { barber, dayMs, haircut, monday, openGoogle, refusal, shop, timed } from './setup.ts';

let open: Awaited<ReturnType<typeof openGoogle>>;
beforeEach(async () => {
  open = await openGoogle();
});
afterEach(() => open.google.stop());

const calendarId = 'primary';
type Params = Omit<NonNullable<Parameters<typeof open.calendar.events.list>[0]>, 'calendarId'>;
const list = async (params: Params = {}) => (await open.calendar.events.list({ calendarId, ...params })).data;
const tokenNow = async (params: Params = {}) => (await list(params)).nextSyncToken ?? '';
const since = async (syncToken: string, params: Params = {}) => (await list({ syncToken, ...params })).items;
const add = (event: object = {}) => open.control.insertEvent({ calendar: barber, event: { ...haircut, ...event } });
const on = (day: number) => timed(`2026-03-0${day}T10:00:00`, `2026-03-0${day}T11:00:00`);

test('[G2] a full listing describes the calendar and ends with a sync token', async () => {
  add();
  expect(await list()).toMatchObject({
    kind: 'calendar#events',
    summary: barber,
    timeZone: 'Europe/Berlin',
    accessRole: 'owner',
    items: [{ kind: 'calendar#event', summary: 'Haircut', status: 'confirmed' }],
    nextSyncToken: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
  });
});

test('[G2] an increment holds what changed since the token, and nothing else', async () => {
  add({ id: 'untouched' });
  const changed = add();
  const token = await tokenNow();
  expect(await since(token)).toEqual([]);
  open.control.patchEvent({ calendar: barber, eventId: changed.id, event: { summary: 'Shave' } });
  expect(await since(token)).toMatchObject([{ id: changed.id, summary: 'Shave' }]);
});

test('[G2] the sync token comes only on the last page', async () => {
  for (const id of ['event1', 'event2', 'event3']) add({ id });
  const first = await list({ maxResults: 2 });
  expect(first.items?.map((event) => event.id)).toEqual(['event1', 'event2']);
  expect(first).not.toHaveProperty('nextSyncToken');
  const last = await list({ maxResults: 2, pageToken: first.nextPageToken ?? '' });
  expect(last.items?.map((event) => event.id)).toEqual(['event3']);
  expect(last).not.toHaveProperty('nextPageToken');
  expect(last.nextSyncToken).toBeTypeOf('string');
});

test('[G2] pages hold 250 entries by default and 2500 at most', async () => {
  for (let count = 0; count < 2501; count += 1) add();
  expect((await list()).items).toHaveLength(250);
  expect((await list({ maxResults: 9999 })).items).toHaveLength(2500);
});

test('[G2] an increment has pages too: the same sync token with each page token', async () => {
  const syncToken = await tokenNow();
  for (const id of ['event1', 'event2']) add({ id });
  const first = await list({ syncToken, maxResults: 1 });
  const pageToken = first.nextPageToken ?? '';
  const last = await list({ syncToken, maxResults: 1, pageToken });
  expect([...(first.items ?? []), ...(last.items ?? [])].map((event) => event.id)).toEqual(['event1', 'event2']);
  expect(await since(last.nextSyncToken ?? '')).toEqual([]);
  expect(await refusal(list({ pageToken }))).toMatchObject({ status: 400, location: 'pageToken' });
});

test('[G2] writes that land between pages are not missed', async () => {
  for (const id of ['event1', 'event2', 'event3']) add({ id });
  const first = await list({ maxResults: 2 });
  open.control.patchEvent({ calendar: barber, eventId: 'event1', event: { summary: 'Changed' } });
  open.control.deleteEvent({ calendar: barber, eventId: 'event2' });
  add({ id: 'event4' });
  const last = await list({ maxResults: 2, pageToken: first.nextPageToken ?? '' });
  expect(last.items?.map((event) => event.id)).toEqual(['event3', 'event4']);
  const increment = await since(last.nextSyncToken ?? '');
  expect(increment?.find((event) => event.id === 'event1')).toMatchObject({ summary: 'Changed' });
  expect(increment?.find((event) => event.id === 'event2')).toEqual({ id: 'event2', status: 'cancelled' });
});

test('[G2] a page may be short or empty with more to come', async () => {
  for (const id of ['event1', 'event2']) add({ id });
  open.control.orderFault({ kind: 'short-page', size: 0 });
  open.control.orderFault({ kind: 'short-page', size: 1 });
  const empty = await list();
  expect(empty.items).toEqual([]);
  const short = await list({ pageToken: empty.nextPageToken ?? '' });
  expect(short.items).toHaveLength(1);
  const rest = await list({ pageToken: short.nextPageToken ?? '' });
  expect(rest.items).toHaveLength(1);
  expect(rest.nextSyncToken).toBeTypeOf('string');
});

test.each<[string, Params]>([
  ['iCalUID', { iCalUID: 'x' }],
  ['orderBy', { orderBy: 'updated' }],
  ['privateExtendedProperty', { privateExtendedProperty: ['a=b'] }],
  ['q', { q: 'x' }],
  ['sharedExtendedProperty', { sharedExtendedProperty: ['a=b'] }],
  ['timeMin', { timeMin: '2026-03-01T00:00:00Z' }],
  ['timeMax', { timeMax: '2026-03-01T00:00:00Z' }],
  ['updatedMin', { updatedMin: '2026-03-01T00:00:00Z' }],
  ['showDeleted=false', { showDeleted: false }],
])('[G2] %s is forbidden with a sync token', async (_, params) => {
  expect(await refusal(list({ syncToken: await tokenNow(), ...params }))).toMatchObject({
    status: 400,
    message: 'Sync token cannot be used with other request restrictions',
  });
});

test.each<[string, Params]>([
  ['singleEvents', { singleEvents: true }],
  ['eventTypes', { eventTypes: ['default'] }],
  ['timeZone', { timeZone: 'UTC' }],
])('[G2] %s must equal the initial request: this server refuses another value', async (_, params) => {
  expect(await refusal(list({ syncToken: await tokenNow(), ...params }))).toMatchObject({ status: 400 });
  expect(await since(await tokenNow(params), params)).toEqual([]);
});

test('[G2] maxResults may differ from the initial request', async () => {
  expect(await since(await tokenNow(), { maxResults: 10 })).toEqual([]);
});

test.each(['no-token', 'AAAA'])('[G2] a malformed sync token is 400, not 410: %s', async (syncToken) => {
  expect(await refusal(list({ syncToken }))).toMatchObject({
    status: 400,
    reason: 'invalid',
    message: 'Invalid sync token value.',
  });
});

test('[G2] a token of another list is malformed', async () => {
  const other = (await open.calendar.events.list({ calendarId: shop })).data.nextSyncToken ?? '';
  const calendars = (await open.calendar.calendarList.list()).data.nextSyncToken ?? '';
  for (const syncToken of [other, calendars]) expect(await refusal(list({ syncToken }))).toMatchObject({ status: 400 });
});

test('[G2] an expired token is 410 fullSyncRequired, also between pages; a full listing heals it', async () => {
  const syncToken = await tokenNow();
  for (const id of ['event1', 'event2']) add({ id });
  const { nextPageToken } = await list({ syncToken, maxResults: 1 });
  open.control.expireSyncTokens({ calendar: barber });
  for (const call of [list({ syncToken }), list({ syncToken, pageToken: nextPageToken ?? '' })]) {
    expect(await refusal(call)).toMatchObject({
      status: 410,
      reason: 'fullSyncRequired',
      domain: 'calendar',
      location: 'syncToken',
      message: 'Sync token is no longer valid, a full sync is required.',
    });
  }
  expect(await since(await tokenNow())).toEqual([]);
});

test('[G2] a change of access expires the tokens of the calendar', async () => {
  const syncToken = (await open.calendar.events.list({ calendarId: shop })).data.nextSyncToken ?? '';
  open.control.setAccessRole({ email: barber, calendar: shop, accessRole: 'writer' });
  expect(await refusal(open.calendar.events.list({ calendarId: shop, syncToken }))).toMatchObject({ status: 410 });
});

test('[G2] a deletion is a tombstone in the increment and absent from a full listing', async () => {
  const event = add();
  const token = await tokenNow();
  open.control.deleteEvent({ calendar: barber, eventId: event.id });
  expect(await since(token)).toEqual([{ id: event.id, status: 'cancelled' }]);
  expect((await list()).items).toEqual([]);
  expect((await list({ showDeleted: true })).items).toEqual([{ id: event.id, status: 'cancelled' }]);
});

test('[G2] what came and went between two increments still leaves its tombstone', async () => {
  const token = await tokenNow();
  const event = add();
  open.control.deleteEvent({ calendar: barber, eventId: event.id });
  expect(await since(token)).toEqual([{ id: event.id, status: 'cancelled' }]);
});

test('[G2] a move leaves an id-only tombstone on the old calendar', async () => {
  const event = add();
  const token = await tokenNow();
  open.control.moveEvent({ calendar: barber, eventId: event.id, destination: shop });
  expect(await since(token)).toEqual([{ id: event.id, status: 'cancelled' }]);
});

test('[G2] timeMin bounds the end and timeMax the start, both exclusive, fractions ignored', async () => {
  add({ id: 'before', ...on(3) });
  add({ id: 'inside', ...on(4) });
  add({ id: 'after5', ...on(5) });
  const ids = async (params: Params) => (await list(params)).items?.map((event) => event.id);
  expect(await ids({ timeMin: '2026-03-03T11:00:00+01:00' })).toEqual(['inside', 'after5']);
  expect(await ids({ timeMin: '2026-03-03T10:59:59+01:00' })).toEqual(['before', 'inside', 'after5']);
  expect(await ids({ timeMax: '2026-03-05T10:00:00+01:00' })).toEqual(['before', 'inside']);
  expect(await ids({ timeMax: '2026-03-05T10:00:00.900+01:00' })).toEqual(['before', 'inside']);
  expect(await ids({ timeMax: '2026-03-05T10:00:01+01:00' })).toEqual(['before', 'inside', 'after5']);
});

test('[G2] an all-day event fills its days in the zone of the calendar', async () => {
  add({ id: 'fullone', start: { date: '2026-03-04' }, end: { date: '2026-03-05' } });
  expect((await list({ timeMin: '2026-03-04T23:00:00Z' })).items).toEqual([]);
  expect((await list({ timeMin: '2026-03-04T22:59:59Z' })).items).toHaveLength(1);
});

test('[G2] a window starts a sync; this server does not remember it, so increments reach outside', async () => {
  const token = await tokenNow({ timeMin: '2026-03-01T00:00:00Z', timeMax: '2026-03-04T00:00:00Z' });
  add({ id: 'outside', ...on(9) });
  expect(await since(token)).toMatchObject([{ id: 'outside' }]);
});

test.each<[string, Params]>([
  ['an offset is mandatory', { timeMin: '2026-03-01T00:00:00' }],
  ['a date alone is no time', { timeMin: '2026-03-01' }],
])('[G2] %s', async (_, params) => {
  expect(await refusal(list(params))).toMatchObject({ status: 400, location: 'timeMin' });
});

test('[G2] an empty window is refused', async () => {
  const timeMin = '2026-03-01T00:00:00Z';
  expect(await refusal(list({ timeMin, timeMax: timeMin }))).toMatchObject({ reason: 'timeRangeEmpty', status: 400 });
});

test('[G2] orderBy=startTime needs singleEvents, and then gives no sync token', async () => {
  add({ id: 'later', ...on(5) });
  add({ id: 'sooner', ...on(4) });
  expect(await refusal(list({ orderBy: 'startTime' }))).toMatchObject({
    status: 400,
    message: 'The requested ordering is not available for the particular query.',
  });
  const ordered = await list({ orderBy: 'startTime', singleEvents: true });
  expect(ordered.items?.map((event) => event.id)).toEqual(['sooner', 'later']);
  expect(ordered).not.toHaveProperty('nextSyncToken');
});

test('[G2] orderBy=updated is ascending; the default order is stable', async () => {
  add({ id: 'first' });
  open.clock.now += 1000;
  add({ id: 'second' });
  open.clock.now += 1000;
  open.control.patchEvent({ calendar: barber, eventId: 'first', event: { summary: 'x' } });
  const ids = async (params: Params) => (await list(params)).items?.map((event) => event.id);
  expect(await ids({ orderBy: 'updated' })).toEqual(['second', 'first']);
  expect(await ids({})).toEqual(['first', 'second']);
});

test('[G2] updatedMin always includes deletions, and cannot reach behind an expiry', async () => {
  const event = add();
  open.clock.now += dayMs;
  const updatedMin = new Date(open.clock.now).toISOString();
  expect((await list({ updatedMin })).items).toEqual([]);
  open.control.deleteEvent({ calendar: barber, eventId: event.id });
  expect((await list({ updatedMin })).items).toEqual([{ id: event.id, status: 'cancelled' }]);
  open.control.expireSyncTokens({ calendar: barber });
  expect(await refusal(list({ updatedMin: new Date(monday).toISOString() }))).toMatchObject({
    status: 410,
    reason: 'updatedMinTooLongAgo',
    domain: 'calendar',
    location: 'updatedMin',
  });
});

test('[G3] events are found by text, iCalUID and extended property; all constraints must hold', async () => {
  const event = add({ summary: 'Beard trim', extendedProperties: { private: { a: '1', b: '2' } } });
  add();
  const ids = async (params: Params) => (await list(params)).items?.map(({ id }) => id);
  expect(await ids({ q: 'beard' })).toEqual([event.id]);
  expect(await ids({ iCalUID: String(event.iCalUID) })).toEqual([event.id]);
  expect(await ids({ privateExtendedProperty: ['a=1', 'b=2'] })).toEqual([event.id]);
  expect(await ids({ privateExtendedProperty: ['a=1', 'b=3'] })).toEqual([]);
  expect(await ids({ sharedExtendedProperty: ['a=1'] })).toEqual([]);
});

test('[G2] eventTypes filters listings and increments', async () => {
  const token = await tokenNow({ eventTypes: ['outOfOffice'] });
  add();
  const away = add({ eventType: 'outOfOffice', outOfOfficeProperties: {} });
  expect(await since(token, { eventTypes: ['outOfOffice'] })).toMatchObject([{ id: away.id }]);
});

test('[G3] times are shown in the zone of the calendar, or of the request', async () => {
  add({ start: { dateTime: '2026-03-03T12:00:00.500Z' }, end: { dateTime: '2026-03-03T13:00:00+00:00' } });
  expect((await list()).items?.[0]?.start).toEqual({
    dateTime: '2026-03-03T13:00:00+01:00',
    timeZone: 'Europe/Berlin',
  });
  expect((await list({ timeZone: 'UTC' })).items?.[0]?.start?.dateTime).toBe('2026-03-03T12:00:00Z');
  expect(await refusal(list({ timeZone: 'Mars/Olympus' }))).toMatchObject({ status: 400, location: 'timeZone' });
});
