import { afterEach, beforeEach, expect, test } from 'vitest';
import { barber, clientOf, dayMs, haircut, openGoogle, refusal, shop, timed } from './setup.ts';

let open: Awaited<ReturnType<typeof openGoogle>>;
beforeEach(async () => {
  open = await openGoogle();
});
afterEach(() => open.google.stop());

const calendarId = 'primary';
type Body = Record<string, unknown>;
const insert = async (requestBody: Body = haircut, params: object = {}) =>
  (await open.calendar.events.insert({ calendarId, requestBody, ...params })).data;
const get = async (eventId: string, headers: Record<string, string> = {}) =>
  open.calendar.events.get({ calendarId, eventId }, { headers });
const update = (eventId: string, requestBody: Body, headers: Record<string, string> = {}) =>
  open.calendar.events.update({ calendarId, eventId, requestBody }, { headers });
const patch = (eventId: string, requestBody: Body, headers: Record<string, string> = {}) =>
  open.calendar.events.patch({ calendarId, eventId, requestBody }, { headers });
const remove = (eventId: string, headers: Record<string, string> = {}) =>
  open.calendar.events.delete({ calendarId, eventId }, { headers });

test('[G3] an inserted event is completed by the server', async () => {
  const event = await insert();
  expect(event).toMatchObject({
    kind: 'calendar#event',
    id: expect.stringMatching(/^[a-v0-9]{26}$/),
    etag: expect.stringMatching(/^"\d+"$/),
    status: 'confirmed',
    eventType: 'default',
    sequence: 0,
    iCalUID: `${event.id}@google.com`,
    creator: { email: barber, self: true },
    organizer: { email: barber, self: true },
    reminders: { useDefault: true },
    start: { dateTime: '2026-03-03T10:00:00+01:00', timeZone: 'Europe/Berlin' },
  });
  expect((await get(event.id ?? '')).data).toEqual(event);
});

test('[G3] a client may choose the id; a UUID without hyphens is legal', async () => {
  const id = crypto.randomUUID().replaceAll('-', '');
  expect((await insert({ ...haircut, id })).id).toBe(id);
});

test.each(['abcd', 'UPPER1', 'has-hyphen', 'wxyz12', 'a'.repeat(1025)])('[G3] bad id: %s', async (id) => {
  expect(await refusal(insert({ ...haircut, id }))).toMatchObject({
    status: 400,
    reason: 'invalid',
    message: 'Invalid resource id value.',
  });
});

test('[G3] a taken id is 409, also when its event has been deleted', async () => {
  await insert({ ...haircut, id: 'taken' });
  expect(await refusal(insert({ ...haircut, id: 'taken' }))).toMatchObject({ status: 409, reason: 'duplicate' });
  await remove('taken');
  expect(await refusal(insert({ ...haircut, id: 'taken' }))).toMatchObject({ status: 409, reason: 'duplicate' });
});

test('[G3] an id is unique per calendar only', async () => {
  await insert({ ...haircut, id: 'taken' });
  const { data } = await open.calendar.events.insert({ calendarId: shop, requestBody: { ...haircut, id: 'taken' } });
  expect(data.id).toBe('taken');
});

test('[G3] the charset is checked only on insert', async () => {
  expect(await refusal(get('_Imported-Like'))).toMatchObject({ status: 404, reason: 'notFound' });
});

test('[G3] every change changes the etag, which the ETag header repeats', async () => {
  const event = await insert();
  const changed = await patch(event.id ?? '', { summary: 'Shave' });
  expect(changed.data.etag).not.toBe(event.etag);
  expect(new Headers(changed.headers as Record<string, string>).get('etag')).toBe(changed.data.etag);
});

test('[G3] If-Match: a stale etag is 412 and changes nothing, the current one passes', async () => {
  const event = await insert();
  const eventId = event.id ?? '';
  const { etag } = (await patch(eventId, { summary: 'Shave' })).data;
  const stale = { 'If-Match': event.etag ?? '' };
  for (const call of [patch(eventId, {}, stale), update(eventId, haircut, stale), remove(eventId, stale)]) {
    expect(await refusal(call)).toMatchObject({ status: 412, reason: 'conditionNotMet', location: 'If-Match' });
  }
  expect((await get(eventId)).data).toMatchObject({ summary: 'Shave', etag });
  expect((await update(eventId, haircut, { 'If-Match': etag ?? '' })).status).toBe(200);
});

test('[G3] If-None-Match: 304 without a body while nothing has changed', async () => {
  const event = await insert();
  const unchanged = { 'If-None-Match': event.etag ?? '' };
  expect(await get(event.id ?? '', unchanged)).toMatchObject({ status: 304, data: '' });
  await patch(event.id ?? '', { summary: 'Shave' });
  expect((await get(event.id ?? '', unchanged)).status).toBe(200);
});

test('[G3] PUT replaces everything writable and keeps the identity', async () => {
  const event = await insert({ ...haircut, location: 'Chair 2', extendedProperties: { private: { a: '1' } } });
  const { data } = await update(event.id ?? '', { ...haircut, summary: 'Shave' });
  expect(data).toMatchObject({ summary: 'Shave', id: event.id, iCalUID: event.iCalUID, created: event.created });
  expect(data).not.toHaveProperty('location');
  expect(data).not.toHaveProperty('extendedProperties');
});

test.each(['start', 'end'] as const)('[G3] PUT requires %s', async (missing) => {
  const event = await insert();
  const { [missing]: _, ...body } = haircut;
  expect(await refusal(update(event.id ?? '', body))).toMatchObject({ status: 400, reason: 'required' });
});

test('[G3] PATCH merges objects, replaces arrays whole, and null deletes', async () => {
  const event = await insert({
    ...haircut,
    location: 'Chair 2',
    attendees: [{ email: 'a@example.com' }, { email: 'b@example.com' }],
    extendedProperties: { private: { a: '1', b: '2' }, shared: { c: '3' } },
  });
  const { data } = await patch(event.id ?? '', {
    location: null,
    attendees: [{ email: 'c@example.com' }],
    extendedProperties: { private: { a: null, d: '4' } },
  });
  expect(data.summary).toBe('Haircut');
  expect(data).not.toHaveProperty('location');
  expect(data.attendees).toMatchObject([{ email: 'c@example.com' }]);
  expect(data.extendedProperties).toEqual({ private: { b: '2', d: '4' }, shared: { c: '3' } });
});

test('[G3] PATCH to all-day needs null for the old field', async () => {
  const event = await insert();
  const bare = { start: { date: '2026-03-03' }, end: { date: '2026-03-04' } };
  expect(await refusal(patch(event.id ?? '', bare))).toMatchObject({ status: 400 });
  const explicit = { start: { ...bare.start, dateTime: null }, end: { ...bare.end, dateTime: null } };
  expect((await patch(event.id ?? '', explicit)).data).toMatchObject(bare);
});

test('[G3] extended properties: long keys dropped, long values cut, both silently', async () => {
  const properties = { ['k'.repeat(44)]: 'kept', ['k'.repeat(45)]: 'dropped', long: 'v'.repeat(1025) };
  const event = await insert({ ...haircut, extendedProperties: { private: properties, shared: properties } });
  const cut = { ['k'.repeat(44)]: 'kept', long: 'v'.repeat(1024) };
  expect(event.extendedProperties).toEqual({ private: cut, shared: cut });
});

test('[G3] read-only fields are ignored on writes', async () => {
  const event = await insert();
  const wanted = { created: '2020-01-01T00:00:00Z', organizer: { email: 'x@example.com' }, sequence: 9, id: 'other' };
  expect((await patch(event.id ?? '', wanted)).data).toMatchObject({
    id: event.id,
    created: event.created,
    organizer: { email: barber },
    sequence: 0,
  });
});

test('[G3] the event type is immutable; fromGmail cannot be created', async () => {
  const event = await insert();
  expect(await refusal(patch(event.id ?? '', { eventType: 'outOfOffice' }))).toMatchObject({ status: 400 });
  expect(await refusal(insert({ ...haircut, eventType: 'fromGmail' }))).toMatchObject({ status: 400 });
});

test.each<[string, Body]>([
  ['a date with a time', { start: { date: '2026-03-03' }, end: haircut.end }],
  ['both forms', { start: { ...haircut.start, date: '2026-03-03' }, end: haircut.end }],
  ['no offset and no zone', { start: { dateTime: '2026-03-03T10:00:00' }, end: haircut.end }],
  ['an unknown zone', { start: { dateTime: '2026-03-03T10:00:00', timeZone: 'Mars/Olympus' }, end: haircut.end }],
])('[G3] refused times: %s', async (_, times) => {
  expect(await refusal(insert(times))).toMatchObject({ status: 400, reason: 'invalid' });
});

test.each<[string, Body]>([
  ['timed', timed('2026-03-03T10:00:00', '2026-03-03T10:00:00')],
  ['all-day: the end is exclusive', { start: { date: '2026-03-03' }, end: { date: '2026-03-03' } }],
  ['backwards', timed('2026-03-03T10:00:00', '2026-03-03T09:00:00')],
])('[G3] an empty range is timeRangeEmpty: %s', async (_, times) => {
  expect(await refusal(insert(times))).toMatchObject({ status: 400, reason: 'timeRangeEmpty', domain: 'calendar' });
});

test('[G3] DELETE has no body; again is 410; get still shows the cancelled event', async () => {
  const event = await insert();
  const { status, data } = await remove(event.id ?? '');
  expect([status, data]).toEqual([204, '']);
  expect(await refusal(remove(event.id ?? ''))).toMatchObject({
    status: 410,
    reason: 'deleted',
    domain: 'global',
    message: 'Resource has been deleted',
  });
  expect((await get(event.id ?? '')).data).toMatchObject({ status: 'cancelled', summary: 'Haircut' });
});

test('[G3] a deleted event cannot be written to', async () => {
  const event = await insert();
  await remove(event.id ?? '');
  for (const call of [update(event.id ?? '', haircut), patch(event.id ?? '', { summary: 'x' })]) {
    expect(await refusal(call)).toMatchObject({ status: 403 });
  }
});

test('[G3] PATCH to cancelled deletes', async () => {
  const event = await insert();
  await patch(event.id ?? '', { status: 'cancelled' });
  expect(await refusal(remove(event.id ?? ''))).toMatchObject({ status: 410 });
});

test('a person takes an event out of the bin', async () => {
  const event = await insert();
  await remove(event.id ?? '');
  open.control.restoreEvent({ calendar: barber, eventId: event.id ?? '' });
  expect((await get(event.id ?? '')).data).toMatchObject({ status: 'confirmed', summary: 'Haircut' });
});

test('[G3] an unknown event is 404', async () => {
  for (const call of [get('nowhere'), patch('nowhere', {}), update('nowhere', haircut), remove('nowhere')]) {
    expect(await refusal(call)).toMatchObject({ status: 404, reason: 'notFound', domain: 'global' });
  }
});

test('[G3] `updated` moves with a change, but not with reminders', async () => {
  const event = await insert();
  open.clock.now += dayMs;
  const reminders = { useDefault: false, overrides: [{ method: 'popup', minutes: 5 }] };
  const reminded = (await patch(event.id ?? '', { reminders })).data;
  expect(reminded).toMatchObject({ updated: event.updated, reminders });
  expect(reminded.etag).not.toBe(event.etag);
  expect((await patch(event.id ?? '', { summary: 'x' })).data.updated).toBe(new Date(open.clock.now).toISOString());
});

test.each([
  ['six', Array.from({ length: 6 }, () => ({ method: 'popup', minutes: 5 }))],
  ['too early', [{ method: 'popup', minutes: 40_321 }]],
])('[G3] reminder overrides are limited: %s', async (_, overrides) => {
  const event = { ...haircut, reminders: { useDefault: false, overrides } };
  expect(await refusal(insert(event))).toMatchObject({ status: 400 });
});

test('[G3] attendees answer `needsAction` at first; the owner of the calendar is `self`', async () => {
  const attendees = [{ email: barber, responseStatus: 'declined' }, { email: 'guest@example.com' }];
  const event = await insert({ ...haircut, attendees });
  expect(event.attendees).toEqual([
    { email: barber, responseStatus: 'declined', self: true },
    { email: 'guest@example.com', responseStatus: 'needsAction' },
  ]);
  expect(event.status).toBe('confirmed');
  const few = (await open.calendar.events.get({ calendarId, eventId: event.id ?? '', maxAttendees: 1 })).data;
  expect(few).toMatchObject({ attendeesOmitted: true, attendees: [{ self: true }] });
});

test('[G3] conference data and attachments are ignored unless the client says it understands them', async () => {
  const conferenceData = { notes: 'dial in' };
  const attachments = [{ fileUrl: 'https://example.com/f' }];
  const extras = { ...haircut, conferenceData, attachments };
  expect(await insert(extras)).not.toHaveProperty('conferenceData');
  const event = await insert(extras, { conferenceDataVersion: 1, supportsAttachments: true });
  expect(event).toMatchObject({ conferenceData, attachments });
  expect((await update(event.id ?? '', haircut)).data).toMatchObject({ conferenceData, attachments });
});

test('[G3] a label is ignored unless the client says it understands labels; then an unset one is removed', async () => {
  const labelled = { ...haircut, eventLabelId: 'label1', colorId: '3' };
  expect(await insert(labelled)).toMatchObject({ colorId: '3' });
  const event = await insert(labelled, { eventLabelVersion: 1 });
  expect(event).toMatchObject({ eventLabelId: 'label1' });
  expect(event).not.toHaveProperty('colorId');
  const eventId = event.id ?? '';
  expect((await update(eventId, haircut)).data).toMatchObject({ eventLabelId: 'label1' });
  const aware = { calendarId, eventId, eventLabelVersion: 1, requestBody: { summary: 'Shave' } };
  expect((await open.calendar.events.patch(aware)).data).not.toHaveProperty('eventLabelId');
});

test("[G3] PUT on a guest's copy that resets guest permissions is refused, PATCH is not", async () => {
  const event = { ...haircut, guestsCanModify: true };
  const { id } = open.control.insertEvent({ calendar: barber, event, organizer: 'host@example.com' });
  expect((await get(id)).data.organizer).toEqual({ email: 'host@example.com' });
  expect(await refusal(update(id, haircut))).toMatchObject({ status: 403, reason: 'forbiddenForNonOrganizer' });
  expect((await patch(id, { summary: 'Mine' })).data.summary).toBe('Mine');
});

test('[G3] move keeps the id and changes the organizer; only default events move', async () => {
  const event = await insert();
  const move = (eventId: string) => open.calendar.events.move({ calendarId, eventId, destination: shop });
  expect((await move(event.id ?? '')).data).toMatchObject({ id: event.id, organizer: { email: shop } });
  expect((await open.calendar.events.get({ calendarId: shop, eventId: event.id ?? '' })).data.status).toBe('confirmed');
  expect((await get(event.id ?? '')).data.status).toBe('cancelled');
  const back = { calendarId: shop, eventId: event.id ?? '', destination: 'primary' };
  expect((await open.calendar.events.move(back)).data.status).toBe('confirmed');
  const away = await insert({ ...haircut, eventType: 'outOfOffice' });
  expect(await refusal(move(away.id ?? ''))).toMatchObject({ status: 400 });
});

test('[G3] sendUpdates is recorded with the call', async () => {
  await insert(haircut, { sendUpdates: 'none' });
  const calls = open.control.requests({ operation: 'calendar.events.insert' });
  expect(calls).toMatchObject([{ method: 'POST', status: 200, account: barber, query: { sendUpdates: 'none' } }]);
});

test('[G4] ids with special characters travel percent-encoded', async () => {
  const odd = 'a+b@group.calendar.google.com';
  open.control.addCalendar({ email: barber, calendar: { id: odd } });
  const { data } = await open.calendar.events.insert({ calendarId: odd, requestBody: haircut });
  expect(open.control.events({ calendar: odd })).toMatchObject([{ id: data.id }]);
  expect(open.control.requests().at(-1)?.path).toBe('/calendar/v3/calendars/a%2Bb%40group.calendar.google.com/events');
});

test('[G5] a scope that does not cover the call is 403 insufficientPermissions', async () => {
  const scopes = ['https://www.googleapis.com/auth/calendar.events.readonly'];
  const reader = clientOf(open.google, { email: barber, scopes });
  expect((await reader.events.list({ calendarId })).status).toBe(200);
  for (const call of [reader.events.insert({ calendarId, requestBody: haircut }), reader.calendarList.list()]) {
    expect(await refusal(call)).toMatchObject({
      status: 403,
      reason: 'insufficientPermissions',
      message: 'Request had insufficient authentication scopes.',
      body: { status: 'PERMISSION_DENIED', details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }] },
    });
  }
});
