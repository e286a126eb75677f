/** The review queue through the API's own handler, over stores in memory. */
import { beforeEach, describe, expect, test } from 'vitest';
import { conflictRoute, conflictsRoute } from '../../functions/management-api/routes/conflicts.ts';
import { resolveConflictRoute, undoConflictRoute } from '../../functions/management-api/routes/decide-conflict.ts';
import { conflictsReply, conflict as schema } from '../../functions/management-api/schemas/conflicts.ts';
import { problemReply } from '../../functions/management-api/schemas/problem.ts';
import { momentsOf } from '../../shared/decision/moments.ts';
import { moved } from '../../shared/decision/sync-state.ts';
import type { Appointment, EventLink } from '../../shared/domain/appointment.ts';
import type { Conflict } from '../../shared/domain/conflict.ts';
import { bookingIdOf, conflictIdOf } from '../../shared/domain/derived-ids.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, plusMs } from '../../shared/domain/instant.ts';
import { apiOver } from '../support/api-calls.ts';
import { failingAt } from '../support/faulty.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aBooking, aCalendar, calendarKey, now, userId } from '../support/samples.ts';
import { aConflict, aDispute, agreedOn, anOverlap, type Dispute, fieldsAt } from '../unit/conflicts/disputes.ts';

let stores: Stores;
let call: ReturnType<typeof apiOver>;

const callOver = (over: Stores) =>
  apiOver({
    conflicts: conflictsRoute(over),
    conflict: conflictRoute(over),
    resolveConflict: resolveConflictRoute(over),
    undoConflict: undoConflictRoute(over),
  });

beforeEach(async () => {
  stores = memoryStores();
  call = callOver(stores);
  await stores.calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
});

const id = conflictIdOf('test');

/** As it is right after it was opened. */
const opened = async ({ appointment, conflict }: Dispute): Promise<Dispute> => {
  const { sync } = appointment;
  const first = {
    ...appointment,
    revision: 1,
    sync: sync.state === 'conflict' ? { ...sync, conflictId: id } : sync,
  };
  const item = { ...conflict, id };
  expect(await stores.appointments.save(first, { conflict: item })).toBe('saved');
  return { appointment: first, conflict: item };
};
const onTimes = (more: Partial<Appointment> = {}) =>
  opened(aDispute({ kind: 'fields', ours: fieldsAt('11:00'), theirs: fieldsAt('14:00') }, more));

const bookingAt = async (clock: string): Promise<Appointment> => {
  const fields = fieldsAt(clock, { title: 'Shave – Kim' });
  const booking = aBooking({ id: bookingIdOf(userId, clock), fields, ...momentsOf(fields) });
  expect(await stores.appointments.save(booking)).toBe('saved');
  return booking;
};

const stored = async ({ appointment }: Pick<Dispute, 'appointment'>): Promise<Appointment> =>
  (await stores.appointments.loadMany(userId, [appointment.id]))[0] ?? expect.fail('There is no appointment');
const shown = async () => schema.parse((await call('conflict', { id })).body);
const seen = async () => (await shown()).seen;
const resolve = async (choice: string, more: object = {}, by = call) =>
  by('resolveConflict', { id, body: { choice, seen: await seen(), ...more } });
const undo = () => call('undoConflict', { id });
const problem = (status: number, slug: string) => ({
  status,
  body: { type: `urn:bookedbarber:problem:${slug}`, status },
});

describe('the queue', () => {
  test('shows what each item is about, how urgent it is, and what is suggested', async () => {
    const { appointment } = await onTimes();
    const { status, body } = await call('conflicts');
    expect(status).toBe(200);
    expect(conflictsReply.parse(body)).toEqual({
      items: [
        expect.objectContaining({
          id,
          kind: 'fields',
          status: 'open',
          severity: 'medium',
          ageSeconds: 0,
          appointmentId: appointment.id,
          ours: { title: 'Fade – Sam', start: '2026-03-03T11:00:00-05:00', end: '2026-03-03T12:00:00-05:00' },
          theirs: { title: 'Fade – Sam', start: '2026-03-03T14:00:00-05:00', end: '2026-03-03T15:00:00-05:00' },
          suggestion: expect.objectContaining({ choice: 'google', confidence: 0.07 }),
        }),
      ],
      counts: { open: 1, automatic: 0, manual: 0 },
    });
  });

  test('counts what persons have closed, and what closed by itself, whatever is asked for', async () => {
    await onTimes();
    await stores.conflicts.save(aConflict({ id: conflictIdOf('agreed'), status: 'agreed' }));
    await resolve('google');
    const { body } = await call('conflicts', { query: 'status=open' });
    expect(body).toEqual({ items: [], counts: { open: 0, automatic: 1, manual: 1 } });
  });

  test('comes page by page, the newest first', async () => {
    await onTimes();
    const newer = conflictIdOf('newer');
    await stores.conflicts.save(aConflict({ id: newer, openedAt: plusMs(now, hour), kind: 'deleted_in_google' }));
    const first = conflictsReply.parse((await call('conflicts', { query: 'limit=1' })).body);
    expect(first.items.map((item) => item.id)).toEqual([newer]);
    const { body } = await call('conflicts', { query: `limit=1&cursor=${first.nextCursor}` });
    const second = conflictsReply.parse(body);
    expect(second.items.map((item) => item.id)).toEqual([id]);
    expect(second.nextCursor).toBeUndefined();
  });

  test('suggests nothing that would double-book, and says so', async () => {
    await onTimes();
    await bookingAt('14:00');
    expect((await shown()).suggestion).toMatchObject({
      choice: 'bookedbarber',
      reasons: expect.arrayContaining([
        expect.objectContaining({ factor: 'overlap', favours: 'bookedbarber', weight: 1 }),
      ]),
    });
  });

  test('[R15] shows and changes nothing of another user', async () => {
    const dispute = await onTimes();
    const user = 'barber-2';
    expect((await call('conflicts', { user })).body).toMatchObject({ items: [], counts: { open: 0 } });
    expect(await call('conflict', { user, id })).toMatchObject(problem(404, 'not-found'));
    const body = { choice: 'google', seen: await seen() };
    expect(await call('resolveConflict', { user, id, body })).toMatchObject(problem(404, 'not-found'));
    expect(await call('undoConflict', { user, id })).toMatchObject(problem(404, 'not-found'));
    expect(await stored(dispute)).toEqual(dispute.appointment);
  });

  test('knows no item under what is no id of ours', async () => {
    expect(await call('conflict', { id: 'summary' })).toMatchObject(problem(404, 'not-found'));
  });
});

describe('one item', () => {
  test('shows base, both sides and what each choice would lead to', async () => {
    await onTimes();
    const item = await shown();
    expect(item).toMatchObject({
      base: agreedOn,
      ours: fieldsAt('11:00'),
      theirs: fieldsAt('14:00'),
      outcomes: {
        google: { appointment: fieldsAt('14:00'), event: fieldsAt('14:00') },
        bookedbarber: { appointment: fieldsAt('11:00'), event: fieldsAt('11:00') },
      },
    });
    expect(item.suggestion?.reasons).not.toEqual([]);
  });
});

describe('a decision', () => {
  test('for Google: the appointment is as in Google, and both sides agree', async () => {
    const dispute = await onTimes();
    const { status, body } = await resolve('google');
    expect(status).toBe(200);
    expect(schema.parse(body)).toMatchObject({ status: 'resolved', resolution: { choice: 'google' } });
    expect(body).not.toHaveProperty('seen');
    expect(await stored(dispute)).toMatchObject({
      fields: fieldsAt('14:00'),
      sync: { state: 'synced' },
      provenance: { actor: 'user', reason: 'resolve', chainId: 'request-1', settled: { policy: 'person' } },
    });
  });

  test('for BookedBarber: Google is still to be told', async () => {
    const dispute = await onTimes();
    expect(await resolve('bookedbarber')).toMatchObject({ status: 200 });
    expect(await stored(dispute)).toMatchObject({ fields: fieldsAt('11:00'), sync: { state: 'pending' } });
  });

  test('for values of its own: what they leave out stays as it is here', async () => {
    const dispute = await onTimes();
    const values = { start: '2026-03-03T13:00', end: '2026-03-03T14:00', notes: 'Quiet chair' };
    expect(await resolve('merged', { values })).toMatchObject({ status: 200 });
    expect(await stored(dispute)).toMatchObject({
      fields: fieldsAt('13:00', { notes: 'Quiet chair' }),
      sync: { state: 'pending' },
      base: fieldsAt('14:00'),
    });
    expect(await resolve('merged', { values, seen: { ours: 'x', theirs: 'x' } })).toMatchObject({ status: 200 });
    expect((await stored(dispute)).revision).toBe(2);
  });

  test.each<[string, object, string]>([
    ['values that end before they start', { choice: 'merged', values: { end: '2026-03-03T09:00' } }, 'values.end'],
    ['a bare offset as zone', { choice: 'merged', values: { timeZone: '+02:00' } }, 'values.timeZone'],
    ['an empty title', { choice: 'merged', values: { title: ' ' } }, 'values.title'],
    ['what is no part of an event', { choice: 'merged', values: { service: 'Cut' } }, 'values.service'],
    ['no values', { choice: 'merged' }, 'values'],
    ['values beside another choice', { choice: 'google', values: { title: 'Cut' } }, 'values'],
    ['a choice that is none', { choice: 'latest' }, 'choice'],
    ['nothing seen', { choice: 'google', seen: undefined }, 'seen'],
  ])('with %s is refused by name', async (_, body, field) => {
    const dispute = await onTimes();
    const asked = { seen: await seen(), ...body };
    expect(await call('resolveConflict', { id, body: asked })).toMatchObject({
      status: 400,
      body: { errors: [{ field }] },
    });
    expect(await stored(dispute)).toEqual(dispute.appointment);
  });

  test('[R2] on what is not so any more is refused, with how it is now', async () => {
    const { appointment: before, conflict } = await onTimes();
    const stale = await seen();
    const fields = { ...before.fields, notes: 'Bring card' };
    const edited = { ...moved(before, before), fields };
    const followed = { ...conflict, revision: 2, ours: fields };
    await stores.appointments.save(edited, { before, conflict: followed });

    const answer = await call('resolveConflict', { id, body: { choice: 'google', seen: stale } });
    expect(answer).toMatchObject(problem(409, 'stale-decision'));
    const { conflict: fresh } = problemReply.parse(answer.body);
    expect(fresh).toMatchObject({ status: 'open', ours: { notes: 'Bring card' } });
    expect(await stored({ appointment: before })).toEqual(edited);
    const again = await call('resolveConflict', { id, body: { choice: 'google', seen: fresh?.seen } });
    expect(again).toMatchObject({ status: 200 });
  });

  test('that is repeated does nothing; another one is refused', async () => {
    const dispute = await onTimes();
    const body = { choice: 'google', seen: await seen() };
    const first = await call('resolveConflict', { id, body });
    const after = await stored(dispute);
    expect(await call('resolveConflict', { id, body })).toEqual(first);
    const other = await call('resolveConflict', { id, body: { ...body, choice: 'bookedbarber' } });
    expect(other).toMatchObject(problem(409, 'already-decided'));
    expect(problemReply.parse(other.body).conflict?.resolution).toMatchObject({ choice: 'google' });
    expect(await stored(dispute)).toEqual(after);
  });

  test('of two at once, one holds', async () => {
    const dispute = await onTimes();
    const answers = await Promise.all([resolve('google'), resolve('bookedbarber')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)).toMatchObject(problem(409, 'already-decided'));
    const { resolution } = await shown();
    const { fields, revision } = await stored(dispute);
    expect(fields).toEqual(fieldsAt(resolution?.choice === 'google' ? '14:00' : '11:00'));
    expect(revision).toBe(2);
  });

  test('that would double-book is refused, unless it is meant', async () => {
    const dispute = await onTimes();
    const booking = await bookingAt('14:00');
    const answer = await resolve('google');
    expect(answer).toMatchObject(problem(409, 'double-booking'));
    expect(problemReply.parse(answer.body).conflicts?.map((clash) => clash.id)).toEqual([booking.id]);
    expect(await stored(dispute)).toEqual(dispute.appointment);
    expect(await resolve('google', { allowOverlap: true })).toMatchObject({ status: 200 });
  });

  test('for a time that is booked at the same moment loses', async () => {
    const dispute = await onTimes();
    let isTaken = false;
    const save: Stores['appointments']['save'] = async (next, beside) => {
      if (!isTaken) await bookingAt('14:00');
      isTaken = true;
      return stores.appointments.save(next, beside);
    };
    const raced = callOver({ ...stores, appointments: { ...stores.appointments, save } });
    expect(await resolve('google', {}, raced)).toMatchObject(problem(409, 'double-booking'));
    expect(await stored(dispute)).toEqual(dispute.appointment);
  });

  test('that cancels in Google as well is told there', async () => {
    const dispute = await opened(
      aDispute({ kind: 'deleted_in_bookedbarber', ours: 'gone', theirs: fieldsAt('14:00') }),
    );
    expect(await resolve('bookedbarber')).toMatchObject({ status: 200 });
    expect(await stored(dispute)).toMatchObject({ status: 'cancelled', sync: { state: 'pending' } });
  });
});

describe('of an overlap', () => {
  const raised = async (dispute: Dispute) => {
    const other = await bookingAt('14:00');
    const named = { appointmentId: other.id, fields: other.fields };
    return opened({ ...dispute, conflict: { ...dispute.conflict, other: named } });
  };

  test('the other appointment is shown, and what it names is not in the way', async () => {
    const dispute = await raised(anOverlap(agreedOn, fieldsAt('14:00')));
    expect((await shown()).other).toMatchObject({ title: 'Shave – Kim', start: '2026-03-03T14:00:00-05:00' });
    const values = { start: '2026-03-03T14:30', end: '2026-03-03T15:30' };
    expect(await resolve('merged', { values })).toMatchObject({ status: 200 });
    expect(await stored(dispute)).toMatchObject({ fields: fieldsAt('14:30'), sync: { state: 'pending' } });
  });

  test('where it was may have been taken since', async () => {
    await raised(anOverlap(agreedOn, fieldsAt('14:00')));
    await bookingAt('10:00');
    expect(await resolve('bookedbarber')).toMatchObject(problem(409, 'double-booking'));
    expect(await resolve('google')).toMatchObject({ status: 200 });
  });

  test('an event of a calendar that is only read stays where it is', async () => {
    await stores.calendars.chooseBookingsCalendar(await addedCalendar(), aCalendar());
    const dispute = await raised(anOverlap(agreedOn, fieldsAt('14:00'), { kind: 'block' }));
    const { outcomes, suggestion } = await shown();
    expect(Object.keys(outcomes ?? {})).toEqual(['google']);
    expect(suggestion?.choice).toBe('google');
    const values = { start: '2026-03-03T16:00', end: '2026-03-03T17:00' };
    expect(await resolve('bookedbarber')).toMatchObject(problem(409, 'choice-refused'));
    expect(await resolve('merged', { values })).toMatchObject(problem(409, 'choice-refused'));
    expect(await stored(dispute)).toEqual(dispute.appointment);
  });

  /** A block whose text is hidden. */
  const hidden = (mark: Pick<EventLink, 'confidential'> | Pick<EventLink, 'marked'>) => {
    const { idGeneration: _ours, ...link } = aBooking().link as EventLink;
    const busy = (clock: string) => fieldsAt(clock, { title: 'Busy' });
    return anOverlap(busy('10:00'), busy('14:00'), { kind: 'block', link: { ...link, ...mark } });
  };

  test('[R15] a booking of another barber, in a calendar that both use, stays where it is', async () => {
    const dispute = await raised(hidden({ marked: true }));
    expect(Object.keys((await shown()).outcomes ?? {})).toEqual(['google']);
    expect(await resolve('bookedbarber')).toMatchObject(problem(409, 'choice-refused'));
    expect(await stored(dispute)).toEqual(dispute.appointment);
  });

  test('[R2] a private event goes back to where it was, and keeps the text that is not shown', async () => {
    const dispute = await raised(hidden({ confidential: true }));
    expect(await resolve('merged', { values: { title: 'Out' } })).toMatchObject(problem(409, 'choice-refused'));
    expect(await stored(dispute)).toEqual(dispute.appointment);
    expect(await resolve('bookedbarber')).toMatchObject({ status: 200 });
  });

  test("the barber's own new event is not deleted from here; once it is gone, that can be accepted", async () => {
    const { appointment: before } = await raised(anOverlap(undefined, fieldsAt('14:00'), { kind: 'block' }));
    expect(await resolve('bookedbarber')).toMatchObject(problem(409, 'choice-refused'));
    const gone = { ...moved(before, before), status: 'cancelled' as const };
    expect(await stores.appointments.save(gone, { before })).toBe('saved');
    expect(await resolve('google')).toMatchObject({ status: 200, body: { status: 'resolved' } });
  });
});

const addedCalendar = async () => {
  const calendar = aCalendar({ key: asId('second'), calendarId: asId('second@example.com'), role: 'blocks' });
  await stores.calendars.register(calendar, { dueAt: now, renewChannel: false });
  return calendar;
};

describe('taking a decision back', () => {
  test('opens the item again, with the appointment as it was', async () => {
    const dispute = await onTimes();
    await resolve('google');
    const { status, body } = await undo();
    expect(status).toBe(200);
    expect(schema.parse(body)).toMatchObject({ status: 'open', seen: await seen() });
    expect(body).not.toHaveProperty('resolution');
    const { fields, sync, edits } = dispute.appointment;
    expect(await stored(dispute)).toMatchObject({ fields, sync, edits, provenance: { actor: 'user', reason: 'undo' } });
    expect(await resolve('bookedbarber')).toMatchObject({ status: 200 });
  });

  test('is refused while nothing is decided, and once', async () => {
    await onTimes();
    expect(await undo()).toMatchObject(problem(409, 'undo-refused'));
    await resolve('google');
    await undo();
    expect(await undo()).toMatchObject(problem(409, 'undo-refused'));
  });

  test('[R2] is refused when the appointment has changed since', async () => {
    const dispute = await onTimes();
    await resolve('google');
    const before = await stored(dispute);
    const edited = { ...moved(before, before), fields: { ...before.fields, notes: 'Bring card' } };
    await stores.appointments.save(edited, { before });
    expect(await undo()).toMatchObject(problem(409, 'undo-refused'));
    expect(await stored(dispute)).toEqual(edited);
  });

  test('is refused when the time has been taken since', async () => {
    const dispute = await onTimes();
    await resolve('google');
    const after = await stored(dispute);
    await bookingAt('11:00');
    expect(await undo()).toMatchObject(problem(409, 'double-booking'));
    expect(await stored(dispute)).toEqual(after);
  });
});

describe('[R9] a mass change', () => {
  const clocks = ['10:00', '11:00', '12:00'];
  const held = async (): Promise<Appointment[]> => {
    const bookings = [];
    for (const clock of clocks) {
      const before = await bookingAt(clock);
      const booking: Appointment = { ...moved(before, before), sync: { state: 'held', conflictId: id } };
      await stores.appointments.save(booking, { before });
      bookings.push(booking);
    }
    await stores.conflicts.save(itemOf(bookings));
    return bookings;
  };
  const itemOf = (bookings: Appointment[], more: Partial<Conflict> = {}): Conflict => {
    const [first = aBooking()] = bookings;
    const { base: _base, ...item } = aConflict({ id, kind: 'mass_change', ours: first.fields, theirs: 'gone' });
    return { ...item, appointmentId: first.id, calendarKey, held: bookings.map((booking) => booking.id), ...more };
  };
  const states = async (bookings: Appointment[]) =>
    (
      await stores.appointments.loadMany(
        userId,
        bookings.map((booking) => booking.id),
      )
    ).map(({ sync }) => sync);
  const pendings = (more: object) => clocks.map(() => expect.objectContaining({ state: 'pending', ...more }));

  test('shows all that is held', async () => {
    const bookings = await held();
    expect(await shown()).toMatchObject({
      severity: 'critical',
      held: { total: 3, items: bookings.map((booking) => ({ id: booking.id, start: booking.fields.start })) },
    });
  });

  test('is released for Google: each appointment is looked at again, and Google wins', async () => {
    const bookings = await held();
    expect(await resolve('google')).toMatchObject({ status: 200, body: { status: 'resolved' } });
    expect(await states(bookings)).toEqual(pendings({ prefer: 'google' }));
  });

  test('is discarded for BookedBarber: our side wins', async () => {
    const bookings = await held();
    expect(await resolve('bookedbarber')).toMatchObject({ status: 200 });
    expect(await states(bookings)).toEqual(pendings({ prefer: 'bookedbarber' }));
  });

  test('that was decided half-way is gone on with by repeating the very same request', async () => {
    const bookings = await held();
    const body = { choice: 'google', seen: await seen() };
    const { save } = stores.appointments;
    const failing = { ...stores.appointments, ...failingAt({ save }, 2, 'before') };
    const cutOff = callOver({ ...stores, appointments: failing });
    expect(await cutOff('resolveConflict', { id, body })).toMatchObject({ status: 500 });
    expect((await states(bookings)).some(({ state }) => state === 'held')).toBe(true);
    expect((await shown()).status).toBe('open');

    const [first = aBooking()] = await stores.appointments.loadMany(userId, [bookings[0]?.id ?? asId('')]);
    const cancelled: Appointment = { ...moved(first, first), status: 'cancelled', sync: { state: 'synced' } }; // The push was quick.
    await stores.appointments.save(cancelled, { before: first });
    expect(await call('resolveConflict', { id, body })).toMatchObject({ status: 200, body: { status: 'resolved' } });
    expect((await states(bookings)).some(({ state }) => state === 'held')).toBe(false);

    const after = await stores.appointments.loadMany(
      userId,
      bookings.map((booking) => booking.id),
    );
    expect(await call('resolveConflict', { id, body })).toMatchObject({ status: 200 });
    const other = await call('resolveConflict', { id, body: { ...body, choice: 'bookedbarber' } });
    expect(other).toMatchObject(problem(409, 'already-decided'));
    expect(
      await stores.appointments.loadMany(
        userId,
        bookings.map((booking) => booking.id),
      ),
    ).toEqual(after);
  });

  test('that has grown since it was looked at is not decided', async () => {
    const bookings = await held();
    const stale = await seen();
    const more = await bookingAt('15:00');
    await stores.conflicts.save(itemOf([...bookings, more], { revision: 2 }));
    const answer = await call('resolveConflict', { id, body: { choice: 'google', seen: stale } });
    expect(answer).toMatchObject(problem(409, 'stale-decision'));
    expect((await states(bookings)).every(({ state }) => state === 'held')).toBe(true);
  });

  test('has no values in common, and is not taken back', async () => {
    await held();
    expect(await resolve('merged', { values: { title: 'Cut' } })).toMatchObject(problem(409, 'choice-refused'));
    await resolve('google');
    expect(await undo()).toMatchObject(problem(409, 'undo-refused'));
  });
});
