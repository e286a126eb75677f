/** Updates that meet items of another schema, on a real engine: an older one is brought up first, a newer one is left alone. */
import { GetCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { upToDate } from '../../shared/store/bring-up.ts';
import { type ItemUpdate, toUpdate } from '../../shared/store/item-update.ts';
import { keys } from '../../shared/store/keys.ts';
import { schemasOf } from '../../shared/store/schema.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { calendarKey, userId } from '../support/samples.ts';

let engine: Engine;
let table: Table;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  table = await engine.freshTable();
});

/** A name that became a summary. */
const known = schemasOf({ calendar: [({ name, ...rest }) => ({ ...rest, summary: name })] });
const key = keys.calendar(calendarKey);
const due = { duePartition: 'DUE#1', dueAt: '2026-03-02T12:00:00.000Z' };

const put = (schema: number, value: object) =>
  table.client.send(new PutCommand({ TableName: table.name, Item: { ...key, ...due, schema, value } }));
const stored = async (at = key): Promise<Item | undefined> =>
  (await table.client.send(new GetCommand({ TableName: table.name, Key: at, ConsistentRead: true }))).Item;

const asUpdate = (change: Partial<ItemUpdate>) => ({
  TableName: table.name,
  ...toUpdate({ key, set: {}, expect: {}, ...change }, known),
});
const update = (change: Partial<ItemUpdate>) =>
  upToDate(table, () => table.client.send(new UpdateCommand(asUpdate(change))), known);

test('an older item is brought up to date, then updated; what lies beside its value stays', async () => {
  await put(1, { name: 'Chair', role: 'blocks', generation: 1 });
  await update({ set: { role: 'bookings' }, expect: { generation: 1 } });
  const value = { summary: 'Chair', role: 'bookings', generation: 1 };
  expect(await stored()).toEqual({ ...key, ...due, schema: 2, value });
});

test('[R13] what it is expected to be still holds', async () => {
  await put(1, { name: 'Chair', generation: 2 });
  await expect(update({ set: { role: 'bookings' }, expect: { generation: 1 } })).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
  });
  expect(await stored()).toMatchObject({ value: { summary: 'Chair', generation: 2 } });
});

test('an update alone never touches an older item: its names are not those that the shape has', async () => {
  await put(1, { name: 'Chair' });
  const alone = table.client.send(new UpdateCommand(asUpdate({ set: { summary: 'Table' } })));
  await expect(alone).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  expect(await stored()).toMatchObject({ schema: 1, value: { name: 'Chair' } });
});

test('[R13] a newer item is refused and left as it is: the version that wrote it deals with it', async () => {
  await put(3, { heading: 'Chair' });
  await expect(update({ set: { summary: 'Table' } })).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
  });
  expect(await stored()).toMatchObject({ schema: 3, value: { heading: 'Chair' } });
});

test('a transaction brings up what it meets, and happens whole', async () => {
  await put(1, { name: 'Chair' });
  const pointer = keys.pointer(userId, calendarKey);
  const writes = [
    { Put: { TableName: table.name, Item: { ...pointer, schema: 1, value: { key: calendarKey } } } },
    { Update: asUpdate({ set: { role: 'bookings' } }) },
  ];
  await upToDate(table, () => table.client.send(new TransactWriteCommand({ TransactItems: writes })), known);
  expect(await stored()).toMatchObject({ schema: 2, value: { summary: 'Chair', role: 'bookings' } });
  expect(await stored(pointer)).toMatchObject({ value: { key: calendarKey } });
});

test('two that meet it at once both get their way', async () => {
  await put(1, { name: 'Chair' });
  await Promise.all([update({ set: { role: 'bookings' } }), update({ set: { zone: 'Z' } })]);
  expect(await stored()).toMatchObject({ schema: 2, value: { summary: 'Chair', role: 'bookings', zone: 'Z' } });
});

test('an item that is not there is nothing to bring up', async () => {
  await expect(update({ set: { role: 'bookings' } })).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
  });
  expect(await stored()).toBeUndefined();
});
