/** Switching calendars and moving the bookings, through the routes over stores in memory. */
import { beforeEach, describe, expect, test } from 'vitest';
import { calendarsRoute, chooseCalendarRoute } from '../../functions/management-api/routes/calendars.ts';
import { calendarsReply, calendar as schema } from '../../functions/management-api/schemas/calendars.ts';
import { decide } from '../../shared/decision/decide.ts';
import { nextAppointment } from '../../shared/decision/next-appointment.ts';
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import { blockIdOf, bookingIdOf, conflictIdOf } from '../../shared/domain/derived-ids.ts';
import { RetryLater } from '../../shared/domain/errors.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { day, plusMs } from '../../shared/domain/instant.ts';
import type { Envelope } from '../../shared/queue/hint.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import { Crash, failingAt } from '../support/faulty.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import {
  aBooking,
  aCalendar,
  aConnection,
  aContext,
  anAppointment,
  anEvent,
  calendarId,
  calendarKey,
  now,
  userId,
} from '../support/samples.ts';
import { aConflict } from '../unit/conflicts/disputes.ts';

let stores: Stores;
let hints: Envelope['hint'][];
const chainId = asId<Envelope['hint']['chainId']>('request-1');
const shop = aCalendar({
  key: asId('shop-key'),
  calendarId: asId('shop#1@group.calendar.google.com'),
  summary: 'Shop',
  role: 'blocks',
  cursor: 'cursor-1',
});

const deps = (over: Partial<Stores> = {}) => ({
  ...stores,
  ...over,
  queue: { send: async ({ hint }: Envelope) => void hints.push(hint) },
});
const requestOf = (body?: object, id: string = shop.calendarId, user = userId) => ({
  userId: user,
  params: body ? { calendarId: id } : {},
  query: {},
  headers: {},
  body,
  now,
  chainId,
});
const put = (body: object, id?: string, over?: Partial<Stores>) => chooseCalendarRoute(deps(over))(requestOf(body, id));
const list = async (user = userId) => {
  const reply = await calendarsRoute(stores)(requestOf(undefined, undefined, user));
  return 'body' in reply ? calendarsReply.parse(reply.body).items : [];
};
const chosen = async (...args: Parameters<typeof put>) => {
  const reply = await put(...args);
  return 'body' in reply ? schema.parse(reply.body) : expect.fail('No body');
};

const register = (calendar: Calendar) => stores.calendars.register(calendar, { dueAt: now, renewChannel: false });
beforeEach(async () => {
  hints = [];
  stores = memoryStores();
  await stores.connections.create(aConnection());
  await register(aCalendar({ cursor: 'cursor-0' }));
  await register(shop);
});

const store = async (appointment: Appointment, before?: Appointment): Promise<Appointment> => {
  expect(await stores.appointments.save(appointment, { before })).toBe('saved');
  return appointment;
};
const stored = async (id: AppointmentId): Promise<Appointment> =>
  (await stores.appointments.loadMany(userId, [id]))[0] ?? expect.fail('There is no appointment');
const booking = (name: string, more: Partial<Appointment> = {}) =>
  store(aBooking({ id: bookingIdOf(userId, name), ...more }));
const past = { startsAt: plusMs(now, -2 * day), endsAt: plusMs(now, -1 * day) };
const linkAt = ({ key, calendarId: place }: Calendar) => ({
  ...(aBooking().link as NonNullable<Appointment['link']>),
  calendarKey: key,
  calendarId: place,
});
const event = anEvent({ id: asId('staff-meeting') });
const blockId = blockIdOf(shop.key, event.id);
const block = (more: Partial<Appointment> = {}) =>
  store(anAppointment({ id: blockId, link: { ...linkAt(shop), eventId: event.id }, ...more }));

describe('the calendars', () => {
  test('are shown with what each is for and how it stands', async () => {
    expect(await list()).toEqual([
      {
        calendarId,
        summary: 'Chair one',
        timeZone: 'America/New_York',
        role: 'bookings',
        enabled: true,
        writable: true,
        state: 'synced',
      },
      expect.objectContaining({ calendarId: shop.calendarId, role: 'blocks', enabled: true }),
    ]);
  });

  test('[R15] are shown and switched by their owner only', async () => {
    const other = asId<typeof userId>('barber-2');
    expect(await list(other)).toEqual([]);
    const asked = chooseCalendarRoute(deps())(requestOf({ enabled: false, role: 'blocks' }, undefined, other));
    await expect(asked).rejects.toMatchObject({ slug: 'not-found' });
    expect((await stores.calendars.load(shop.key))?.enabled).toBe(true);
    expect(hints).toEqual([]);
  });

  test('that are not there cannot be switched', async () => {
    await expect(put({ enabled: true, role: 'blocks' }, 'nobody@example.com')).rejects.toMatchObject({
      slug: 'not-found',
    });
  });

  test.each([
    ['a role that is none', { enabled: true, role: 'owner' }, 'role'],
    ['half a choice', { enabled: true }, 'role'],
    ['an unknown field', { enabled: true, role: 'blocks', summary: 'x' }, 'summary'],
  ])('are not switched by %s', async (_, body, field) => {
    await expect(put(body)).rejects.toMatchObject({ slug: 'invalid-request', errors: [{ field }] });
  });
});

describe('the bookings', () => {
  test('always have a calendar that is synced', async () => {
    const needed = { slug: 'bookings-calendar-needed', status: 409 };
    await expect(put({ enabled: false, role: 'bookings' }, calendarId)).rejects.toMatchObject(needed);
    await expect(put({ enabled: false, role: 'blocks' }, calendarId)).rejects.toMatchObject(needed);
    await expect(put({ enabled: true, role: 'blocks' }, calendarId)).rejects.toMatchObject(needed);
    await expect(put({ enabled: false, role: 'bookings' })).rejects.toMatchObject(needed);
    expect((await list()).map(({ enabled, role }) => ({ enabled, role }))).toEqual([
      { enabled: true, role: 'bookings' },
      { enabled: true, role: 'blocks' },
    ]);
  });

  test('move to the calendar that is chosen for them, and the old one only takes time', async () => {
    const synced = await booking('synced');
    expect(await chosen({ enabled: true, role: 'bookings' })).toMatchObject({ role: 'bookings', enabled: true });
    expect((await list()).map(({ role }) => role)).toEqual(['blocks', 'bookings']);
    expect(await stored(synced.id)).toMatchObject({
      fields: synced.fields,
      link: synced.link,
      sync: { state: 'pending', target: { calendarKey: shop.key, calendarId: shop.calendarId } },
      provenance: { actor: 'user', reason: 'change_calendar', chainId },
    });
    expect((await stored(synced.id)).version).toBe(synced.version + 1); // The stream sends hints for new versions only.
  });

  test('[R2] stay where they are rather than go to a calendar that can only be read', async () => {
    await register({ ...shop, writable: false });
    expect((await list()).map(({ writable }) => writable)).toEqual([true, false]);
    const before = await booking('synced');
    await expect(put({ enabled: true, role: 'bookings' })).rejects.toMatchObject({
      slug: 'read-only',
      status: 409,
      message: expect.stringContaining('“Shop”'),
    });
    expect((await list()).map(({ role }) => role)).toEqual(['bookings', 'blocks']);
    expect(await stored(before.id)).toEqual(before);
    expect(hints).toEqual([]);
    expect(await chosen({ enabled: true, role: 'blocks' })).toMatchObject({ role: 'blocks', writable: false });
  });

  test('that are on their way to the old calendar go to the new one, and a person’s word goes with them', async () => {
    const target = { calendarKey, calendarId };
    const failing = { since: now, notBefore: plusMs(now, day), attempts: 3, reason: 'forbidden' };
    const { link: _link, ...unlinked } = aBooking();
    const waiting = await store({
      ...unlinked,
      sync: { state: 'pending', target, ...failing, prefer: 'bookedbarber' },
    });
    await put({ enabled: true, role: 'bookings' });
    const { sync } = await stored(waiting.id);
    expect(sync).toMatchObject({ target: { calendarKey: shop.key }, notBefore: now, attempts: 0 });
    expect(sync).toMatchObject({ prefer: 'bookedbarber' });
    expect(sync).not.toHaveProperty('reason');
  });

  test.each<[string, Partial<Appointment>]>([
    ['that are over', past],
    ['that are cancelled', { status: 'cancelled' }],
    ['that no calendar has', { sync: { state: 'local' } }],
    ['that wait for a person', { sync: { state: 'held', conflictId: asId('conflict-1') } }],
    ['that are there already', { link: linkAt(shop) }],
    ['that are foreign events', { kind: 'block' }],
  ])('%s stay as they are', async (_, more) => {
    const before = await booking('one', more);
    await put({ enabled: true, role: 'bookings' });
    expect(await stored(before.id)).toEqual(before);
  });

  test('[R4] are marked once, however often it is asked', async () => {
    const { id } = await booking('synced');
    await put({ enabled: true, role: 'bookings' });
    const after = await stored(id);
    await put({ enabled: true, role: 'bookings' });
    expect(await stored(id)).toEqual(after);
  });

  test('that a request which was cut off has left behind are marked by its repetition', async () => {
    const names = ['one', 'two', 'three'];
    const made = await Promise.all(names.map((name) => booking(name)));
    const { save } = stores.appointments;
    const appointments = { ...stores.appointments, ...failingAt({ save }, 2, 'before') };
    const cutOff = put({ enabled: true, role: 'bookings' }, undefined, { appointments });
    await expect(cutOff).rejects.toThrow(Crash);
    await put({ enabled: true, role: 'bookings' });
    const states = await Promise.all(made.map(async ({ id }) => (await stored(id)).sync));
    expect(states).toEqual(names.map(() => expect.objectContaining({ state: 'pending' })));
  });

  test('[R11] that are more than one request can send are sent by its repetition', async () => {
    for (let nth = 0; nth < 2_300; nth++) await booking(`booking-${nth}`);
    await expect(put({ enabled: true, role: 'bookings' })).rejects.toThrow(RetryLater);
    expect(await pendingAtShop()).toHaveLength(2_000);
    await put({ enabled: true, role: 'bookings' });
    expect(await pendingAtShop()).toHaveLength(2_300);
  });
  const pendingAtShop = () => stores.appointments.listPending(shop.key, now, 5_000);

  test('can be taken by a calendar that was off: it is switched on as well', async () => {
    await stores.calendars.setSwitches(shop, { enabled: false, role: 'blocks' }, now);
    expect(await chosen({ enabled: true, role: 'bookings' })).toMatchObject({ enabled: true, role: 'bookings' });
    expect(hints).toEqual([{ calendarKey: shop.key, reason: 'enabled', chainId }]);
  });

  test('of two choices at once, go to one calendar', async () => {
    const third = { ...shop, key: asId<Calendar['key']>('third'), calendarId: asId<Calendar['calendarId']>('third') };
    await register(third);
    const asked = [put({ enabled: true, role: 'bookings' }), put({ enabled: true, role: 'bookings' }, 'third')];
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await list()).filter(({ role }) => role === 'bookings')).toHaveLength(1);
  });
});

describe('a calendar that is switched off', () => {
  test('takes no time any more: its blocks ahead are cancelled, and Google is not told', async () => {
    const { version } = await block();
    const old = await store(anAppointment({ id: blockIdOf(shop.key, asId('old')), link: linkAt(shop), ...past }));
    const elsewhere = await store(anAppointment());
    expect(await chosen({ enabled: false, role: 'blocks' })).toMatchObject({ enabled: false, state: 'disabled' });
    expect(await stored(blockId)).toMatchObject({
      status: 'cancelled',
      version: version + 1,
      sync: { state: 'synced' },
      provenance: { actor: 'user', reason: 'calendar_disabled', chainId },
    });
    expect(await stored(old.id)).toEqual(old);
    expect(await stored(elsewhere.id)).toEqual(elsewhere);
    expect(hints).toEqual([{ calendarKey: shop.key, reason: 'disabled', chainId }]);
  });

  test('[R4] changes nothing when it is switched off again, but frees what has come since', async () => {
    await block();
    await put({ enabled: false, role: 'blocks' });
    const after = await stored(blockId);
    const late = await store(anAppointment({ id: blockIdOf(shop.key, asId('late')), link: linkAt(shop) }));
    await put({ enabled: false, role: 'blocks' });
    expect(await stored(blockId)).toEqual(after);
    expect((await stored(late.id)).status).toBe('cancelled');
  });

  test('leaves nothing to decide about its blocks', async () => {
    const id = conflictIdOf('test');
    await stores.conflicts.save(aConflict({ id, appointmentId: blockId }));
    await block({ sync: { state: 'conflict', conflictId: id, theirs: 'gone' } });
    await put({ enabled: false, role: 'blocks' });
    expect(await stores.conflicts.load(userId, id)).toMatchObject({ status: 'agreed' });
  });
});

describe('a calendar that is switched on', () => {
  test('[R1] is listed anew, and the listing brings its blocks back', async () => {
    await block();
    await put({ enabled: false, role: 'blocks' });
    hints = [];
    await put({ enabled: true, role: 'blocks' });
    const calendar = (await stores.calendars.load(shop.key)) ?? expect.fail('There is no calendar');
    expect(calendar.checkpoint).toMatchObject({ startedAt: now, page: 0, step: { kind: 'list' } });
    expect(calendar.checkpoint).not.toHaveProperty('cursor');
    expect(hints).toEqual([{ calendarKey: shop.key, reason: 'enabled', chainId }]);

    const freed = await stored(blockId);
    const decision = decide(freed, { kind: 'event', event }, aContext());
    expect(decision.kind).toBe('restore');
    if (decision.kind !== 'restore') return;
    expect(nextAppointment(decision, calendar, { now, chainId })).toMatchObject({
      status: 'confirmed',
      link: { observed: { etag: event.etag } },
    });
  });

  test('is not listed anew when it was on already', async () => {
    await put({ enabled: true, role: 'blocks' });
    expect(await stores.calendars.load(shop.key)).not.toHaveProperty('checkpoint');
  });

  test('is due at once, should its hint be lost', async () => {
    await put({ enabled: false, role: 'blocks' });
    await put({ enabled: true, role: 'blocks' });
    expect(await stores.calendars.listDue(dueShardOf(shop.key), now, 10)).toContain(shop.key);
  });
});
