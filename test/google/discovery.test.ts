/** Google's own description of the API against what the stand-in serves. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Method, methods, violations } from './discovery.ts';
import { operations } from './operations.ts';
import { barber, daily, haircut, openGoogle, refusal, shop } from './setup.ts';

let open: Awaited<ReturnType<typeof openGoogle>>;
beforeEach(async () => {
  open = await openGoogle();
});
afterEach(() => open.google.stop());

const byId = new Map(methods.map((method) => [method.id, method]));
const document = readFileSync(new URL('./calendar-v3.discovery.json', import.meta.url), 'utf8');
const headers = () => ({ Authorization: `Bearer ${open.control.mintAccessToken({ email: barber }).accessToken}` });

test('the copy is of the revision that the facts were read from', () => {
  expect(JSON.parse(document)).toMatchObject({ id: 'calendar:v3', revision: '20260708', servicePath: 'calendar/v3/' });
});

test('each served operation is a method of the API, and each method of the copy is served', () => {
  expect(Object.keys(operations).sort()).toEqual([...byId.keys()].sort());
});

test.each(methods)('$id answers at its method and path', async (method) => {
  open.control.insertEvent({ calendar: barber, event: { ...daily, id: 'series1' } });
  const response = await call(method);
  expect(response.status).toBeLessThan(300);
  expect(open.control.requests().at(-1)).toMatchObject({ operation: method.id, method: method.httpMethod });
});

test.each(methods)('$id refuses an unknown query parameter', async (method) => {
  const response = await call(method, 'nonsense=1');
  expect(response.status).toBe(400);
  expect(JSON.stringify(await response.json())).toContain('nonsense');
});

test.each(methods)('$id needs one of its scopes', async (method) => {
  const scopes = ['https://www.googleapis.com/auth/drive'];
  const { accessToken } = open.control.mintAccessToken({ email: barber, scopes });
  const response = await call(method, '', { Authorization: `Bearer ${accessToken}` });
  expect(response.status).toBe(403);
});

/** A good call of any method, by its description only. */
async function call(method: Method, extra = '', authorization = headers()) {
  const values: Record<string, string> = { calendarId: barber, eventId: 'series1', destination: shop };
  const path = method.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? ''));
  const required = Object.entries(method.parameters ?? {}).filter(([, p]) => p.location === 'query' && p.required);
  const query = required.map(([name]) => `${name}=${encodeURIComponent(values[name] ?? '')}`);
  const url = `${open.google.url}/calendar/v3/${path}?${[...query, ...(extra ? [extra] : [])].join('&')}`;
  const body = method.request && JSON.stringify(await bodyFor(method));
  return fetch(url, { method: method.httpMethod, headers: authorization, ...(body && { body }) });
}

async function bodyFor(method: Method): Promise<object> {
  const watch = { id: randomUUID(), type: 'web_hook', address: 'http://127.0.0.1:9/' };
  if (method.id === 'calendar.events.watch') return watch;
  if (method.id !== 'calendar.channels.stop') return haircut;
  const requestBody = { ...watch, id: randomUUID() };
  return (await open.calendar.events.watch({ calendarId: barber, requestBody })).data;
}

test('every reply conforms to its schema', async () => {
  const conferenceData = { conferenceSolution: { name: 'x' } };
  const attendees = [{ email: 'guest@example.com' }];
  const rich = { ...daily, id: 'series1', attendees, conferenceData, extendedProperties: { private: { a: '1' } } };
  const calendarId = 'primary';
  const api = open.calendar;
  await api.events.insert({ calendarId, requestBody: rich, conferenceDataVersion: 1 });
  const [, second] = (await api.events.list({ calendarId, singleEvents: true })).data.items ?? [];
  await api.events.delete({ calendarId, eventId: second?.id ?? '' });
  const watch = { id: 'channel', type: 'web_hook', address: 'http://127.0.0.1:9/' };
  const replies: [string, unknown][] = [
    ['CalendarList', (await api.calendarList.list()).data],
    ['CalendarListEntry', (await api.calendarList.get({ calendarId })).data],
    ['Calendar', (await api.calendars.get({ calendarId })).data],
    ['Events', (await api.events.list({ calendarId })).data],
    ['Events', (await api.events.list({ calendarId, singleEvents: true, showDeleted: true })).data],
    ['Events', (await api.events.list({ calendarId, maxResults: 1 })).data],
    ['Events', (await api.events.instances({ calendarId, eventId: 'series1' })).data],
    ['Event', (await api.events.get({ calendarId, eventId: second?.id ?? '' })).data],
    ['Event', (await api.events.patch({ calendarId, eventId: 'series1', requestBody: { colorId: '1' } })).data],
    ['Channel', (await api.events.watch({ calendarId, requestBody: watch })).data],
  ];
  for (const [schema, reply] of replies) expect(violations({ $ref: schema }, reply)).toEqual([]);
});

test.each<[string, object]>([
  ['an unknown field', { sumary: 'typo' }],
  ['a number for a string', { summary: 7 }],
  ['a string for an array', { recurrence: 'RRULE:FREQ=DAILY' }],
  ['an unknown field inside', { start: { datetime: '2026-03-03T10:00:00Z' } }],
])('a body with %s is refused', async (_, wrong) => {
  const requestBody = { ...haircut, ...wrong } as object;
  expect(await refusal(open.calendar.events.insert({ calendarId: barber, requestBody }))).toMatchObject({
    status: 400,
  });
});

test.each(['maxResults=0', 'maxResults=many', 'singleEvents=yes', 'orderBy=colour', 'eventTypes=party'])(
  'an ill-typed parameter is refused: %s',
  async (query) => {
    const response = await fetch(`${open.google.url}/calendar/v3/calendars/primary/events?${query}`, {
      headers: headers(),
    });
    expect(response.status).toBe(400);
  },
);

test('the standard parameters are known', async () => {
  const params = { calendarId: 'primary', fields: 'items/id', quotaUser: 'barber-1', prettyPrint: false };
  expect((await open.calendar.events.list(params)).data).toEqual({ items: [] });
});
