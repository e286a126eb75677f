/** The vault's data keys on a real engine and the local KMS, as several function environments use them. */
import { KMSClient } from '@aws-sdk/client-kms';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startKms } from '../../infra/local/aws/kms.ts';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import type { DataKeys } from '../../shared/runtime/token-vault.ts';
import { kmsDataKeys } from '../../shared/store/data-keys.ts';
import { keys } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;
let kms: Awaited<ReturnType<typeof startKms>>;
beforeAll(async () => {
  [engine, kms] = await Promise.all([startEngine(), startKms(['vault'])]);
});
afterAll(async () => {
  await kms.stop();
  await engine.stop();
});

type Environment = { dataKeys: DataKeys; calls: string[] };

/** A function environment: a client of its own, and what it asked KMS. `beforeCall` may hold a call up. */
const startEnvironment = (table: Table, beforeCall = async (_name: string) => {}): Environment => {
  const client = new KMSClient({ ...clientDefaults, endpoint: kms.url });
  onTestFinished(() => client.destroy());
  const calls: string[] = [];
  client.middlewareStack.add((next, { commandName = '' }) => async (call) => {
    calls.push(commandName);
    await beforeCall(commandName);
    return next(call);
  });
  return { dataKeys: kmsDataKeys(client, 'vault', table), calls };
};

/** Resolves for all callers once `count` of them have come. */
const meeting = (count: number) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let missing = count;
  return async () => {
    missing -= 1;
    if (missing === 0) resolve();
    await promise;
  };
};

test('two environments that make the first key at the same time end with one and the same', async () => {
  const table = await engine.freshTable();
  const meet = meeting(2);
  const beforeCall = async (name: string) => (name === 'GenerateDataKeyCommand' ? meet() : undefined);
  const environments = [startEnvironment(table, beforeCall), startEnvironment(table, beforeCall)];

  const [one, other] = await Promise.all(environments.map(({ dataKeys }) => dataKeys.active()));
  expect(one?.key).toHaveLength(32);
  expect(other).toEqual(one);
  expect(await startEnvironment(table).dataKeys.active()).toEqual(one);
});

test('a key that is there is not made again, and found by its id', async () => {
  const table = await engine.freshTable();
  const { id, key } = await startEnvironment(table).dataKeys.active();
  const later = startEnvironment(table);
  expect(await later.dataKeys.byId(id)).toEqual(key);
  expect(await later.dataKeys.active()).toEqual({ id, key });
  expect(later.calls).toEqual(['DecryptCommand']);
});

test('KMS is asked once for each environment, however many ask at once', async () => {
  const { dataKeys, calls } = startEnvironment(await engine.freshTable());
  const found = await Promise.all(Array.from({ length: 10 }, () => dataKeys.active()));
  expect(new Set(found.map(({ key }) => key)).size).toBe(1);
  expect(calls).toEqual(['GenerateDataKeyCommand', 'DecryptCommand']);
});

test('an unknown id is refused, and refused only until there is such a key', async () => {
  const { dataKeys } = startEnvironment(await engine.freshTable());
  await expect(dataKeys.byId('k1')).rejects.toThrow('There is no data key k1');
  const { id, key } = await dataKeys.active();
  expect(await dataKeys.byId(id)).toEqual(key);
});

test('a key is bound to its id: under another id it does not open', async () => {
  const table = await engine.freshTable();
  await startEnvironment(table).dataKeys.active();
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: keys.dataKey('k1') }));
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...Item, ...keys.dataKey('k2') } }));
  const opened = startEnvironment(table).dataKeys.byId('k2');
  await expect(opened).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
});
