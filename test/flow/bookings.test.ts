/** Booking through the API's own handler, over stores in memory. */
import { beforeEach, describe, expect, test } from 'vitest';
import { appointment as schema } from '../../functions/management-api/schemas/appointments.ts';
import { problemReply } from '../../functions/management-api/schemas/problem.ts';
import { bookingIdOf } from '../../shared/domain/derived-ids.ts';
import { hour, plusMs } from '../../shared/domain/instant.ts';
import { aConnection, anAppointment, at, calendarKey, now, userId } from '../support/samples.ts';
import { aLocalBooking } from '../unit/bookings/sample-bookings.ts';
import { type BookingApi, openBookingApi, problem, wrong } from './booking-api.ts';

let api: BookingApi;
beforeEach(() => {
  api = openBookingApi();
});

const unstorable = {
  'a lone surrogate': 'a\ud800',
  'a lone low surrogate': '\udc00a',
  'a NUL': 'a\0',
  'an escape': '\u001b[2J',
};

describe.each(Object.entries(unstorable))('%s is refused, by the name of its field', (_, bad) => {
  test.each(['title', 'service', 'clientName', 'clientContact', 'location', 'notes'])('in %s', async (field) => {
    await api.connect();
    expect(await api.book({ [field]: bad })).toMatchObject(wrong(field));
    expect((await api.agenda()).items).toEqual([]);
    const id = await api.booked();
    expect(await api.edit(id, { [field]: bad })).toMatchObject(wrong(field));
    expect((await api.stored(id)).version).toBe(1);
  });
});

test('text of several lines, in any script, is taken as it is written', async () => {
  await api.connect();
  const notes = 'Größe\t7\r\n散髪 💈\n👩‍🦰';
  expect((await api.book({ notes })).body).toMatchObject({ notes });
});

test('a time may leave out its seconds, with an offset as without one', async () => {
  await api.connect();
  const { body } = await api.book({ start: '2026-03-03T15:00Z', end: '2026-03-03T11:30-05:00' });
  expect(body).toMatchObject({ start: '2026-03-03T10:00:00-05:00', end: '2026-03-03T11:30:00-05:00' });
});

describe('booking', () => {
  test('answers with the appointment, where it is, and its version', async () => {
    await api.connect();
    const { status, headers, body } = await api.book({
      price: { amount: 3500, currency: 'EUR' },
      clientContact: '+1 555',
    });
    expect(status).toBe(201);
    expect(schema.parse(body)).toMatchObject({
      kind: 'booking',
      status: 'confirmed',
      title: 'Cut – Ann',
      service: 'Cut',
      clientName: 'Ann',
      clientContact: '+1 555',
      price: { amount: 3500, currency: 'EUR' },
      start: '2026-03-03T10:00:00-05:00',
      allDay: false,
      version: 1,
      sync: { state: 'pending' },
    });
    expect(headers).toMatchObject({ etag: '"1"', location: `/api/v2/appointments/${body.id}` });
    expect(await api.call('appointment', { id: String(body.id) })).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      body,
    });
  });

  test('goes nowhere while no calendar is connected, and while none takes bookings', async () => {
    expect((await api.book()).body.sync).toEqual({ state: 'local' });
    await api.connect({ role: 'blocks' });
    expect((await api.book({ allowOverlap: true })).body.sync).toEqual({ state: 'local' });
  });

  test('[R14] waits for a consent that has to be given again', async () => {
    await api.connect();
    await api.stores.connections.markNeedsReauth(aConnection(), { at: now, because: 'revoked' });
    expect((await api.book()).body.sync).toEqual({ state: 'pending' });
  });

  test.each<[string, object, string]>([
    ['a bare offset as zone', { timeZone: '+02:00' }, 'timeZone'],
    ['a date for a time', { start: '2026-03-03' }, 'start'],
    ['an end before the start', { end: '2026-03-03T09:00' }, 'end'],
    ['a year of another age', { start: '1969-12-31T10:00' }, 'start'],
    ['a title that is none', { title: '  ' }, 'title'],
    ['too long a title', { title: 'x'.repeat(1_025) }, 'title'],
    ['too long notes', { notes: 'x'.repeat(8_193) }, 'notes'],
    ['too long a name', { clientName: 'x'.repeat(257) }, 'clientName'],
    ['a currency that is none', { price: { amount: 1, currency: 'XYZ' } }, 'price.currency'],
    ['half a cent', { price: { amount: 0.5, currency: 'EUR' } }, 'price.amount'],
    ['an unknown field', { userId: 'barber-2' }, 'userId'],
    ['an unknown field within', { price: { amount: 1, currency: 'EUR', tip: 2 } }, 'price.tip'],
  ])('refuses %s by name, and api.stores nothing', async (_, body, field) => {
    expect(await api.book(body)).toMatchObject(wrong(field));
    expect((await api.agenda()).items).toEqual([]);
  });

  test.each([[[]], [null], ['text'], [1]])('refuses a body that is no object: %j', async (body) => {
    expect(await api.call('createAppointment', { body: JSON.stringify(body) })).toMatchObject(wrong('body'));
  });
});

describe('an idempotency key', () => {
  const keyed = (body: object = {}, key = 'key-1') => api.book(body, { headers: { 'idempotency-key': key } });

  test('[R3] makes one appointment of the same request, however often and however close it comes', async () => {
    const answers = await Promise.all([keyed(), keyed(), keyed()]);
    answers.push(await keyed());
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await api.agenda()).items).toHaveLength(1);
  });

  test('finds it again whatever has become of it', async () => {
    const { body } = await keyed();
    await api.call('cancelAppointment', { id: String(body.id) });
    expect(await keyed()).toMatchObject({ status: 201, body: { id: body.id, status: 'cancelled' } });
  });

  test('of another request is refused', async () => {
    await keyed();
    expect(await keyed({ clientName: 'Eve' })).toMatchObject(problem(422, 'idempotency-key-reused'));
    expect(await keyed({ allowOverlap: true })).toMatchObject(problem(422, 'idempotency-key-reused'));
  });

  test('[R15] of another user is another key', async () => {
    const { body } = await keyed();
    const other = await api.book({}, { user: 'barber-2', headers: { 'idempotency-key': 'key-1' } });
    expect(other.status).toBe(201);
    expect(other.body.id).not.toBe(body.id);
  });

  test.each(['x'.repeat(129), 'tab\t', 'é'])('must be printable and short: %j', async (key) => {
    expect(await keyed({}, key)).toMatchObject(wrong('idempotency-key'));
  });
});

describe('[F59] double booking', () => {
  const block = anAppointment({ startsAt: at('2026-03-03T15:30:00Z'), endsAt: at('2026-03-03T16:30:00Z') });

  test('is refused, and the clash is named', async () => {
    const id = await api.booked();
    const { status, body } = await api.book({ start: '2026-03-03T10:30', end: '2026-03-03T11:30', clientName: 'Eve' });
    expect(status).toBe(409);
    expect(problemReply.parse(body)).toMatchObject({
      type: 'urn:bookedbarber:problem:double-booking',
      conflicts: [{ id, title: 'Cut – Ann', start: '2026-03-03T10:00:00-05:00', end: '2026-03-03T11:00:00-05:00' }],
    });
  });

  test('of two requests at once one wins', async () => {
    const answers = await Promise.all([api.book(), api.book({ clientName: 'Eve' })]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    expect((await api.agenda()).items).toHaveLength(1);
  });

  test('requests at once for other times of the day all win', async () => {
    const hours = ['08', '09', '10', '11'];
    const answers = await Promise.all(
      hours.map((hour) => api.book({ start: `2026-03-03T${hour}:00`, end: `2026-03-03T${hour}:59` })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  });

  test('with a block is one as well', async () => {
    await api.store(block);
    expect(await api.book()).toMatchObject({ status: 409, body: { conflicts: [{ id: block.id, title: 'Dentist' }] } });
  });

  test('of days is one as well, across midnight too', async () => {
    await api.booked({ start: '2026-03-03T23:00', end: '2026-03-04T01:00', timeZone: 'UTC' });
    const allDay = { allDay: true, start: '2026-03-04', end: '2026-03-05', timeZone: 'UTC' };
    expect((await api.book(allDay)).body.conflicts).toHaveLength(1);
  });

  test('is for those who mean it', async () => {
    await api.booked();
    await api.booked({ allowOverlap: true });
    expect((await api.agenda()).items).toHaveLength(2);
  });

  test('is none where one ends as the other begins, is cancelled, or is another barber’s', async () => {
    const id = await api.booked();
    await api.booked({ start: '2026-03-03T11:00', end: '2026-03-03T12:00' });
    await api.call('cancelAppointment', { id });
    await api.booked();
    expect((await api.book({}, { user: 'barber-2' })).status).toBe(201);
  });
});

describe('bookings from before the connection', () => {
  const push = () => api.call('pushExisting');

  test('are marked once, on the user’s say: those to come, no others, and no reader sees a new version', async () => {
    const coming = await api.booked();
    const past = await api.booked({ start: '2026-03-01T10:00', end: '2026-03-01T11:00' });
    const cancelled = await api.booked({ start: '2026-03-05T10:00', end: '2026-03-05T11:00' });
    await api.call('cancelAppointment', { id: cancelled });
    await api.connect();
    expect(await push()).toMatchObject({ status: 202, body: { marked: 1 } });
    expect(await push()).toMatchObject({ status: 202, body: { marked: 0 } });
    expect(api.hints).toMatchObject([{ hint: { calendarKey, reason: 'appointment' } }]); // A mark alone wakes nobody [R6].
    expect(await api.stored(coming)).toMatchObject({ sync: { state: 'pending' }, version: 1, revision: 2 });
    expect((await api.stored(past)).sync).toEqual({ state: 'local' });
    expect((await api.stored(cancelled)).sync).toEqual({ state: 'local' });
  });

  test('[R11] are marked page by page', async () => {
    const starts = Array.from({ length: 205 }, (_, nth) => new Date(Date.UTC(2026, 3, 1) + nth * 86_400_000));
    for (const start of starts) {
      await api.booked({ start: start.toISOString(), end: new Date(start.getTime() + 3_600_000).toISOString() });
    }
    await api.connect();
    expect((await push()).body).toEqual({ marked: 205, more: false });
  });

  test('[R11] are marked as far as one request goes, and it says that there are more', async () => {
    for (let nth = 0; nth < 2_300; nth++) {
      const startsAt = plusMs(now, (nth + 1) * hour);
      const id = bookingIdOf(userId, `old-${nth}`);
      await api.store(aLocalBooking({ id, startsAt, endsAt: plusMs(startsAt, hour), revision: 1 }));
    }
    await api.connect();
    expect((await push()).body).toEqual({ marked: 2_000, more: true });
    expect((await push()).body).toEqual({ marked: 300, more: false });
  });

  test('need a connection, and a calendar that takes bookings', async () => {
    expect(await push()).toMatchObject(problem(409, 'not-connected'));
    await api.connect({ role: 'blocks' });
    expect(await push()).toMatchObject(problem(409, 'no-bookings-calendar'));
  });
});
