/** Bookings: the days that they take, what is written with them, and which of them Google must still hear of. */
import { describe, expect, test } from 'vitest';
import type { Appointment, Pending } from '../../shared/domain/appointment.ts';
import { asId, type UserId } from '../../shared/domain/ids.ts';
import { day, hour, minute, plusMs } from '../../shared/domain/instant.ts';
import type { Day } from '../../shared/ports.ts';
import { anAppointment, at, calendarId, calendarKey, now, userId } from '../support/samples.ts';
import { aConflict } from './a-conflict.ts';
import { implementations } from './implementations.ts';

const startsAt = at('2026-03-03T15:00:00Z');
const endsAt = at('2026-03-03T16:00:00Z');
const idOf = (name: string) => asId<Appointment['id']>(name);

const aBooking = (overrides: Partial<Appointment> = {}): Appointment =>
  anAppointment({ id: idOf('b1'), kind: 'booking', startsAt, endsAt, sync: { state: 'local' }, ...overrides });

/** The next revision of a booking. */
const changed = (before: Appointment, overrides: Partial<Appointment>): Appointment => ({
  ...before,
  ...overrides,
  revision: before.revision + 1,
});

const theDay = (date: string, version: number, bookings: Day['bookings'] = {}): Day => ({
  userId,
  date,
  version,
  bookings,
});

describe.each(implementations)('days %s', (_, fresh) => {
  test('without a booking are there all the same, each one that the span touches', async () => {
    const { appointments } = await fresh();
    const loaded = await appointments.loadDays(userId, at('2026-02-28T23:59:00Z'), at('2026-03-02T00:00:00Z'));
    expect(loaded).toEqual([theDay('2026-02-28', 0), theDay('2026-03-01', 0)]);
  });

  test('show the booking that comes, moves within the day, over midnight, and away', async () => {
    const { appointments } = await fresh();
    const load = () => appointments.loadDays(userId, at('2026-03-03'), at('2026-03-05'));
    const first = aBooking();
    await appointments.save(first);
    expect(await load()).toEqual([
      theDay('2026-03-03', 1, { [first.id]: { startsAt, endsAt } }),
      theDay('2026-03-04', 0),
    ]);

    const later = { startsAt: plusMs(startsAt, hour), endsAt: plusMs(endsAt, hour) };
    const second = changed(first, later);
    await appointments.save(second, { before: first });
    expect(await load()).toEqual([theDay('2026-03-03', 2, { [first.id]: later }), theDay('2026-03-04', 0)]);

    const overnight = { startsAt: at('2026-03-03T23:00:00Z'), endsAt: at('2026-03-04T01:00:00Z') };
    const third = changed(second, overnight);
    await appointments.save(third, { before: second });
    const both = { [first.id]: overnight };
    expect(await load()).toEqual([theDay('2026-03-03', 3, both), theDay('2026-03-04', 1, both)]);

    const away = { startsAt: at('2026-03-04T10:00:00Z'), endsAt: at('2026-03-04T11:00:00Z') };
    await appointments.save(changed(third, away), { before: third });
    expect(await load()).toEqual([theDay('2026-03-03', 4), theDay('2026-03-04', 2, { [first.id]: away })]);
  });

  test('forget a booking that is cancelled, and know it again when it is confirmed after all', async () => {
    const { appointments } = await fresh();
    const confirmed = aBooking();
    const cancelled = changed(confirmed, { status: 'cancelled' });
    await appointments.save(confirmed);
    await appointments.save(cancelled, { before: confirmed });
    expect(await appointments.loadDays(userId, startsAt, endsAt)).toEqual([theDay('2026-03-03', 2)]);
    await appointments.save(changed(cancelled, { status: 'confirmed' }), { before: cancelled });
    const again = theDay('2026-03-03', 3, { [confirmed.id]: { startsAt, endsAt } });
    expect(await appointments.loadDays(userId, startsAt, endsAt)).toEqual([again]);
  });

  test('do not move for a block, a booking made cancelled, or a booking whose times stay', async () => {
    const { appointments } = await fresh();
    const booking = aBooking();
    await appointments.save(booking);
    await appointments.save(anAppointment({ startsAt, endsAt }));
    await appointments.save(aBooking({ id: idOf('b2'), status: 'cancelled' }));
    await appointments.save(changed(booking, { version: 2 }), { before: booking });
    const loaded = await appointments.loadDays(userId, startsAt, endsAt);
    expect(loaded).toEqual([theDay('2026-03-03', 1, { [booking.id]: { startsAt, endsAt } })]);
  });

  test('[R15] of one barber are not another’s', async () => {
    const { appointments } = await fresh();
    await appointments.save(aBooking());
    const stranger = asId<UserId>('barber-2');
    const loaded = await appointments.loadDays(stranger, startsAt, endsAt);
    expect(loaded).toEqual([{ ...theDay('2026-03-03', 0), userId: stranger }]);
  });

  test('of a month fit into one write, and move to the next in one', async () => {
    const { appointments } = await fresh();
    const month = aBooking({ startsAt: at('2026-03-01T12:00:00Z'), endsAt: at('2026-04-01T12:00:00Z') });
    const next = changed(month, { startsAt: at('2026-04-02T12:00:00Z'), endsAt: at('2026-05-03T12:00:00Z') });
    expect(await appointments.save(month)).toBe('saved');
    const days = await appointments.loadDays(userId, next.startsAt, next.endsAt);
    expect(await appointments.save(next, { before: month, days })).toBe('saved');

    const loaded = await appointments.loadDays(userId, month.startsAt, next.endsAt);
    expect(loaded.filter(({ bookings }) => next.id in bookings).length).toBe(32);
  });

  test('are not taken by the quarter: that is no booking, and more than one write can hold', async () => {
    const { appointments } = await fresh();
    const quarter = aBooking({ endsAt: plusMs(startsAt, 90 * day) });
    await expect(appointments.save(quarter)).rejects.toThrow('91 days');
    expect(await appointments.loadMany(userId, [quarter.id])).toEqual([]);
  });

  test('are left as they were by a booking that has not been saved', async () => {
    const { appointments } = await fresh();
    const first = aBooking();
    await appointments.save(first);
    const tomorrow = { startsAt: plusMs(startsAt, day), endsAt: plusMs(endsAt, day) };
    const stale = changed(changed(first, {}), tomorrow);
    expect(await appointments.save(stale, { before: changed(first, {}) })).toBe('conflict');
    expect(await appointments.loadDays(userId, startsAt, tomorrow.endsAt)).toEqual([
      theDay('2026-03-03', 1, { [first.id]: { startsAt, endsAt } }),
      theDay('2026-03-04', 0),
    ]);
  });

  test('cannot be kept right without the version that a booking replaces', async () => {
    const { appointments } = await fresh();
    await appointments.save(aBooking());
    await expect(appointments.save(changed(aBooking(), {}))).rejects.toThrow('replaces');
  });
});

describe.each(implementations)('booking on days that were read %s', (_, fresh) => {
  test('one of many requests at once gets the time, the first booking of the day or not', async () => {
    const { appointments } = await fresh();
    const requestFor = (days: Day[], times: Pick<Appointment, 'startsAt' | 'endsAt'>) => (index: number) =>
      appointments.save(aBooking({ id: idOf(`${times.startsAt}-${index}`), ...times }), { days });
    for (const delayMs of [0, 2 * hour]) {
      const times = { startsAt: plusMs(startsAt, delayMs), endsAt: plusMs(endsAt, delayMs) };
      const days = await appointments.loadDays(userId, times.startsAt, times.endsAt);
      const request = requestFor(days, times);
      const outcomes = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(request));
      expect(outcomes.toSorted()).toEqual([...Array(7).fill('conflict'), 'saved']);
    }
    const [loaded] = await appointments.loadDays(userId, startsAt, endsAt);
    expect(Object.keys(loaded?.bookings ?? {}).length).toBe(2);
    expect(loaded?.version).toBe(2);
  });

  test('counts a booking that has left since as a change, too', async () => {
    const { appointments } = await fresh();
    const other = aBooking({ id: idOf('other') });
    await appointments.save(other);
    const days = await appointments.loadDays(userId, startsAt, endsAt);
    await appointments.save(changed(other, { status: 'cancelled' }), { before: other });
    expect(await appointments.save(aBooking(), { days })).toBe('conflict');
    expect(await appointments.loadMany(userId, [aBooking().id])).toEqual([]);
  });

  test.each([
    ['had none', []],
    ['had one', [aBooking({ id: idOf('earlier'), startsAt: plusMs(startsAt, day), endsAt: plusMs(endsAt, day) })]],
  ])('looks at a day as well that the booking does not touch, and that %s', async (_, earlier) => {
    const { appointments } = await fresh();
    for (const booking of earlier) await appointments.save(booking);
    const readDays = () => appointments.loadDays(userId, startsAt, plusMs(endsAt, day));
    const days = await readDays();
    const tomorrow = { startsAt: plusMs(startsAt, day), endsAt: plusMs(endsAt, day) };
    await appointments.save(aBooking({ id: idOf('other'), ...tomorrow }));
    expect(await appointments.save(aBooking(), { days })).toBe('conflict');
    expect(await appointments.save(aBooking(), { days: await readDays() })).toBe('saved');
  });

  test('moving within them needs them as they were read', async () => {
    const { appointments } = await fresh();
    const first = aBooking();
    await appointments.save(first);
    const days = await appointments.loadDays(userId, startsAt, endsAt);
    await appointments.save(aBooking({ id: idOf('other') }));
    const moved = changed(first, { endsAt: plusMs(endsAt, minute) });
    expect(await appointments.save(moved, { before: first, days })).toBe('conflict');
    expect(await appointments.save(moved, { before: first })).toBe('saved');
  });
});

describe.each(implementations)('a review item that is written with an appointment %s', (_, fresh) => {
  test.each([
    ['block', anAppointment()],
    ['booking', aBooking()],
  ])('opens with the %s', async (_, appointment) => {
    const { appointments, conflicts } = await fresh();
    const conflict = aConflict({ appointmentId: appointment.id });
    expect(await appointments.save(appointment, { conflict })).toBe('saved');
    expect(await conflicts.load(userId, conflict.id)).toEqual(conflict);
    expect(await appointments.loadMany(userId, [appointment.id])).toEqual([appointment]);
  });

  test('[R13] is written with it or not at all', async () => {
    const { appointments, conflicts } = await fresh();
    await conflicts.save(aConflict());
    expect(await appointments.save(aBooking(), { conflict: aConflict() })).toBe('conflict');
    expect(await appointments.loadMany(userId, [aBooking().id])).toEqual([]);
    expect(await appointments.loadDays(userId, startsAt, endsAt)).toEqual([theDay('2026-03-03', 0)]);

    await appointments.save(aBooking());
    const resolved = aConflict({ revision: 2, status: 'resolved' });
    expect(await appointments.save(aBooking(), { conflict: resolved })).toBe('conflict');
    expect(await conflicts.load(userId, resolved.id)).toEqual(aConflict());
    expect(await appointments.save(changed(aBooking(), {}), { before: aBooking(), conflict: resolved })).toBe('saved');
    expect(await conflicts.load(userId, resolved.id)).toEqual(resolved);
  });
});

describe.each(implementations)('pending appointments %s', (_, fresh) => {
  const pending = (overrides: Partial<Pending> = {}): Pending => ({
    state: 'pending',
    target: { calendarKey, calendarId },
    since: now,
    notBefore: now,
    attempts: 0,
    ...overrides,
  });
  const waiting = (name: string, sync: Pending) => aBooking({ id: idOf(name), sync });

  test('are listed by target when their turn has come, the longest waiting first', async () => {
    const { appointments } = await fresh();
    const elsewhere = pending({ target: { calendarKey: asId('another'), calendarId } });
    await appointments.save(waiting('now', pending()));
    await appointments.save(waiting('before', pending({ since: plusMs(now, hour), notBefore: plusMs(now, -1) })));
    await appointments.save(waiting('later', pending({ notBefore: plusMs(now, 1) })));
    await appointments.save(waiting('elsewhere', elsewhere));
    await appointments.save(aBooking());

    const listed = [
      { userId, id: 'before' },
      { userId, id: 'now' },
    ];
    expect(await appointments.listPending(calendarKey, now, 10)).toEqual(listed);
    expect(await appointments.listPending(calendarKey, now, 1)).toEqual(listed.slice(0, 1));
    expect(await appointments.listPending(asId('another'), now, 10)).toEqual([{ userId, id: 'elsewhere' }]);
  });

  test('are listed no more once Google has heard, nor under the target that they had before', async () => {
    const { appointments } = await fresh();
    const first = aBooking({ sync: pending() });
    const moved = changed(first, { sync: pending({ target: { calendarKey: asId('another'), calendarId } }) });
    await appointments.save(first);
    await appointments.save(moved, { before: first });
    expect(await appointments.listPending(calendarKey, now, 10)).toEqual([]);
    await appointments.save(changed(moved, { sync: { state: 'synced' } }), { before: moved });
    expect(await appointments.listPending(asId('another'), now, 10)).toEqual([]);
  });

  test('need no event yet', async () => {
    const { appointments } = await fresh();
    const { link, ...unlinked } = aBooking({ sync: pending() });
    await appointments.save(unlinked);
    expect(await appointments.loadMany(userId, [unlinked.id])).toEqual([unlinked]);
  });
});
