/** A user's calendars, as the management API deals with them: which there are, and how they are switched. */
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Calendar } from '../domain/calendar.ts';
import { Superseded } from '../domain/errors.ts';
import type { CalendarKey, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { upToDate } from './bring-up.ts';
import { beginAnew } from './calendar-generations.ts';
import { dueKeysOf, unlessSuperseded, updateCalendar, withoutReports } from './calendar-update.ts';
import { type ItemUpdate, toUpdate } from './item-update.ts';
import { keys, prefixes } from './keys.ts';
import { fromItem, isConditionFailure, isTransactionConflict, queryAll, readAll, type Table, toItem } from './table.ts';

export type CalendarRegistry = {
  /** Of the account that is connected, or was last. */
  listOf(userId: UserId): Promise<Calendar[]>;
  /** Of accounts that others have replaced. */
  listReplaced(userId: UserId): Promise<Calendar[]>;
  /** Read consistently, in no order; absent ones are left out. */
  loadMany(keys: CalendarKey[]): Promise<Calendar[]>;
  /**
   * Adds a calendar that is not there yet. One that is keeps its progress and its switches, and learns its new name and
   * zone, and whether it can be written; `renewChannel` empties its channel slot. One that was taken for gone is switched on
   * again and listed anew, and one that could not be watched is asked for once more.
   * One of an older connect generation begins anew, by its own switches unless its account had been replaced; throws
   * Superseded when it is of a newer one.
   */
  register(calendar: Calendar, how: { dueAt: Instant; renewChannel: boolean }): Promise<void>;
  setRealTimeSync(calendar: Calendar, realTimeSync: boolean): Promise<void>;
  /**
   * Switches it on, or off, which is due once more, and forgets how its syncs went. It becomes the calendar of the
   * bookings by chooseBookingsCalendar only. Throws Superseded when its role or its connection is not as it was read.
   */
  setSwitches(read: Calendar, switches: Pick<Calendar, 'enabled' | 'role'>, dueAt: Instant): Promise<void>;
  /**
   * `next` takes the bookings from now on, `previous` only time; `previous` is absent when no calendar of the user takes
   * them. Throws Superseded when that is not so any more: at no moment do two calendars take the bookings of one user.
   */
  chooseBookingsCalendar(next: Calendar, previous: Calendar | undefined): Promise<void>;
};

export const calendarRegistry = (table: Table): CalendarRegistry => ({
  listOf: async (userId) => (await listCalendars(table, userId)).filter((calendar) => !isReplaced(calendar)),
  listReplaced: async (userId) => (await listCalendars(table, userId)).filter(isReplaced),
  loadMany: async (calendarKeys) => (await readAll(table, calendarKeys.map(keys.calendar))).map(fromItem<Calendar>),

  async register(calendar, { dueAt, renewChannel }) {
    const { key, summary, timeZone, writable, watchable, connectGeneration } = calendar;
    const known = { summary, timeZone, writable, watchable, unwatchableSince: undefined };
    const set = { ...known, ...(renewChannel && { channel: undefined }) };
    try {
      await updateCalendar(table, { key: keys.calendar(key), set, expect: { connectGeneration } }, 'it was refreshed');
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      const [stored] = (await readAll(table, [keys.calendar(key)])).map(fromItem<Calendar>);
      await (stored === undefined ? create(table, calendar, dueAt) : beginAnew(table, stored, calendar, dueAt));
      return;
    }
    if (calendar.enabled) await revive(table, key, dueAt);
  },

  setRealTimeSync: ({ key }, realTimeSync) =>
    updateCalendar(
      table,
      { key: keys.calendar(key), set: { realTimeSync }, expect: {} },
      'real-time sync was switched',
    ),

  async setSwitches({ key, role: roleRead, connectGeneration }, { enabled, role }, dueAt) {
    if (role === 'bookings' && roleRead !== 'bookings') throw new Error('Another calendar may take the bookings');
    const set = { ...withoutReports, enabled, role, disabledBecause: undefined };
    const expect = { role: roleRead, connectGeneration };
    const indexed = dueKeysOf(key, dueAt);
    await updateCalendar(table, { key: keys.calendar(key), set, expect, indexed }, 'it was switched');
  },

  async chooseBookingsCalendar(next, previous) {
    const writes = [
      roleUpdate(table, next, { from: 'blocks', to: 'bookings' }),
      ...(previous
        ? [roleUpdate(table, previous, { from: 'bookings', to: 'blocks' })]
        : await nobodyHasThem(table, next)),
    ];
    try {
      await upToDate(table, () => table.client.send(new TransactWriteCommand({ TransactItems: writes })));
    } catch (cause) {
      const isLost = isConditionFailure(cause) || isTransactionConflict(cause);
      if (isLost) throw new Superseded('The calendars changed before one was chosen for the bookings', { cause });
      throw cause;
    }
  },
});

const listCalendars = async (table: Table, userId: UserId): Promise<Calendar[]> => {
  const pointers = await queryAll(table, prefixes.pointers(userId));
  const calendarKeys = pointers.map((pointer) => keys.calendar(fromItem<{ key: CalendarKey }>(pointer).key));
  const calendars = (await readAll(table, calendarKeys)).map(fromItem<Calendar>);
  return calendars.sort((a, b) => (a.calendarId < b.calendarId ? -1 : 1));
};

const isReplaced = ({ disabledBecause }: Calendar): boolean => disabledBecause === 'account_replaced';

/** The calendar and the pointer to it, together. Only a calendar that is synced is ever due. */
const create = async (table: Table, calendar: Calendar, dueAt: Instant): Promise<void> => {
  const { key, userId, enabled } = calendar;
  const item = toItem(keys.calendar(key), calendar, enabled ? dueKeysOf(key, dueAt) : {});
  const puts = [item, toItem(keys.pointer(userId, key), { key })];
  await table.client.send(
    new TransactWriteCommand({
      TransactItems: puts.map((Item) => ({
        Put: { TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' },
      })),
    }),
  );
};

/** Google lists a calendar that we had taken for gone. Its blocks may have been freed meanwhile: its cursor answers no query any more. */
const revive = async (table: Table, key: CalendarKey, dueAt: Instant): Promise<void> => {
  const set = { enabled: true, disabledBecause: undefined, queryVersion: undefined };
  const expect = { disabledBecause: 'calendar_gone' };
  const indexed = dueKeysOf(key, dueAt);
  await updateCalendar(table, { key: keys.calendar(key), set, expect, indexed }, 'it was revived').catch(
    unlessSuperseded,
  );
};

type Roles = { from: Calendar['role']; to: Calendar['role'] };

const roleUpdate = (table: Table, { key, connectGeneration }: Calendar, { from, to }: Roles) => {
  const change: ItemUpdate = {
    key: keys.calendar(key),
    set: { role: to },
    expect: { role: from, connectGeneration },
  };
  return { Update: { TableName: table.name, ...toUpdate(change) } };
};

/** With no role to take from another calendar, two requests could each take a free one: so all others are held in place. */
const nobodyHasThem = async (table: Table, next: Calendar) =>
  (await listCalendars(table, next.userId))
    .filter(({ key }) => key !== next.key)
    .map((calendar) => ({
      ConditionCheck: {
        TableName: table.name,
        Key: keys.calendar(calendar.key),
        ConditionExpression: '#value.#role <> :bookings',
        ExpressionAttributeNames: { '#value': 'value', '#role': 'role' },
        ExpressionAttributeValues: { ':bookings': 'bookings' },
      },
    }));
