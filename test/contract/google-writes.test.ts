/**
 * The write half of the Google adapter, by the real `googleapis` client over HTTP.
 * https://developers.google.com/workspace/calendar/api/v3/reference/events
 * https://developers.google.com/workspace/calendar/api/guides/errors
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CalendarEvent, EventContent } from '../../shared/domain/calendar-event.ts';
import { asId, type CalendarId, type EventId } from '../../shared/domain/ids.ts';
import { instantAt } from '../../shared/domain/instant.ts';
import type { Caller } from '../../shared/google/calendar-api.ts';
import { googleCalendar } from '../../shared/google/calendar-client.ts';
import { barber, dayMs, monday, openGoogle, shop } from '../google/setup.ts';

let open: Awaited<ReturnType<typeof openGoogle>>;
let google: ReturnType<typeof googleCalendar>;
let caller: Caller;
beforeEach(async () => {
  open = await openGoogle();
  google = googleCalendar(`${open.google.url}/`);
  caller = { accessToken: open.control.mintAccessToken({ email: barber }).accessToken, quotaUser: 'barber' };
});
afterEach(() => open.google.stop());

const calendarId = asId<CalendarId>(barber);
const other = asId<CalendarId>(shop);
const eventId = asId<EventId>('bb00000000000000000000000001');
const ref = { calendarId, eventId };
const mark = 'owner.appointment';
const timeZone = 'Europe/Berlin';
const at = (time: string) => ({ kind: 'dateTime', dateTime: `2026-03-03T${time}:00+01:00`, timeZone }) as const;
const timed = { start: at('10:00'), end: at('10:30') };
const allDay = { start: { kind: 'date', date: '2026-03-03' }, end: { kind: 'date', date: '2026-03-04' } } as const;
const haircut = { summary: 'Haircut · Ada', location: 'Chair 2', description: 'Short', times: timed };

const insert = (content: EventContent = haircut) => google.insertEvent(caller, { ...ref, mark, content });
const kept = (calendar: CalendarId = calendarId) => open.control.getEvent({ calendar, eventId });
const patchedByPerson = (event: Record<string, unknown>) =>
  open.control.patchEvent({ calendar: calendarId, eventId, event });
const deletedByPerson = () => open.control.deleteEvent({ calendar: calendarId, eventId });
const calls = () => open.control.requests().map(({ operation }) => operation?.replace('calendar.events.', ''));

const copied = async (event: EventId = eventId) => {
  const { change, copy } = await google.readEvent(caller, { calendarId, eventId: event });
  if (change.kind !== 'event' || copy === undefined) throw new Error(`The event is ${change.kind}`);
  return copy;
};
const update = async (content: EventContent, event: EventId = eventId) =>
  google.updateEvent(caller, { calendarId, eventId: event, copy: await copied(event), content });
const eventOf = (result: { kind: string; event?: CalendarEvent }): CalendarEvent => {
  if (result.event === undefined) throw new Error(`The write ended as ${result.kind}`);
  return result.event;
};

/** A person puts what we know nothing of on the event that we have inserted. */
const foreign = {
  attendees: [
    { email: barber, responseStatus: 'accepted', self: true },
    { email: 'ada@example.com', responseStatus: 'tentative' },
  ],
  extendedProperties: { private: { another: 'app' }, shared: { team: 'north' } },
  reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 5 }] },
  colorId: '3',
  visibility: 'private',
  guestsCanModify: true,
};

describe('an insert', () => {
  test('makes the event under our id, with our mark, and answers with it', async () => {
    const event = eventOf(await insert());
    expect(event).toMatchObject({ id: eventId, mark, summary: 'Haircut · Ada', location: 'Chair 2', ...timed });
    expect(event.etag).toBe(kept().etag);
    expect(kept()).toMatchObject({
      summary: 'Haircut · Ada',
      description: 'Short',
      start: { dateTime: '2026-03-03T10:00:00+01:00', timeZone },
      extendedProperties: { private: { bookedBarber: mark } },
    });
  });

  test('says nothing but what it is given', async () => {
    await insert({ summary: 'Haircut', location: '', times: allDay });
    expect(kept()).toMatchObject({ start: { date: '2026-03-03' }, end: { date: '2026-03-04' } });
    for (const field of ['location', 'description', 'attendees']) expect(kept()).not.toHaveProperty(field);
  });

  test('[F53] of an id that is taken is a duplicate, and changes nothing', async () => {
    await insert();
    expect(await insert({ ...haircut, summary: 'Shave' })).toEqual({ kind: 'duplicate' });
    expect(kept()).toMatchObject({ summary: 'Haircut · Ada' });
  });

  test('[F53] of a deleted event’s id is a duplicate too; read, the event is deleted', async () => {
    await insert();
    deletedByPerson();
    expect(await insert()).toEqual({ kind: 'duplicate' });
    const deleted = { kind: 'deleted', id: eventId, shown: { mark }, updated: expect.any(String) };
    expect(await google.readEvent(caller, ref)).toEqual({ change: deleted });
    expect(await google.getEvent(caller, ref)).toEqual(deleted);
  });

  test('[R3][F47] whose answer is lost is trouble; repeated, it meets itself', async () => {
    open.control.orderFault({ kind: 'commit-then-drop', method: 'POST' });
    await expect(insert()).rejects.toMatchObject({ name: 'GoogleError', outcome: 'transient' });
    expect(await insert()).toEqual({ kind: 'duplicate' });
    expect(await google.readEvent(caller, ref)).toMatchObject({ change: { kind: 'event', event: { mark } } });
    expect(open.control.events({ calendar: calendarId })).toHaveLength(1);
  });
});

describe('our mark', () => {
  test('is read in listings and by id, among the properties of others', async () => {
    await insert();
    patchedByPerson(foreign);
    const window = { from: instantAt(monday), to: instantAt(monday + 7 * dayMs) };
    const page = await google.listEvents(caller, { calendarId, window });
    expect(page).toMatchObject({ changes: [{ event: { id: eventId, mark } }] });
    expect(await google.getEvent(caller, ref)).toMatchObject({ event: { mark } });
  });

  test('is on no event that another made', async () => {
    const event = { summary: 'Dentist', start: { date: '2026-03-03' }, end: { date: '2026-03-04' } };
    const { id } = open.control.insertEvent({ calendar: calendarId, event });
    const change = await google.getEvent(caller, { calendarId, eventId: asId<EventId>(id) });
    expect(change.kind === 'event' && change.event).not.toHaveProperty('mark');
  });
});

describe('a reading', () => {
  test('of an unknown event is a deletion, without a copy', async () => {
    expect(await google.readEvent(caller, ref)).toEqual({ change: { kind: 'deleted', id: eventId } });
  });

  test('[F61] holds the whole event where no log can show it', async () => {
    await insert();
    const { copy } = await google.readEvent(caller, ref);
    expect(copy).toBeDefined();
    expect(JSON.stringify(copy)).toBe('{}');
  });
});

describe('an update of our own copy', () => {
  test('[F51] replaces our fields and keeps everything else', async () => {
    await insert();
    patchedByPerson(foreign);
    const times = { start: at('11:00'), end: at('11:30') };
    const event = eventOf(await update({ summary: 'Shave', location: '', times }));
    expect(event).toMatchObject({ summary: 'Shave', description: 'Short', mark, ...times, etag: kept().etag });
    expect(event).not.toHaveProperty('location');
    expect(kept()).toMatchObject({
      ...foreign,
      extendedProperties: { private: { another: 'app', bookedBarber: mark }, shared: { team: 'north' } },
    });
    expect(calls()).toEqual(['insert', 'get', 'update']);
  });

  test.each([
    ['attachments', { attachments: [{ fileUrl: 'https://example.com/f' }] }, { supportsAttachments: 'true' }],
    ['the conference', { conferenceData: { notes: 'dial in' } }, { conferenceDataVersion: '1' }],
    ['the label', { eventLabelId: 'label1' }, { eventLabelVersion: '1' }],
    ['the colour', { colorId: '3' }, { eventLabelVersion: '0' }],
  ])('[F51] keeps %s, and says that it knows of it', async (_, fields, said) => {
    await insert();
    const knowing = {
      supportsAttachments: true,
      conferenceDataVersion: 1,
      eventLabelVersion: 'colorId' in fields ? 0 : 1,
    };
    await open.calendar.events.patch({ ...ref, ...knowing, requestBody: fields });
    eventOf(await update({ summary: 'Shave' }));
    expect(kept()).toMatchObject({ summary: 'Shave', ...fields });
    expect(open.control.requests({ method: 'PUT' })).toMatchObject([{ query: said }]);
  });

  test('[F56] takes it from hours to days and back', async () => {
    await insert();
    expect(eventOf(await update({ times: allDay }))).toMatchObject(allDay);
    expect(eventOf(await update({ times: timed }))).toMatchObject(timed);
    expect(eventOf(await update({ times: allDay }))).toMatchObject(allDay);
  });

  test('[R2] is stale when a person was faster, and changes nothing', async () => {
    await insert();
    const copy = await copied();
    patchedByPerson({ summary: 'By a person' });
    expect(await google.updateEvent(caller, { ...ref, copy, content: { summary: 'Shave' } })).toEqual({
      kind: 'stale',
    });
    expect(kept()).toMatchObject({ summary: 'By a person' });
  });

  test('of an event deleted meanwhile changes nothing; read again, it is deleted', async () => {
    await insert();
    const copy = await copied();
    deletedByPerson();
    const result = await google.updateEvent(caller, { ...ref, copy, content: { summary: 'Shave' } });
    expect(['stale', 'gone']).toContain(result.kind); // Which of the two it is, Google does not say.
    expect(kept()).toMatchObject({ status: 'cancelled', summary: 'Haircut · Ada' });
    expect((await google.readEvent(caller, ref)).change.kind).toBe('deleted');
  });

  test.each([
    [404, 'notFound'],
    [410, 'deleted'],
    [403, 'forbidden'],
  ])('refused by %i for an event that is deleted finds it gone', async (status, reason) => {
    await insert();
    const copy = await copied();
    deletedByPerson();
    open.control.orderFault({ kind: 'status', status, reason, method: 'PUT' });
    expect(await google.updateEvent(caller, { ...ref, copy, content: { summary: 'Shave' } })).toEqual({ kind: 'gone' });
  });

  test.each([
    [404, 'notFound', 'gone'],
    [403, 'requiredAccessLevel', 'forbidden'],
    [403, 'quotaExceeded', 'paused'],
    [400, 'invalid', 'rejected'],
  ])('refused by %i %s while the event lives is trouble: %s', async (status, reason, outcome) => {
    await insert();
    open.control.orderFault({ kind: 'status', status, reason, method: 'PUT' });
    await expect(update({ summary: 'Shave' })).rejects.toMatchObject({ name: 'GoogleError', outcome });
  });

  test('whose answer is lost is trouble; repeated, it is stale, and its copy is as we wanted it', async () => {
    await insert();
    const request = { ...ref, copy: await copied(), content: { summary: 'Shave' } };
    open.control.orderFault({ kind: 'commit-then-drop', method: 'PUT' });
    await expect(google.updateEvent(caller, request)).rejects.toMatchObject({ outcome: 'transient' });
    expect(await google.updateEvent(caller, request)).toEqual({ kind: 'stale' });
    expect(await google.readEvent(caller, ref)).toMatchObject({ change: { event: { summary: 'Shave' } } });
  });
});

describe('an update of a guest’s copy', () => {
  /** An invitation of somebody else's. */
  const invite = (): EventId => {
    const times = { start: { dateTime: '2026-03-03T10:00:00+01:00' }, end: { dateTime: '2026-03-03T10:30:00+01:00' } };
    const event = { ...foreign, summary: 'Fair', location: 'Hall 1', ...times };
    const { id } = open.control.insertEvent({ calendar: calendarId, event, organizer: 'host@example.com' });
    return asId<EventId>(id);
  };

  test('[F51] sends what changes and nothing else', async () => {
    const invitation = invite();
    expect(eventOf(await update({ summary: 'Fair, with Ada' }, invitation))).toMatchObject({ location: 'Hall 1' });
    expect(eventOf(await update({ location: '' }, invitation))).not.toHaveProperty('location');
    expect(open.control.getEvent({ calendar: calendarId, eventId: invitation })).toMatchObject({
      ...foreign,
      summary: 'Fair, with Ada',
    });
    expect(calls()).toEqual(['get', 'patch', 'get', 'patch']);
  });

  test('[F56] takes it from hours to days and back', async () => {
    const invitation = invite();
    expect(eventOf(await update({ times: allDay }, invitation))).toMatchObject(allDay);
    expect(eventOf(await update({ times: timed }, invitation))).toMatchObject(timed);
  });

  test('[R2] is stale when a person was faster', async () => {
    const invitation = invite();
    const copy = await copied(invitation);
    open.control.patchEvent({ calendar: calendarId, eventId: invitation, event: { summary: 'By a person' } });
    const request = { calendarId, eventId: invitation, copy, content: { summary: 'Shave' } };
    expect(await google.updateEvent(caller, request)).toEqual({ kind: 'stale' });
  });
});

describe('a deletion', () => {
  test('takes the event away', async () => {
    const { etag } = eventOf(await insert());
    expect(await google.deleteEvent(caller, { ...ref, etag })).toBe('deleted');
    expect(kept().status).toBe('cancelled');
  });

  test('[F53] of what is deleted, or was never there, is done', async () => {
    expect(await google.deleteEvent(caller, { ...ref, etag: '"1"' })).toBe('deleted');
    const { etag } = eventOf(await insert());
    await google.deleteEvent(caller, { ...ref, etag });
    expect(await google.deleteEvent(caller, { ...ref, etag: kept().etag })).toBe('deleted');
    expect(calls()).toEqual(['delete', 'insert', 'delete', 'delete']);
  });

  test('[R2] is stale when a person was faster, and the event lives', async () => {
    const { etag } = eventOf(await insert());
    patchedByPerson({ summary: 'By a person' });
    expect(await google.deleteEvent(caller, { ...ref, etag })).toBe('stale');
    expect(kept().status).toBe('confirmed');
  });

  test('whose answer is lost is trouble, and was done', async () => {
    const { etag } = eventOf(await insert());
    open.control.orderFault({ kind: 'commit-then-drop', method: 'DELETE' });
    await expect(google.deleteEvent(caller, { ...ref, etag })).rejects.toMatchObject({ outcome: 'transient' });
    expect((await google.readEvent(caller, ref)).change.kind).toBe('deleted');
  });
});

describe('a move', () => {
  const move = () => google.moveEvent(caller, { ...ref, destination: other });

  test('takes the event with its id and mark to the other calendar and leaves a tombstone', async () => {
    await insert();
    expect(eventOf(await move())).toMatchObject({ id: eventId, mark, etag: kept(other).etag });
    expect(kept(other)).toMatchObject({ status: 'confirmed', summary: 'Haircut · Ada' });
    expect(await google.readEvent(caller, ref)).toMatchObject({
      change: { kind: 'deleted', id: eventId, shown: { mark } },
    });
  });

  test('of a deleted or unknown event finds it gone', async () => {
    expect(await move()).toEqual({ kind: 'gone' });
    await insert();
    deletedByPerson();
    expect(await move()).toEqual({ kind: 'gone' });
  });

  test('whose answer is lost is trouble; repeated, it is gone from here and lives there', async () => {
    await insert();
    open.control.orderFault({ kind: 'commit-then-drop', path: '/move' });
    await expect(move()).rejects.toMatchObject({ outcome: 'transient' });
    expect(await move()).toEqual({ kind: 'gone' });
    expect(await google.getEvent(caller, { calendarId: other, eventId })).toMatchObject({ event: { mark } });
  });

  test('to a calendar that is not there is trouble, not the event’s end', async () => {
    await insert();
    const destination = asId<CalendarId>('nowhere@group.calendar.google.com');
    await expect(google.moveEvent(caller, { ...ref, destination })).rejects.toMatchObject({ operation: 'events.move' });
    expect(kept().status).toBe('confirmed');
  });
});

test('[F51] no write sends anybody an e-mail, and each is counted as the user’s own', async () => {
  await insert();
  await update({ summary: 'Shave' });
  const moved = eventOf(await google.moveEvent(caller, { ...ref, destination: other }));
  await google.deleteEvent(caller, { calendarId: other, eventId, etag: moved.etag });
  const writes = open.control.requests().filter(({ method }) => method !== 'GET');
  expect(writes.map(({ method }) => method)).toEqual(['POST', 'PUT', 'POST', 'DELETE']);
  for (const { query } of writes) expect(query).toMatchObject({ sendUpdates: 'none', quotaUser: 'barber' });
});

test('a written event that Google does not show is trouble, to be read again', async () => {
  open.control.orderFault({ kind: 'omit', fields: ['start'], method: 'POST' });
  await expect(insert()).rejects.toMatchObject({ name: 'GoogleError', reason: 'unreadable', outcome: 'transient' });
});
