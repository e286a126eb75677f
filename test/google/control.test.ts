import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGoogle } from './server.ts';
import { barber, clientOf, haircut, openGoogle } from './setup.ts';

let open: Awaited<ReturnType<typeof openGoogle>>;
beforeEach(async () => {
  open = await openGoogle();
});
afterEach(() => open.google.stop());

async function order(command: string, input: object = {}) {
  const body = JSON.stringify(input);
  const response = await fetch(`${open.google.url}/control/${command}`, { method: 'POST', body });
  return { status: response.status, body: await response.json() };
}

test('every command is served over HTTP too', async () => {
  const response = await fetch(`${open.google.url}/control`);
  expect(await response.json()).toEqual({ commands: Object.keys(open.control) });
});

test('a person with curl makes a change, and reads with GET', async () => {
  const inserted = await order('insertEvent', { calendar: barber, event: haircut });
  expect(inserted).toMatchObject({ status: 200, body: { summary: 'Haircut' } });
  const events = await (await fetch(`${open.google.url}/control/events?calendar=${barber}`)).json();
  expect(events).toEqual([inserted.body]);
});

test('a person with curl orders a fault', async () => {
  await order('orderFault', { kind: 'html', path: '/events', times: null });
  await expect(open.calendar.events.list({ calendarId: barber })).rejects.toMatchObject({ status: 502 });
});

test('mistakes are named: unknown command, unknown calendar, refused event', async () => {
  expect(await order('makeCoffee')).toMatchObject({ status: 404, body: { error: 'no command makeCoffee' } });
  const lost = await order('insertEvent', { calendar: 'lost', event: haircut });
  expect(lost).toMatchObject({ status: 400, body: { error: 'Error: no calendar lost' } });
  const refused = await order('insertEvent', { calendar: barber, event: { summary: 'no times' } });
  expect(refused).toMatchObject({ status: 400, body: { error: { errors: [{ reason: 'required' }] } } });
});

test('a person’s change needs no grant and no call of the API', async () => {
  const event = open.control.insertEvent({ calendar: barber, event: haircut });
  open.control.updateEvent({ calendar: barber, eventId: event.id, event: { ...haircut, summary: 'Shave' } });
  expect(open.control.getEvent({ calendar: barber, eventId: event.id })).toMatchObject({ summary: 'Shave' });
  expect(open.control.requests()).toEqual([]);
});

test('the log knows calls by method, path and operation; it can be cleared', async () => {
  await open.calendar.calendarList.list();
  await open.calendar.events.list({ calendarId: barber, eventTypes: ['default', 'outOfOffice'] });
  expect(open.control.requests({ operation: 'calendar.events.list' })).toEqual([
    {
      at: open.clock.now,
      method: 'GET',
      path: `/calendar/v3/calendars/${encodeURIComponent(barber)}/events`,
      query: { eventTypes: ['default', 'outOfOffice'] },
      operation: 'calendar.events.list',
      account: barber,
      status: 200,
    },
  ]);
  expect(open.control.requests({ method: 'GET', path: 'calendarList$' })).toHaveLength(1);
  open.control.clearLogs();
  expect(open.control.requests()).toEqual([]);
});

test('state survives as JSON: tokens, events, grants and channel ids', async () => {
  const { id } = open.control.insertEvent({ calendar: barber, event: haircut });
  const syncToken = (await open.calendar.events.list({ calendarId: barber })).data.nextSyncToken ?? '';
  const { accessToken } = open.control.mintAccessToken({ email: barber, expiresInSeconds: 1e9 });
  const saved = JSON.parse(JSON.stringify(open.control.exportState()));

  const restarted = await startGoogle();
  restarted.control.importState(saved);
  restarted.control.deleteEvent({ calendar: barber, eventId: id });
  const client = clientOf(restarted, { email: barber });
  expect((await client.events.list({ calendarId: barber, syncToken })).data.items).toEqual([
    { id, status: 'cancelled' },
  ]);
  const headers = { Authorization: `Bearer ${accessToken}` };
  expect((await fetch(`${restarted.url}/calendar/v3/users/me/calendarList`, { headers })).status).toBe(200);
  await restarted.stop();
});

test('a port in use is an error at start', async () => {
  const port = Number(new URL(open.google.url).port);
  await expect(startGoogle({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
