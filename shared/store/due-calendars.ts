/** The index of due work: which calendars the sweep must look at, and when it must look again. */
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { Superseded } from '../domain/errors.ts';
import type { CalendarKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { dueKeysOf, neverDue, updateCalendar } from './calendar-update.ts';
import { duePartition, keys } from './keys.ts';
import { isConditionFailure, type Table } from './table.ts';

/** What the sweep does: finds the calendars that are due, and says when each is due again. */
export type DueCalendars = {
  listDue(shard: number, now: Instant, limit: number): Promise<CalendarKey[]>;
  /** One that has been switched off is due no more. Throws Superseded when there is no such calendar any more. */
  postpone(key: CalendarKey, dueAt: Instant): Promise<void>;
};

export const dueCalendars = (table: Table): DueCalendars => ({
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

  async postpone(key, dueAt) {
    const when = (enabled: boolean, indexed: Record<string, string | undefined>) =>
      updateCalendar(table, { key: keys.calendar(key), set: {}, expect: { enabled }, indexed }, 'it was postponed');
    try {
      await when(true, dueKeysOf(key, dueAt));
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      await when(false, neverDue);
    }
  },
});

/** Makes a calendar due by then: one that is due earlier stays so, and one that is never due as well. */
export const dueBy = async (table: Table, key: CalendarKey, latest: Instant): Promise<void> => {
  const update = new UpdateCommand({
    TableName: table.name,
    Key: keys.calendar(key),
    UpdateExpression: 'SET dueAt = :latest',
    ConditionExpression: 'dueAt > :latest',
    ExpressionAttributeValues: { ':latest': latest },
  });
  await table.client.send(update).catch((error: unknown) => {
    if (!isConditionFailure(error)) throw error;
  });
};
