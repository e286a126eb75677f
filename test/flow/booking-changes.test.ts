/** Changing and cancelling through the API's own handler, over stores in memory. */
import { beforeEach, describe, expect, test } from 'vitest';
import { problemReply } from '../../functions/management-api/schemas/problem.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { Conflict } from '../../shared/domain/conflict.ts';
import { asId } from '../../shared/domain/ids.ts';
import type { Call } from '../support/api-calls.ts';
import { aCalendar, anAppointment, now, userId } from '../support/samples.ts';
import { type BookingApi, detailsOnBlocks, openBookingApi, problem, wrong } from './booking-api.ts';

let api: BookingApi;
beforeEach(() => {
  api = openBookingApi();
});

describe('changing', () => {
  test('a part leaves the others, and moves the version', async () => {
    await api.connect();
    const id = await api.booked({ notes: 'Back door' });
    const answer = await api.edit(id, { notes: null, clientName: 'Eve' });
    expect(answer).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { title: 'Cut – Eve', service: 'Cut', version: 2, start: '2026-03-03T10:00:00-05:00' },
    });
    expect(answer.body).not.toHaveProperty('notes');
  });

  test('the start alone, or the zone alone, is read with the rest of the times', async () => {
    const id = await api.booked();
    expect(await api.edit(id, { start: '2026-03-03T09:30' })).toMatchObject({
      body: { start: '2026-03-03T09:30:00-05:00' },
    });
    expect(await api.edit(id, { timeZone: 'UTC' })).toMatchObject({
      body: { start: '2026-03-03T14:30:00+00:00', end: '2026-03-03T16:00:00+00:00', timeZone: 'UTC' },
    });
    expect(await api.edit(id, { start: '2026-03-03T23:00' })).toMatchObject(wrong('end'));
    expect(await api.edit(id, { allDay: true })).toMatchObject(wrong('start', 'end'));
  });

  test('[R4] nothing writes nothing', async () => {
    const id = await api.booked();
    const before = await api.stored(id);
    expect(await api.edit(id, { title: 'Cut – Ann' })).toMatchObject({ status: 200, headers: { etag: '"1"' } });
    expect(await api.stored(id)).toEqual(before);
  });

  test('to a time that is taken is refused; changing what stays where it is is not', async () => {
    const id = await api.booked();
    const other = await api.booked({ start: '2026-03-03T12:00', end: '2026-03-03T13:00', clientName: 'Eve' });
    const taken = { start: '2026-03-03T10:30', end: '2026-03-03T11:30' };
    expect(await api.edit(other, taken)).toMatchObject({
      ...problem(409, 'double-booking'),
      body: { conflicts: [{ id }] },
    });
    expect((await api.edit(other, { ...taken, allowOverlap: true })).status).toBe(200);
    expect((await api.edit(other, { notes: 'Overlaps, and stays so' })).status).toBe(200);
    expect((await api.edit(id, { start: '2026-03-03T09:45' })).status).toBe(409);
  });

  test('a booking does not stand in its own way, and leaves its old time free', async () => {
    const id = await api.booked();
    expect((await api.edit(id, { start: '2026-03-03T10:30', end: '2026-03-03T11:30' })).status).toBe(200);
    await api.booked({ start: '2026-03-03T09:30', end: '2026-03-03T10:30' });
  });

  test('of two moves to the same time at once one wins', async () => {
    const first = await api.booked();
    const second = await api.booked({ start: '2026-03-03T12:00', end: '2026-03-03T13:00' });
    const there = { start: '2026-03-04T10:00', end: '2026-03-04T11:00' };
    const answers = await Promise.all([api.edit(first, there), api.edit(second, there)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test('what is cancelled is refused', async () => {
    const id = await api.booked();
    await api.call('cancelAppointment', { id });
    expect(await api.edit(id, { notes: 'x' })).toMatchObject(problem(409, 'appointment-cancelled'));
  });

  test('[R2] of two edits of different parts at once none is lost', async () => {
    const id = await api.booked();
    await Promise.all([api.edit(id, { notes: 'Back door' }), api.edit(id, { location: 'Chair two' })]);
    expect((await api.stored(id)).fields).toMatchObject({ notes: 'Back door', location: 'Chair two' });
  });
});

describe('a version', () => {
  test.each<[string, Call, object]>([
    ['in If-Match', { headers: { 'if-match': '"1"' } }, {}],
    ['in the body', {}, { version: 1 }],
  ])('%s that is not current is refused with the appointment as it is', async (_, rest, version) => {
    const id = await api.booked();
    expect((await api.edit(id, { notes: 'first', ...version }, rest)).status).toBe(200);
    const stale = await api.edit(id, { notes: 'second', ...version }, rest);
    expect(stale).toMatchObject({
      ...problem(412, 'version-mismatch'),
      body: { appointment: { id, version: 2, notes: 'first' } },
    });
    expect(problemReply.parse(stale.body)).toEqual(stale.body);
  });

  test('of two edits of one version at once one wins', async () => {
    const id = await api.booked();
    const answers = await Promise.all(['a', 'b'].map((notes) => api.edit(id, { notes, version: 1 })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  });

  test('is the same after an answer that was lost: the edit is not refused for itself', async () => {
    const id = await api.booked();
    const { save } = api.stores.appointments;
    let lost = false;
    api.stores.appointments.save = async (...given) => {
      const answer = await save(...given);
      if (lost) return answer;
      lost = true;
      return 'conflict'; // What the repeated write says.
    };
    const headers = { 'if-match': '"1"' };
    expect(await api.edit(id, { notes: 'Back door' }, { headers })).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { notes: 'Back door' },
    });
    expect(await api.edit(id, { notes: 'Back door' }, { headers })).toMatchObject(problem(412, 'version-mismatch'));
  });

  test.each(['1', 'W/"1"', '*', '"x"', '"1", "2"'])('that we never gave is refused by name: %s', async (etag) => {
    const id = await api.booked();
    const headers = { 'if-match': etag };
    expect(await api.edit(id, { notes: 'x' }, { headers })).toMatchObject(wrong('if-match'));
    expect(await api.call('cancelAppointment', { id, headers })).toMatchObject(wrong('if-match'));
  });

  test('protects from cancelling what one has not seen', async () => {
    const id = await api.booked();
    await api.edit(id, { notes: 'x' });
    const headers = { 'if-match': '"1"' };
    expect(await api.call('cancelAppointment', { id, headers })).toMatchObject(problem(412, 'version-mismatch'));
  });
});

describe('cancelling', () => {
  test('keeps the record, and doing it again is well', async () => {
    const id = await api.booked();
    const headers = { 'if-match': '"1"' };
    const first = await api.call('cancelAppointment', { id, headers });
    expect(first).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { id, status: 'cancelled' } });
    expect(await api.call('cancelAppointment', { id, headers })).toEqual(first);
    expect(await api.call('appointment', { id })).toMatchObject({ body: { status: 'cancelled' } });
  });
});

describe('a block', () => {
  const blockOf = async (role: Calendar['role']) => {
    await api.connect({ role });
    const block = anAppointment({ id: asId('block-0000000000000001') });
    await api.store(block);
    return block.id;
  };

  test('in the calendar of bookings is changed as a booking is, and Google is to hear of it', async () => {
    const id = await blockOf('bookings');
    const moved = { title: 'Dentist, later', start: '2026-03-03T12:00', end: '2026-03-03T13:00' };
    expect(await api.edit(id, moved)).toMatchObject({
      status: 200,
      body: {
        ...moved,
        start: '2026-03-03T12:00:00-05:00',
        end: '2026-03-03T13:00:00-05:00',
        sync: { state: 'pending' },
      },
    });
    expect(await api.call('cancelAppointment', { id })).toMatchObject({
      body: { status: 'cancelled', sync: { state: 'pending' } },
    });
  });

  test('moves only to where the barber is free', async () => {
    const id = await blockOf('bookings');
    await api.booked({ start: '2026-03-03T12:00', end: '2026-03-03T13:00' });
    expect(await api.edit(id, { start: '2026-03-03T12:30', end: '2026-03-03T13:30' })).toMatchObject(
      problem(409, 'double-booking'),
    );
  });

  test('has no client, service or price', async () => {
    expect(await api.edit(await blockOf('bookings'), detailsOnBlocks)).toMatchObject(wrong('service', 'price'));
  });

  test('in a calendar that is only read stays as it is, and the calendar is named', async () => {
    const id = await blockOf('blocks');
    const refusal = problem(409, 'read-only');
    expect(await api.edit(id, { title: 'x' })).toMatchObject(refusal);
    expect(await api.call('cancelAppointment', { id })).toMatchObject({
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
    await api.connect();
    const { link } = anAppointment();
    const id = await api.booked();
    const before = await api.stored(id);
    const sync = { state: 'conflict', conflictId: conflict.id, theirs } as const;
    await api.store({ ...before, ...(link && { link }), revision: 2, base: before.fields, sync }, before);
    await api.stores.conflicts.save(conflict);
    return id;
  };
  const review = () => api.stores.conflicts.load(userId, conflict.id);

  test('[R2] can be edited; the review item shows it', async () => {
    const id = await disputed();
    const sync = { state: 'conflict', conflictId: conflict.id };
    expect(await api.edit(id, { title: 'Shave' })).toMatchObject({ status: 200, body: { title: 'Shave', sync } });
    expect(await review()).toMatchObject({ status: 'open', revision: 2, ours: { title: 'Shave' } });
  });

  test('waits no more once it says what Google says', async () => {
    const id = await disputed();
    expect((await api.edit(id, { title: 'Beard' })).body.sync).toEqual({ state: 'synced' });
    expect(await review()).toMatchObject({ status: 'agreed', ours: theirs });
  });
});

describe('[R15] another user’s appointment', () => {
  test('is not there: not to read, not to change, not to cancel', async () => {
    const id = await api.booked();
    const before = await api.stored(id);
    const user = 'barber-2';
    const answers = await Promise.all([
      api.call('appointment', { user, id }),
      api.edit(id, { notes: 'x' }, { user }),
      api.call('cancelAppointment', { user, id }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject(problem(404, 'not-found'));
    expect(await api.stored(id)).toEqual(before);
  });

  test.each(['short', '../../../etc/passwd', 'x'.repeat(23)])('nor is what is no id: %s', async (id) => {
    expect(await api.call('appointment', { id })).toMatchObject(problem(404, 'not-found'));
  });
});
