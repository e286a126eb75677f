/** Booking, changing and cancelling through the API's own handler, over stores in memory. */
import { beforeEach, describe, expect, test } from 'vitest';
import {
  appointmentRoute,
  cancelAppointmentRoute,
  createAppointmentRoute,
  editAppointmentRoute,
} from '../../functions/management-api/routes/appointment.ts';
import { pushExistingRoute } from '../../functions/management-api/routes/push-existing.ts';
import { appointment as schema } from '../../functions/management-api/schemas/appointments.ts';
import { problemReply } from '../../functions/management-api/schemas/problem.ts';
import { fingerprintOf } from '../../shared/decision/compare.ts';
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { Conflict } from '../../shared/domain/conflict.ts';
import { bookingIdOf } from '../../shared/domain/derived-ids.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { hour, plusMs } from '../../shared/domain/instant.ts';
import type { Envelope } from '../../shared/queue/hint.ts';
import { apiOver, type Call } from '../support/api-calls.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aCalendar, aConnection, anAppointment, at, calendarKey, now, userId } from '../support/samples.ts';
import { aLocalBooking } from '../unit/bookings/sample-bookings.ts';

let stores: Stores;
let call: ReturnType<typeof apiOver>;
let ids: number;
let hints: Envelope[];
const newId = () => asId<AppointmentId>(`booking-${String(++ids).padStart(14, '0')}`);

beforeEach(async () => {
  ids = 0;
  hints = [];
  stores = memoryStores();
  call = apiOver({
    createAppointment: createAppointmentRoute({ ...stores, newId }),
    appointment: appointmentRoute(stores.appointments),
    editAppointment: editAppointmentRoute(stores),
    cancelAppointment: cancelAppointmentRoute(stores),
    pushExisting: pushExistingRoute({ ...stores, queue: { send: async (envelope) => void hints.push(envelope) } }),
  });
});

const connect = async (...calendars: Partial<Calendar>[]) => {
  await stores.connections.create(aConnection());
  for (const calendar of calendars.length > 0 ? calendars : [{}]) {
    await stores.calendars.register(aCalendar(calendar), { dueAt: now, renewChannel: false });
  }
};

const request = {
  service: 'Cut',
  clientName: 'Ann',
  start: '2026-03-03T10:00',
  end: '2026-03-03T11:00',
  timeZone: 'America/New_York',
};
const book = (body: object = {}, rest: Call = {}) =>
  call('createAppointment', { ...rest, body: { ...request, ...body } });
const booked = async (body: object = {}): Promise<string> => {
  const { status, body: made } = await book(body);
  expect(status).toBe(201);
  return String(made.id);
};
const edit = (id: string, body: object, rest: Call = {}) => call('editAppointment', { ...rest, id, body });
const stored = async (id: string): Promise<Appointment> =>
  (await stores.appointments.loadMany(userId, [asId(id)]))[0] ?? expect.fail('There is no appointment');
const store = async (appointment: Appointment, before?: Appointment) =>
  expect(await stores.appointments.save(appointment, { before })).toBe('saved');
const agenda = () =>
  stores.appointments.list({
    userId,
    from: at('2020-01-01T00:00:00Z'),
    to: at('2040-01-01T00:00:00Z'),
    limit: 100,
    includeCancelled: true,
  });

const problem = (status: number, slug: string) => ({
  status,
  body: { type: `urn:bookedbarber:problem:${slug}`, status },
});
const wrong = (...fields: string[]) => ({ status: 400, body: { errors: fields.map((field) => ({ field })) } });
const detailsOnBlocks = { service: 'Cut', price: { amount: 1, currency: 'EUR' } };

const unstorable = {
  'a lone surrogate': 'a\ud800',
  'a lone low surrogate': '\udc00a',
  'a NUL': 'a\0',
  'an escape': '\u001b[2J',
};

describe.each(Object.entries(unstorable))('%s is refused, by the name of its field', (_, bad) => {
  test.each(['title', 'service', 'clientName', 'clientContact', 'location', 'notes'])('in %s', async (field) => {
    await connect();
    expect(await book({ [field]: bad })).toMatchObject(wrong(field));
    expect((await agenda()).items).toEqual([]);
    const id = await booked();
    expect(await edit(id, { [field]: bad })).toMatchObject(wrong(field));
    expect((await stored(id)).version).toBe(1);
  });
});

test('text of several lines, in any script, is taken as it is written', async () => {
  await connect();
  const notes = 'Größe\t7\r\n散髪 💈\n👩‍🦰';
  expect((await book({ notes })).body).toMatchObject({ notes });
});

test('a time may leave out its seconds, with an offset as without one', async () => {
  await connect();
  const { body } = await book({ start: '2026-03-03T15:00Z', end: '2026-03-03T11:30-05:00' });
  expect(body).toMatchObject({ start: '2026-03-03T10:00:00-05:00', end: '2026-03-03T11:30:00-05:00' });
});

describe('booking', () => {
  test('answers with the appointment, where it is, and its version', async () => {
    await connect();
    const { status, headers, body } = await book({ price: { amount: 3500, currency: 'EUR' }, clientContact: '+1 555' });
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
    expect(await call('appointment', { id: String(body.id) })).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      body,
    });
  });

  test('goes nowhere while no calendar is connected, and while none takes bookings', async () => {
    expect((await book()).body.sync).toEqual({ state: 'local' });
    await connect({ role: 'blocks' });
    expect((await book({ allowOverlap: true })).body.sync).toEqual({ state: 'local' });
  });

  test('[R14] waits for a consent that has to be given again', async () => {
    await connect();
    await stores.connections.markNeedsReauth(aConnection(), { at: now, because: 'revoked' });
    expect((await book()).body.sync).toEqual({ state: 'pending' });
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
  ])('refuses %s by name, and stores nothing', async (_, body, field) => {
    expect(await book(body)).toMatchObject(wrong(field));
    expect((await agenda()).items).toEqual([]);
  });

  test.each([[[]], [null], ['text'], [1]])('refuses a body that is no object: %j', async (body) => {
    expect(await call('createAppointment', { body: JSON.stringify(body) })).toMatchObject(wrong('body'));
  });
});

describe('an idempotency key', () => {
  const keyed = (body: object = {}, key = 'key-1') => book(body, { headers: { 'idempotency-key': key } });

  test('[R3] makes one appointment of the same request, however often and however close it comes', async () => {
    const answers = await Promise.all([keyed(), keyed(), keyed()]);
    answers.push(await keyed());
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await agenda()).items).toHaveLength(1);
  });

  test('finds it again whatever has become of it', async () => {
    const { body } = await keyed();
    await call('cancelAppointment', { id: String(body.id) });
    expect(await keyed()).toMatchObject({ status: 201, body: { id: body.id, status: 'cancelled' } });
  });

  test('of another request is refused', async () => {
    await keyed();
    expect(await keyed({ clientName: 'Eve' })).toMatchObject(problem(422, 'idempotency-key-reused'));
    expect(await keyed({ allowOverlap: true })).toMatchObject(problem(422, 'idempotency-key-reused'));
  });

  test('[R15] of another user is another key', async () => {
    const { body } = await keyed();
    const other = await book({}, { user: 'barber-2', headers: { 'idempotency-key': 'key-1' } });
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
    const id = await booked();
    const { status, body } = await book({ start: '2026-03-03T10:30', end: '2026-03-03T11:30', clientName: 'Eve' });
    expect(status).toBe(409);
    expect(problemReply.parse(body)).toMatchObject({
      type: 'urn:bookedbarber:problem:double-booking',
      conflicts: [{ id, title: 'Cut – Ann', start: '2026-03-03T10:00:00-05:00', end: '2026-03-03T11:00:00-05:00' }],
    });
  });

  test('of two requests at once one wins', async () => {
    const answers = await Promise.all([book(), book({ clientName: 'Eve' })]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    expect((await agenda()).items).toHaveLength(1);
  });

  test('requests at once for other times of the day all win', async () => {
    const hours = ['08', '09', '10', '11'];
    const answers = await Promise.all(
      hours.map((hour) => book({ start: `2026-03-03T${hour}:00`, end: `2026-03-03T${hour}:59` })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  });

  test('with a block is one as well', async () => {
    await store(block);
    expect(await book()).toMatchObject({ status: 409, body: { conflicts: [{ id: block.id, title: 'Dentist' }] } });
  });

  test('of days is one as well, across midnight too', async () => {
    await booked({ start: '2026-03-03T23:00', end: '2026-03-04T01:00', timeZone: 'UTC' });
    const allDay = { allDay: true, start: '2026-03-04', end: '2026-03-05', timeZone: 'UTC' };
    expect((await book(allDay)).body.conflicts).toHaveLength(1);
  });

  test('is for those who mean it', async () => {
    await booked();
    await booked({ allowOverlap: true });
    expect((await agenda()).items).toHaveLength(2);
  });

  test('is none where one ends as the other begins, is cancelled, or is another barber’s', async () => {
    const id = await booked();
    await booked({ start: '2026-03-03T11:00', end: '2026-03-03T12:00' });
    await call('cancelAppointment', { id });
    await booked();
    expect((await book({}, { user: 'barber-2' })).status).toBe(201);
  });
});

describe('changing', () => {
  test('a part leaves the others, and moves the version', async () => {
    await connect();
    const id = await booked({ notes: 'Back door' });
    const answer = await edit(id, { notes: null, clientName: 'Eve' });
    expect(answer).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { title: 'Cut – Eve', service: 'Cut', version: 2, start: '2026-03-03T10:00:00-05:00' },
    });
    expect(answer.body).not.toHaveProperty('notes');
  });

  test('the start alone, or the zone alone, is read with the rest of the times', async () => {
    const id = await booked();
    expect(await edit(id, { start: '2026-03-03T09:30' })).toMatchObject({
      body: { start: '2026-03-03T09:30:00-05:00' },
    });
    expect(await edit(id, { timeZone: 'UTC' })).toMatchObject({
      body: { start: '2026-03-03T14:30:00+00:00', end: '2026-03-03T16:00:00+00:00', timeZone: 'UTC' },
    });
    expect(await edit(id, { start: '2026-03-03T23:00' })).toMatchObject(wrong('end'));
    expect(await edit(id, { allDay: true })).toMatchObject(wrong('start', 'end'));
  });

  test('[R4] nothing writes nothing', async () => {
    const id = await booked();
    const before = await stored(id);
    expect(await edit(id, { title: 'Cut – Ann' })).toMatchObject({ status: 200, headers: { etag: '"1"' } });
    expect(await stored(id)).toEqual(before);
  });

  test('to a time that is taken is refused; changing what stays where it is is not', async () => {
    const id = await booked();
    const other = await booked({ start: '2026-03-03T12:00', end: '2026-03-03T13:00', clientName: 'Eve' });
    const taken = { start: '2026-03-03T10:30', end: '2026-03-03T11:30' };
    expect(await edit(other, taken)).toMatchObject({
      ...problem(409, 'double-booking'),
      body: { conflicts: [{ id }] },
    });
    expect((await edit(other, { ...taken, allowOverlap: true })).status).toBe(200);
    expect((await edit(other, { notes: 'Overlaps, and stays so' })).status).toBe(200);
    expect((await edit(id, { start: '2026-03-03T09:45' })).status).toBe(409);
  });

  test('a booking does not stand in its own way, and leaves its old time free', async () => {
    const id = await booked();
    expect((await edit(id, { start: '2026-03-03T10:30', end: '2026-03-03T11:30' })).status).toBe(200);
    await booked({ start: '2026-03-03T09:30', end: '2026-03-03T10:30' });
  });

  test('of two moves to the same time at once one wins', async () => {
    const first = await booked();
    const second = await booked({ start: '2026-03-03T12:00', end: '2026-03-03T13:00' });
    const there = { start: '2026-03-04T10:00', end: '2026-03-04T11:00' };
    const answers = await Promise.all([edit(first, there), edit(second, there)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test('what is cancelled is refused', async () => {
    const id = await booked();
    await call('cancelAppointment', { id });
    expect(await edit(id, { notes: 'x' })).toMatchObject(problem(409, 'appointment-cancelled'));
  });

  test('[R2] of two edits of different parts at once none is lost', async () => {
    const id = await booked();
    await Promise.all([edit(id, { notes: 'Back door' }), edit(id, { location: 'Chair two' })]);
    expect((await stored(id)).fields).toMatchObject({ notes: 'Back door', location: 'Chair two' });
  });
});

describe('a version', () => {
  test.each<[string, Call, object]>([
    ['in If-Match', { headers: { 'if-match': '"1"' } }, {}],
    ['in the body', {}, { version: 1 }],
  ])('%s that is not current is refused with the appointment as it is', async (_, rest, version) => {
    const id = await booked();
    expect((await edit(id, { notes: 'first', ...version }, rest)).status).toBe(200);
    const stale = await edit(id, { notes: 'second', ...version }, rest);
    expect(stale).toMatchObject({
      ...problem(412, 'version-mismatch'),
      body: { appointment: { id, version: 2, notes: 'first' } },
    });
    expect(problemReply.parse(stale.body)).toEqual(stale.body);
  });

  test('of two edits of one version at once one wins', async () => {
    const id = await booked();
    const answers = await Promise.all(['a', 'b'].map((notes) => edit(id, { notes, version: 1 })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  });

  test('is the same after an answer that was lost: the edit is not refused for itself', async () => {
    const id = await booked();
    const { save } = stores.appointments;
    let lost = false;
    stores.appointments.save = async (...given) => {
      const answer = await save(...given);
      if (lost) return answer;
      lost = true;
      return 'conflict'; // What the repeated write says.
    };
    const headers = { 'if-match': '"1"' };
    expect(await edit(id, { notes: 'Back door' }, { headers })).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { notes: 'Back door' },
    });
    expect(await edit(id, { notes: 'Back door' }, { headers })).toMatchObject(problem(412, 'version-mismatch'));
  });

  test.each(['1', 'W/"1"', '*', '"x"', '"1", "2"'])('that we never gave is refused by name: %s', async (etag) => {
    const id = await booked();
    const headers = { 'if-match': etag };
    expect(await edit(id, { notes: 'x' }, { headers })).toMatchObject(wrong('if-match'));
    expect(await call('cancelAppointment', { id, headers })).toMatchObject(wrong('if-match'));
  });

  test('protects from cancelling what one has not seen', async () => {
    const id = await booked();
    await edit(id, { notes: 'x' });
    const headers = { 'if-match': '"1"' };
    expect(await call('cancelAppointment', { id, headers })).toMatchObject(problem(412, 'version-mismatch'));
  });
});

describe('cancelling', () => {
  test('keeps the record, and doing it again is well', async () => {
    const id = await booked();
    const headers = { 'if-match': '"1"' };
    const first = await call('cancelAppointment', { id, headers });
    expect(first).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { id, status: 'cancelled' } });
    expect(await call('cancelAppointment', { id, headers })).toEqual(first);
    expect(await call('appointment', { id })).toMatchObject({ body: { status: 'cancelled' } });
  });
});

describe('a block', () => {
  const blockOf = async (role: Calendar['role']) => {
    await connect({ role });
    const block = anAppointment({ id: asId('block-0000000000000001') });
    await store(block);
    return block.id;
  };

  test('in the calendar of bookings is changed as a booking is, and Google is to hear of it', async () => {
    const id = await blockOf('bookings');
    const moved = { title: 'Dentist, later', start: '2026-03-03T12:00', end: '2026-03-03T13:00' };
    expect(await edit(id, moved)).toMatchObject({
      status: 200,
      body: {
        ...moved,
        start: '2026-03-03T12:00:00-05:00',
        end: '2026-03-03T13:00:00-05:00',
        sync: { state: 'pending' },
      },
    });
    expect(await call('cancelAppointment', { id })).toMatchObject({
      body: { status: 'cancelled', sync: { state: 'pending' } },
    });
  });

  test('moves only to where the barber is free', async () => {
    const id = await blockOf('bookings');
    await booked({ start: '2026-03-03T12:00', end: '2026-03-03T13:00' });
    expect(await edit(id, { start: '2026-03-03T12:30', end: '2026-03-03T13:30' })).toMatchObject(
      problem(409, 'double-booking'),
    );
  });

  test('has no client, service or price', async () => {
    expect(await edit(await blockOf('bookings'), detailsOnBlocks)).toMatchObject(wrong('service', 'price'));
  });

  test('in a calendar that is only read stays as it is, and the calendar is named', async () => {
    const id = await blockOf('blocks');
    const refusal = problem(409, 'read-only');
    expect(await edit(id, { title: 'x' })).toMatchObject(refusal);
    expect(await call('cancelAppointment', { id })).toMatchObject({
      ...refusal,
      body: { detail: expect.stringContaining('Chair one') },
    });
  });
});

describe('an appointment that waits for a person', () => {
  const theirs = { ...anAppointment().fields, title: 'Beard' };
  const conflict: Conflict = {
    id: asId('conflict-1'),
    userId,
    calendarKey: aCalendar().key,
    kind: 'fields',
    status: 'open',
    revision: 1,
    openedAt: now,
    updatedAt: now,
    chainId: asId('chain-1'),
    appointmentId: asId('booking-00000000000001'),
    ours: anAppointment().fields,
    theirs,
    theirsAt: now,
  };
  const disputed = async () => {
    await connect();
    const { link } = anAppointment();
    const id = await booked();
    const before = await stored(id);
    const sync = { state: 'conflict', conflictId: conflict.id, theirs: fingerprintOf(theirs) } as const;
    await store({ ...before, ...(link && { link }), revision: 2, base: before.fields, sync }, before);
    await stores.conflicts.save(conflict);
    return id;
  };
  const review = () => stores.conflicts.load(userId, conflict.id);

  test('[R2] can be edited; the review item shows it', async () => {
    const id = await disputed();
    const sync = { state: 'conflict', conflictId: conflict.id };
    expect(await edit(id, { title: 'Shave' })).toMatchObject({ status: 200, body: { title: 'Shave', sync } });
    expect(await review()).toMatchObject({ status: 'open', revision: 2, ours: { title: 'Shave' } });
  });

  test('waits no more once it says what Google says', async () => {
    const id = await disputed();
    expect((await edit(id, { title: 'Beard' })).body.sync).toEqual({ state: 'synced' });
    expect(await review()).toMatchObject({ status: 'agreed', ours: theirs });
  });
});

describe('[R15] another user’s appointment', () => {
  test('is not there: not to read, not to change, not to cancel', async () => {
    const id = await booked();
    const before = await stored(id);
    const user = 'barber-2';
    const answers = await Promise.all([
      call('appointment', { user, id }),
      edit(id, { notes: 'x' }, { user }),
      call('cancelAppointment', { user, id }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject(problem(404, 'not-found'));
    expect(await stored(id)).toEqual(before);
  });

  test.each(['short', '../../../etc/passwd', 'x'.repeat(23)])('nor is what is no id: %s', async (id) => {
    expect(await call('appointment', { id })).toMatchObject(problem(404, 'not-found'));
  });
});

describe('bookings from before the connection', () => {
  const push = () => call('pushExisting');

  test('are marked once, on the user’s say: those to come, no others, and no reader sees a new version', async () => {
    const coming = await booked();
    const past = await booked({ start: '2026-03-01T10:00', end: '2026-03-01T11:00' });
    const cancelled = await booked({ start: '2026-03-05T10:00', end: '2026-03-05T11:00' });
    await call('cancelAppointment', { id: cancelled });
    await connect();
    expect(await push()).toMatchObject({ status: 202, body: { marked: 1 } });
    expect(await push()).toMatchObject({ status: 202, body: { marked: 0 } });
    expect(hints).toMatchObject([{ hint: { calendarKey, reason: 'appointment' } }]); // A mark alone wakes nobody [R6].
    expect(await stored(coming)).toMatchObject({ sync: { state: 'pending' }, version: 1, revision: 2 });
    expect((await stored(past)).sync).toEqual({ state: 'local' });
    expect((await stored(cancelled)).sync).toEqual({ state: 'local' });
  });

  test('[R11] are marked page by page', async () => {
    const starts = Array.from({ length: 205 }, (_, nth) => new Date(Date.UTC(2026, 3, 1) + nth * 86_400_000));
    for (const start of starts) {
      await booked({ start: start.toISOString(), end: new Date(start.getTime() + 3_600_000).toISOString() });
    }
    await connect();
    expect((await push()).body).toEqual({ marked: 205, more: false });
  });

  test('[R11] are marked as far as one request goes, and it says that there are more', async () => {
    for (let nth = 0; nth < 2_300; nth++) {
      const startsAt = plusMs(now, (nth + 1) * hour);
      const id = bookingIdOf(userId, `old-${nth}`);
      await store(aLocalBooking({ id, startsAt, endsAt: plusMs(startsAt, hour), revision: 1 }));
    }
    await connect();
    expect((await push()).body).toEqual({ marked: 2_000, more: true });
    expect((await push()).body).toEqual({ marked: 300, more: false });
  });

  test('need a connection, and a calendar that takes bookings', async () => {
    expect(await push()).toMatchObject(problem(409, 'not-connected'));
    await connect({ role: 'blocks' });
    expect(await push()).toMatchObject(problem(409, 'no-bookings-calendar'));
  });
});
