/** What a user switches about calendars, and what that does to when they are due. */
import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../shared/domain/calendar.ts';
import { Superseded } from '../../shared/domain/errors.ts';
import { asId } from '../../shared/domain/ids.ts';
import { day, hour, minute, plusMs } from '../../shared/domain/instant.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import type { Stores } from '../support/memory-store.ts';
import { aCalendar, aChannel, calendarKey, now, userId } from '../support/samples.ts';
import { implementations } from './implementations.ts';

const soon = plusMs(now, hour);

const register = async ({ calendars }: Stores, ...several: Calendar[]) => {
  for (const calendar of several) await calendars.register(calendar, { dueAt: soon, renewChannel: false });
};
const isDue = async ({ calendars }: Stores, at = plusMs(now, 30 * day)) =>
  (await calendars.listDue(dueShardOf(calendarKey), at, 10)).includes(calendarKey);

describe.each(implementations)('the switch of a calendar %s', (_, fresh) => {
  test('turned off, it is due once more; turned on, it is due now', async () => {
    const stores = await fresh();
    await register(stores, aCalendar());
    await stores.calendars.setSwitches(aCalendar(), { enabled: false, role: 'bookings' }, soon);
    expect(await stores.calendars.load(calendarKey)).toEqual(aCalendar({ enabled: false }));
    expect(await isDue(stores, plusMs(soon, -1))).toBe(false);
    expect(await isDue(stores, soon)).toBe(true);
    await stores.calendars.postpone(calendarKey, soon);
    expect(await isDue(stores)).toBe(false);

    await stores.calendars.setSwitches(aCalendar(), { enabled: true, role: 'blocks' }, now);
    expect(await stores.calendars.load(calendarKey)).toEqual(aCalendar({ role: 'blocks' }));
    expect(await isDue(stores, plusMs(now, -1))).toBe(false);
    expect(await isDue(stores, now)).toBe(true);
  });

  test.each([true, false])('turned to %s, it is a choice, whatever had turned it off before', async (enabled) => {
    const stores = await fresh();
    await register(stores, aCalendar());
    await stores.calendars.switchOff(aCalendar(), 'calendar_gone');
    await stores.calendars.setSwitches(aCalendar(), { enabled, role: 'bookings' }, now);
    expect(await stores.calendars.load(calendarKey)).toEqual(aCalendar({ enabled }));
  });

  test.each([true, false])(
    '[F60] turned to %s, nothing is said any more of how its syncs went before',
    async (enabled) => {
      const stores = await fresh();
      await register(stores, aCalendar());
      await stores.calendars.noteTrouble(aCalendar(), { since: now, failures: 3, reason: 'insufficientPermissions' });
      await stores.calendars.noteDrift(aCalendar(), { at: now, compared: 3, differing: 0, nextAt: now });
      await stores.calendars.setSwitches(aCalendar(), { enabled, role: 'bookings' }, now);
      expect(await stores.calendars.load(calendarKey)).toEqual(aCalendar({ enabled }));
    },
  );

  test('[R13] is turned by who has read its role and its connection', async () => {
    const stores = await fresh();
    await register(stores, aCalendar({ role: 'blocks' }));
    const turn = (read: Partial<Calendar>) =>
      stores.calendars.setSwitches(aCalendar(read), { enabled: false, role: 'blocks' }, now);
    await expect(turn({ role: 'bookings' })).rejects.toThrow(Superseded);
    await expect(turn({ role: 'blocks', connectGeneration: 2 })).rejects.toThrow(Superseded);
    await expect(turn({ role: 'blocks', key: asId('never-seen') })).rejects.toThrow(Superseded);
    expect(await stores.calendars.load(calendarKey)).toEqual(aCalendar({ role: 'blocks' }));
  });

  test('[R13] turned while a run is under way, it keeps what that run would leave behind', async () => {
    const stores = await fresh();
    await register(stores, aCalendar());
    await stores.calendars.setSwitches(aCalendar(), { enabled: false, role: 'blocks' }, now);
    const commit = { cursor: 'cursor-1', queryVersion: 1, coveredBefore: now, lastSyncAt: now };
    await expect(stores.calendars.commitListing(aCalendar(), commit)).rejects.toThrow(Superseded);
    await expect(stores.calendars.switchOff(aCalendar(), 'calendar_gone')).rejects.toThrow(Superseded);
    expect(await stores.calendars.load(calendarKey)).toEqual(aCalendar({ enabled: false, role: 'blocks' }));
  });

  test('does not let a second calendar take the bookings', async () => {
    const stores = await fresh();
    const blocks = aCalendar({ role: 'blocks' });
    await register(stores, blocks);
    await expect(stores.calendars.setSwitches(blocks, { enabled: true, role: 'bookings' }, now)).rejects.toThrow();
    expect(await stores.calendars.load(calendarKey)).toEqual(blocks);
  });
});

describe.each(implementations)('the sweep and a calendar that is switched off meanwhile %s', (_, fresh) => {
  test('do not make it due again', async () => {
    const stores = await fresh();
    await register(stores, aCalendar());
    await stores.calendars.switchOff(aCalendar(), 'calendar_gone');
    await stores.calendars.postpone(calendarKey, soon);
    expect(await isDue(stores)).toBe(false);
  });

  test('take it out of what is due, if a renewal has just put it there', async () => {
    const stores = await fresh();
    const slot = { id: aChannel().id, state: 'active', expiresAt: aChannel().expiresAt, renewAt: soon } as const;
    await register(stores, aCalendar());
    await stores.channels.begin(aCalendar(), aChannel(), slot);
    await stores.calendars.setSwitches(aCalendar(), { enabled: false, role: 'bookings' }, now);
    await stores.channels.activate(aCalendar(), aChannel(), slot, soon);
    await stores.calendars.postpone(calendarKey, soon);
    expect(await isDue(stores)).toBe(false);
  });
});

describe.each(implementations)('the calendar of the bookings %s', (_, fresh) => {
  const other = aCalendar({ key: asId('other'), calendarId: asId('other@example.com'), role: 'blocks' });
  const third = aCalendar({ key: asId('third'), calendarId: asId('third@example.com'), role: 'blocks' });
  const rolesOf = async ({ calendars }: Stores) => (await calendars.listOf(userId)).map(({ role }) => role);

  test('gives the role to the next', async () => {
    const stores = await fresh();
    await register(stores, aCalendar(), other);
    await stores.calendars.chooseBookingsCalendar(other, aCalendar());
    expect(await stores.calendars.load(other.key)).toEqual({ ...other, role: 'bookings' });
    expect(await stores.calendars.load(calendarKey)).toEqual(aCalendar({ role: 'blocks' }));
  });

  test('is one, however many are chosen at once', async () => {
    const stores = await fresh();
    await register(stores, aCalendar(), other, third);
    const choices = [other, third].map((next) => stores.calendars.chooseBookingsCalendar(next, aCalendar()));
    expect((await Promise.allSettled(choices)).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await rolesOf(stores)).sort()).toEqual(['blocks', 'blocks', 'bookings']);
  });

  test('is one, also when there was none before', async () => {
    const stores = await fresh();
    await register(stores, other, third);
    const choices = [other, third].map((next) => stores.calendars.chooseBookingsCalendar(next, undefined));
    expect((await Promise.allSettled(choices)).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await rolesOf(stores)).sort()).toEqual(['blocks', 'bookings']);
  });

  test('[R13] is not replaced by who has not read it so', async () => {
    const stores = await fresh();
    await register(stores, aCalendar(), other, third);
    const choose = (next: Calendar, previous?: Calendar) => stores.calendars.chooseBookingsCalendar(next, previous);
    await expect(choose(other, third)).rejects.toThrow(Superseded);
    await expect(choose(other, undefined)).rejects.toThrow(Superseded);
    await expect(choose({ ...other, connectGeneration: 2 }, aCalendar())).rejects.toThrow(Superseded);
    await expect(choose({ ...other, key: asId('never-seen') }, aCalendar())).rejects.toThrow(Superseded);
    expect(await rolesOf(stores)).toEqual(['bookings', 'blocks', 'blocks']);
  });

  test('[R15] is nobody else’s business', async () => {
    const stores = await fresh();
    const theirs = aCalendar({ ...third, userId: asId('barber-2'), role: 'bookings' });
    await register(stores, theirs, other);
    await stores.calendars.chooseBookingsCalendar(other, undefined);
    expect(await stores.calendars.load(theirs.key)).toEqual(theirs);
  });
});

describe.each(implementations)('[F41] a calendar that Google takes no writes to %s', (_, fresh) => {
  test('says until when, and is due then at the latest', async () => {
    const stores = await fresh();
    await register(stores, aCalendar());
    const until = plusMs(now, 10 * minute);
    await stores.calendars.pauseWrites(aCalendar(), until);
    expect(await stores.calendars.load(calendarKey)).toEqual(aCalendar({ writesPausedUntil: until }));
    expect(await isDue(stores, plusMs(until, -1))).toBe(false);
    expect(await isDue(stores, until)).toBe(true);
  });

  test('stays due as early as it is: its channel does not wait for its writes', async () => {
    const stores = await fresh();
    await register(stores, aCalendar());
    await stores.calendars.pauseWrites(aCalendar(), plusMs(now, day));
    expect(await isDue(stores, soon)).toBe(true);
  });

  test('is never due when it is switched off', async () => {
    const stores = await fresh();
    await register(stores, aCalendar({ enabled: false }));
    await stores.calendars.pauseWrites(aCalendar({ enabled: false }), soon);
    expect(await isDue(stores)).toBe(false);
  });

  test('[R13] is not paused by a worker whose calendar has moved on', async () => {
    const stores = await fresh();
    await register(stores, aCalendar({ cursor: 'c2' }));
    await expect(stores.calendars.pauseWrites(aCalendar({ cursor: 'c1' }), now)).rejects.toThrow(Superseded);
    expect(await stores.calendars.load(calendarKey)).toEqual(aCalendar({ cursor: 'c2' }));
    expect(await isDue(stores, plusMs(soon, -1))).toBe(false);
  });
});
