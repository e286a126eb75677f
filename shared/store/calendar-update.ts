/** A conditional update of a calendar, and its place in the index of due work. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Calendar } from '../domain/calendar.ts';
import { Superseded } from '../domain/errors.ts';
import type { CalendarKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { upToDate } from './bring-up.ts';
import { type ItemUpdate, toUpdate } from './item-update.ts';
import { dueShardOf, indexKeys } from './keys.ts';
import { isConditionFailure, type Table } from './table.ts';

/** Throws Superseded when the calendar is not as expected; `what` says what it was before. */
export const updateCalendar = async (table: Table, itemUpdate: ItemUpdate, what: string): Promise<void> => {
  try {
    const update = new UpdateCommand({ TableName: table.name, ...toUpdate(itemUpdate) });
    await upToDate(table, () => table.client.send(update));
  } catch (cause) {
    if (isConditionFailure(cause)) throw new Superseded(`The calendar moved on before ${what}`, { cause });
    throw cause;
  }
};

export const unlessSuperseded = (error: unknown): void => {
  if (!(error instanceof Superseded)) throw error;
};

/** The calendar is on the cursor and the connection that this run began with, and switched as it was then [R13]. */
export const unmoved = ({ cursor, connectGeneration, enabled }: Calendar) => ({ cursor, connectGeneration, enabled });

/** And its listing has come no further than this run knows: who has begun another one has a reason to. */
export const unlisted = (read: Calendar) => ({
  ...unmoved(read),
  'checkpoint.startedAt': read.checkpoint?.startedAt,
  'checkpoint.page': read.checkpoint?.page,
});

/** What is said of how its syncs go: of a calendar that is switched, it was said of another time. */
export const withoutReports = { trouble: undefined, recentSyncs: undefined, drift: undefined };

export const dueKeysOf = (key: CalendarKey, dueAt: Instant) => indexKeys.due(dueShardOf(key), dueAt);

export const neverDue = { duePartition: undefined, dueAt: undefined };
