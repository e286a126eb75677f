/** The vault's data keys on a real engine and the local KMS, as several function environments use them. */
import { KMSClient } from '@aws-sdk/client-kms';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startKms } from '../../infra/local/aws/kms.ts';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import { RetryLater, VaultLocked } from '../../shared/domain/errors.ts';
import { minute, plusMs } from '../../shared/domain/instant.ts';
import { activeKeptMs, type KmsDataKeys, kmsDataKeys } from '../../shared/store/data-keys.ts';
import { keys } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { vaultKeys } from '../../shared/store/vault-keys.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { now } from '../support/samples.ts';

let engine: Engine;
let kms: Awaited<ReturnType<typeof startKms>>;
beforeAll(async () => {
  [engine, kms] = await Promise.all([startEngine(), startKms(['vault'])]);
});
afterAll(async () => {
  await kms.stop();
  await engine.stop();
});

type Environment = { dataKeys: KmsDataKeys; kms: KMSClient; calls: string[] };

/** A function environment: a client of its own, and what it asked KMS. `beforeCall` may hold a call up. */
const startEnvironment = (table: Table, beforeCall = async (_name: string) => {}, clock = () => now): Environment => {
  const client = new KMSClient({ ...clientDefaults, endpoint: kms.url });
  onTestFinished(() => client.destroy());
  const calls: string[] = [];
  client.middlewareStack.add((next, { commandName = '' }) => async (call) => {
    calls.push(commandName);
    await beforeCall(commandName);
    return next(call);
  });
  return { dataKeys: kmsDataKeys({ kms: client, kmsKeyId: 'vault', table, now: clock }), kms: client, calls };
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
  await expect(opened).rejects.toThrow(VaultLocked);
  await expect(opened).rejects.toThrow(/InvalidCiphertextException$/);
});

describe('a rotation', () => {
  test('is followed by every environment within minutes; what was sealed before is opened for ever', async () => {
    const table = await engine.freshTable();
    let clock = now;
    const environment = startEnvironment(table, undefined, () => clock);
    const first = await environment.dataKeys.active();

    const rotatedAt = plusMs(now, minute);
    const keyring = vaultKeys(table, { kms: environment.kms, kmsKeyId: 'vault' });
    expect(await keyring.rotate(rotatedAt)).toEqual({ id: 'k2', since: rotatedAt });
    expect((await environment.dataKeys.active()).id).toBe('k1');

    clock = plusMs(now, activeKeptMs);
    const second = await environment.dataKeys.active();
    expect(second.id).toBe('k2');
    expect(second.key).not.toEqual(first.key);
    expect(await environment.dataKeys.byId('k1')).toEqual(first.key);
    expect(await startEnvironment(table).dataKeys.active()).toEqual(second);
  });

  test('is known at once to whoever looks it up', async () => {
    const table = await engine.freshTable();
    const { dataKeys, kms } = startEnvironment(table);
    await dataKeys.active();
    await vaultKeys(table, { kms, kmsKeyId: 'vault' }).rotate(now);
    expect(await dataKeys.lookUpActive()).toBe('k2');
    expect((await dataKeys.active()).id).toBe('k2');
  });

  test('asks KMS and the table no more often than before: once for each key, once in five minutes', async () => {
    const table = await engine.freshTable();
    let clock = now;
    const { dataKeys, calls } = startEnvironment(table, undefined, () => clock);
    for (let passed = 0; passed < 10; passed++) {
      clock = plusMs(now, passed * minute);
      await dataKeys.active();
    }
    expect(calls).toEqual(['GenerateDataKeyCommand', 'DecryptCommand']);
  });

  test('that meets another one loses, and takes no number twice', async () => {
    const table = await engine.freshTable();
    const meet = meeting(2);
    const together = async (name: string) => (name === 'GenerateDataKeyCommand' ? meet() : undefined);
    const rotateOnce = () =>
      vaultKeys(table, { kms: startEnvironment(table, together).kms, kmsKeyId: 'vault' }).rotate(now);
    const ends = await Promise.allSettled([rotateOnce(), rotateOnce()]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(RetryLater) });

    const keyring = vaultKeys(table, { kms: startEnvironment(table).kms, kmsKeyId: 'vault' });
    expect(await keyring.active()).toMatchObject({ id: 'k2' });
    expect((await keyring.rotate(now)).id).toBe('k3');
    expect((await keyring.list()).map(({ id }) => id)).toEqual(['k2', 'k3']);
  });

  test('that was cut off after it had made a key is taken up by the next one', async () => {
    const table = await engine.freshTable();
    const { dataKeys, kms } = startEnvironment(table);
    await dataKeys.active();
    const failing = { ...table, client: onlyFirstPut(table) };
    await expect(vaultKeys(failing, { kms, kmsKeyId: 'vault' }).rotate(now)).rejects.toThrow('Cut off');
    const keyring = vaultKeys(table, { kms, kmsKeyId: 'vault' });
    expect(await keyring.active()).toEqual({ id: 'k1' });
    expect((await keyring.rotate(now)).id).toBe('k2');
  });
});

/** A client of the table that fails at the second item that it is to put. */
const onlyFirstPut = ({ client }: Table): Table['client'] => {
  let puts = 0;
  return new Proxy(client, {
    get: (target, name) =>
      name !== 'send'
        ? Reflect.get(target, name)
        : (command: PutCommand) => {
            if (command instanceof PutCommand && ++puts > 1) return Promise.reject(new Error('Cut off'));
            return target.send(command);
          },
  });
};
