/** Calendars: the state that every sync begins with and ends by moving on. */
import { GetCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Calendar } from '../domain/calendar.ts';
import { Superseded } from '../domain/errors.ts';
import type { CalendarKey, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { CalendarStore } from '../sync/ports.ts';
import { type ItemUpdate, toUpdate } from './item-update.ts';
import { duePartition, dueShardOf, indexKeys, keys, prefixes } from './keys.ts';
import { fromItem, isConditionFailure, queryAll, readAll, type Table, toItem } from './table.ts';

/** What the management API does with a user's calendars. */
export type CalendarRegistry = {
  listOf(userId: UserId): Promise<Calendar[]>;
  /**
   * Adds a calendar that is not there yet. One that is keeps its progress and its switches, and learns its new name and
   * zone; `renewChannel` empties its channel slot. One that was taken for gone is switched on again.
   */
  register(calendar: Calendar, how: { dueAt: Instant; renewChannel: boolean }): Promise<void>;
  setRealTimeSync(calendar: Calendar, realTimeSync: boolean): Promise<void>;
};

/** What the sweep does: finds the calendars that are due, and says when each is due again. */
export type DueCalendars = {
  listDue(shard: number, now: Instant, limit: number): Promise<CalendarKey[]>;
  /** Throws Superseded when there is no such calendar any more. */
  postpone(key: CalendarKey, dueAt: Instant): Promise<void>;
};

export const calendarStore = (table: Table): CalendarStore & CalendarRegistry & DueCalendars => {
  const update = async (itemUpdate: ItemUpdate, what: string): Promise<void> => {
    try {
      await table.client.send(new UpdateCommand({ TableName: table.name, ...toUpdate(itemUpdate) }));
    } catch (cause) {
      if (isConditionFailure(cause)) throw new Superseded(`The calendar moved on before ${what}`, { cause });
      throw cause;
    }
  };

  /** Google lists a calendar that we had taken for gone. */
  const revive = async (key: CalendarKey, dueAt: Instant): Promise<void> => {
    const set = { enabled: true, disabledBecause: undefined };
    const expect = { disabledBecause: 'calendar_gone' };
    const indexed = indexKeys.due(dueShardOf(key), dueAt);
    await update({ key: keys.calendar(key), set, expect, indexed }, 'it was revived').catch(unlessSuperseded);
  };

  return {
    async load(key) {
      const { Item } = await table.client.send(
        new GetCommand({ TableName: table.name, Key: keys.calendar(key), ConsistentRead: true }),
      );
      return Item && fromItem<Calendar>(Item);
    },

    commitListing: (read, commit) =>
      update(
        {
          key: keys.calendar(read.key),
          set: { ...commit, checkpoint: undefined, trouble: undefined },
          expect: unmoved(read),
        },
        'its cursor was saved',
      ),

    saveCheckpoint: (read, checkpoint) =>
      update({ key: keys.calendar(read.key), set: { checkpoint }, expect: unmoved(read) }, 'its checkpoint was saved'),

    noteTrouble: (read, trouble) =>
      update({ key: keys.calendar(read.key), set: { trouble }, expect: unmoved(read) }, 'its trouble was noted'),

    switchOff: (read, disabledBecause) => {
      const set = { enabled: false, disabledBecause, channel: undefined, checkpoint: undefined, trouble: undefined };
      return update(
        { key: keys.calendar(read.key), set, expect: unmoved(read), indexed: neverDue },
        'it was switched off',
      );
    },

    async listOf(userId) {
      const pointers = await queryAll(table, prefixes.pointers(userId));
      const calendarKeys = pointers.map((pointer) => keys.calendar(fromItem<{ key: CalendarKey }>(pointer).key));
      const calendars = (await readAll(table, calendarKeys)).map(fromItem<Calendar>);
      return calendars.sort((a, b) => (a.calendarId < b.calendarId ? -1 : 1));
    },

    async register(calendar, { dueAt, renewChannel }) {
      const { key, summary, timeZone } = calendar;
      const set = { summary, timeZone, ...(renewChannel && { channel: undefined }) };
      try {
        await update({ key: keys.calendar(key), set, expect: {} }, 'it was refreshed');
      } catch (error) {
        if (!(error instanceof Superseded)) throw error;
        await create(table, calendar, dueAt);
        return;
      }
      if (calendar.enabled) await revive(key, dueAt);
    },

    setRealTimeSync: (calendar, realTimeSync) =>
      update({ key: keys.calendar(calendar.key), set: { realTimeSync }, expect: {} }, 'real-time sync was switched'),

    async listDue(shard, now, limit) {
      const { Items = [] } = await table.client.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: 'due',
          KeyConditionExpression: 'duePartition = :shard AND dueAt <= :now',
          ExpressionAttributeValues: { ':shard': duePartition(shard), ':now': now },
          Limit: limit,
        }),
      );
      return Items.map(({ pk }) => String(pk).replace('CALENDAR#', '') as CalendarKey);
    },

    postpone: (key, dueAt) =>
      update(
        { key: keys.calendar(key), set: {}, expect: {}, indexed: indexKeys.due(dueShardOf(key), dueAt) },
        'it was postponed',
      ),
  };
};

/** The calendar and the pointer to it, together. Only a calendar that is synced is ever due. */
const create = async (table: Table, calendar: Calendar, dueAt: Instant): Promise<void> => {
  const { key, userId, enabled } = calendar;
  const item = toItem(keys.calendar(key), calendar, enabled ? indexKeys.due(dueShardOf(key), dueAt) : {});
  const puts = [item, toItem(keys.pointer(userId, key), { key })];
  await table.client.send(
    new TransactWriteCommand({
      TransactItems: puts.map((Item) => ({
        Put: { TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' },
      })),
    }),
  );
};

const neverDue = { duePartition: undefined, dueAt: undefined };

const unlessSuperseded = (error: unknown): void => {
  if (!(error instanceof Superseded)) throw error;
};

/** The calendar is on the cursor and the connection that this run began with [R13]. */
const unmoved = ({ cursor, connectGeneration }: Calendar) => ({ cursor, connectGeneration });
