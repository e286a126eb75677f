/**
 * A barber's civil days: one item each, with every booking that takes time on it. Bookings are attributes of the item
 * itself, not below `value`: so a day can be written without being read, whether it is there yet or not.
 */
import type { AppointmentId, UserId } from '../domain/ids.ts';
import type { Day, DayReader } from '../ports.ts';
import { keys } from './keys.ts';
import { type DayChanges, datesTouchedBy, type Span } from './occupied-days.ts';
import { type Item, readAll, type Table } from './table.ts';

export const dayReader = (table: Table): DayReader => ({
  async loadDays(userId, startsAt, endsAt) {
    const dates = datesTouchedBy({ startsAt, endsAt });
    const items = await readAll(
      table,
      dates.map((date) => keys.day(userId, date)),
    );
    const found = new Map(items.map((item) => [String(item.sk), item]));
    return dates.map((date) => toDay(userId, date, found.get(keys.day(userId, date).sk)));
  },
});

const toDay = (userId: UserId, date: string, item: Item | undefined): Day => {
  if (item === undefined) return { userId, date, version: 0, bookings: {} };
  if (item.schema !== schema) throw new Error(`Day of schema ${String(item.schema)}; this version reads ${schema}`);
  const bookings = Object.entries(item)
    .filter(([name]) => name.startsWith(bookingPrefix))
    .map(([name, span]) => [name.slice(bookingPrefix.length), span]);
  return { userId, date, version: item.version as number, bookings: Object.fromEntries(bookings) };
};

/** A day is written without being read, so this cannot change: a day of another shape needs another key. */
const schema = 1;
const bookingPrefix = 'BOOKING#';

/** The parts of a transaction that change these days, and that refuse it when a day is not as it was `read`. */
export const dayWrites = (
  table: Table,
  { userId, id }: { userId: UserId; id: AppointmentId },
  changes: DayChanges,
  read: Day[],
) => {
  const versions = new Map(read.map(({ date, version }) => [date, version]));
  const updates = [...changes].map(([date, span]) => ({
    Update: { TableName: table.name, Key: keys.day(userId, date), ...toDayUpdate(id, span, versions.get(date)) },
  }));
  const untouched = read.filter(({ date }) => !changes.has(date));
  const checks = untouched.map(({ date, version }) => ({
    ConditionCheck: { TableName: table.name, Key: keys.day(userId, date), ...toDayCheck(version) },
  }));
  return [...updates, ...checks];
};

const toDayUpdate = (id: AppointmentId, span: Span | undefined, version: number | undefined) => {
  const { condition, values } = asRead(version);
  const booking = span ? 'SET #schema = :schema, #booking = :span' : 'SET #schema = :schema REMOVE #booking';
  return {
    UpdateExpression: `${booking} ADD #version :one`,
    ConditionExpression: condition,
    ExpressionAttributeNames: { '#schema': 'schema', '#version': 'version', '#booking': `${bookingPrefix}${id}` },
    ExpressionAttributeValues: { ...values, ':schema': schema, ':one': 1, ...(span && { ':span': span }) },
  };
};

const toDayCheck = (version: number) => {
  const { condition, values } = asRead(version);
  return {
    ConditionExpression: condition,
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: version === 0 ? undefined : values, // DynamoDB refuses an empty map.
  };
};

const asRead = (version: number | undefined): { condition?: string; values: Item } => {
  if (version === undefined) return { values: {} };
  if (version === 0) return { condition: 'attribute_not_exists(#version)', values: {} };
  return { condition: '#version = :read', values: { ':read': version } };
};
