import { afterEach, beforeEach, expect, test } from 'vitest';
import { barber, clientOf, openGoogle, refusal, shop } from './setup.ts';

let open: Awaited<ReturnType<typeof openGoogle>>;
beforeEach(async () => {
  open = await openGoogle();
});
afterEach(() => open.google.stop());

test('[G2] the calendar list shows id, zone, role and which one is primary', async () => {
  const { data } = await open.calendar.calendarList.list();
  expect(data.items).toMatchObject([
    { id: barber, primary: true, accessRole: 'owner', timeZone: 'Europe/Berlin' },
    { id: shop, summary: 'Shop' },
  ]);
  expect(data.items?.[1]).not.toHaveProperty('primary');
});

test('[G2] `primary` names the calendar whose id is the email', async () => {
  expect((await open.calendar.calendarList.get({ calendarId: 'primary' })).data.id).toBe(barber);
  expect((await open.calendar.calendars.get({ calendarId: 'primary' })).data).toMatchObject({
    id: barber,
    timeZone: 'Europe/Berlin',
  });
});

test('[G2] calendar list: pages, the token on the last one only, then only what changed', async () => {
  const first = (await open.calendar.calendarList.list({ maxResults: 1 })).data;
  expect(first.items).toHaveLength(1);
  expect(first.nextSyncToken).toBeUndefined();
  const last = (await open.calendar.calendarList.list({ maxResults: 1, pageToken: first.nextPageToken ?? '' })).data;
  expect(last.nextPageToken).toBeUndefined();

  open.control.removeCalendar({ email: barber, calendar: shop });
  const increment = (await open.calendar.calendarList.list({ syncToken: last.nextSyncToken ?? '' })).data;
  expect(increment.items).toMatchObject([{ id: shop, deleted: true }]);
});

test('[G2] calendar list: a change of role alone is not reported', async () => {
  const syncToken = (await open.calendar.calendarList.list()).data.nextSyncToken ?? '';
  open.control.setAccessRole({ email: barber, calendar: shop, accessRole: 'reader' });
  expect((await open.calendar.calendarList.list({ syncToken })).data.items).toEqual([]);
});

test('[G2] calendar list: minAccessRole filters, and is forbidden with a sync token', async () => {
  open.control.setAccessRole({ email: barber, calendar: shop, accessRole: 'reader' });
  const { data } = await open.calendar.calendarList.list({ minAccessRole: 'writer' });
  expect(data.items?.map((entry) => entry.id)).toEqual([barber]);
  const syncToken = (await open.calendar.calendarList.list()).data.nextSyncToken ?? '';
  const refused = await refusal(open.calendar.calendarList.list({ syncToken, minAccessRole: 'writer' }));
  expect(refused).toMatchObject({ status: 400 });
});

test('[G2] calendar list: an expired token is 410, a malformed one 400', async () => {
  const syncToken = (await open.calendar.calendarList.list()).data.nextSyncToken ?? '';
  open.control.expireCalendarListTokens({ email: barber });
  expect(await refusal(open.calendar.calendarList.list({ syncToken }))).toMatchObject({
    status: 410,
    reason: 'fullSyncRequired',
  });
  expect(await refusal(open.calendar.calendarList.list({ syncToken: 'x' }))).toMatchObject({ status: 400 });
});

test('[G3] a calendar that the account does not see is 404', async () => {
  const calls = [
    open.calendar.events.list({ calendarId: 'nobody@example.com' }),
    open.calendar.calendars.get({ calendarId: 'nobody@example.com' }),
    open.calendar.calendarList.get({ calendarId: 'nobody@example.com' }),
  ];
  for (const call of calls) expect(await refusal(call)).toMatchObject({ status: 404, reason: 'notFound' });
});

test('[G3] a calendar that left the list is 404', async () => {
  open.control.removeCalendar({ email: barber, calendar: shop });
  expect(await refusal(open.calendar.events.list({ calendarId: shop }))).toMatchObject({ status: 404 });
});

test('[G4] a shared calendar is one calendar; a reader may look and not write', async () => {
  open.control.createAccount({
    email: 'second@example.com',
    calendars: [{ primary: true }, { id: shop, accessRole: 'reader' }],
  });
  const reader = clientOf(open.google, { email: 'second@example.com' });
  const event = { summary: 'Delivery', start: { date: '2026-03-04' }, end: { date: '2026-03-05' } };
  await open.calendar.events.insert({ calendarId: shop, requestBody: event });
  expect((await reader.events.list({ calendarId: shop })).data.items).toMatchObject([{ summary: 'Delivery' }]);
  expect(await refusal(reader.events.insert({ calendarId: shop, requestBody: event }))).toMatchObject({
    status: 403,
    reason: 'requiredAccessLevel',
    message: 'You need to have writer access to this calendar.',
  });
});
