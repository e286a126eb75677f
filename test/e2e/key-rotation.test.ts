/** Both keys that the system keeps are replaced while it runs: of the webhook's tokens, and of the token vault. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { routeTable } from '../../functions/management-api/route-table.ts';
import { clientDefaults } from '../../infra/local/aws/place.ts';
import { asId, type UserId } from '../../shared/domain/ids.ts';
import { hour, instantAt } from '../../shared/domain/instant.ts';
import { connectionStore } from '../../shared/store/connections.ts';
import { keys } from '../../shared/store/keys.ts';
import { dynamoTable, fromItem, type Table, toItem } from '../../shared/store/table.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';

let session: TestSession;
let client: DynamoDBClient;
let table: Table;
beforeAll(async () => {
  session = await startTestSession({}, { GOOGLE_WEBHOOK_SECRET: 'the first webhook key of this test' });
  client = new DynamoDBClient({ ...clientDefaults, endpoint: session.stack.endpoints.dynamodb });
  table = dynamoTable(client, session.stack.outputs.TableName ?? '');
});
afterAll(async () => {
  client.destroy();
  await session.stop();
});

const functionNames = ['webhook-receiver', 'sync-consumer', 'management-api'];
/** What five minutes do to an environment: it has kept nothing. */
const startAfresh = () => Promise.all(functionNames.map((name) => session.stack.functions.kill(name)));

const insert = (calendar: string, summary: string) => {
  const at = (hours: number) => ({ dateTime: new Date(Date.now() + hours * hour).toISOString() });
  session.google.control.insertEvent({ calendar, event: { summary, start: at(24), end: at(25) } });
};
const titlesOf = async (user: string) => {
  const { body } = await session.call('GET', routeTable.appointments.path, user);
  return (body as { items: { title: string }[] }).items.map(({ title }) => title).sort();
};
/** By notification alone: nothing sweeps here. */
const arrives = (user: string, titles: string[]) =>
  vi.waitFor(async () => expect(await titlesOf(user)).toEqual(titles), { timeout: 10_000 });

describe('the webhook key', () => {
  const first = 'the first webhook key of this test';
  const second = 'the second webhook key of this test';
  const put = async (value: object) => {
    const secrets = new SecretsManagerClient({ ...clientDefaults, endpoint: session.stack.endpoints.secretsManager });
    const SecretId = session.config.secretNames.webhookKeys;
    await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }));
    secrets.destroy();
    await startAfresh();
  };
  const channelOf = (calendar: string) => {
    const channels = session.google.control.channels().filter(({ calendarId }) => calendarId === calendar);
    return channels.at(-1) ?? expect.fail('There is no channel');
  };
  const keyOf = (calendar: string) => channelOf(calendar).token?.split('.')[1];
  let messages = 1_000;
  const notify = async ({ id, token = '', resourceId }: ReturnType<typeof channelOf>) => {
    const headers = {
      'x-goog-channel-id': id,
      'x-goog-channel-token': token,
      'x-goog-message-number': String(++messages),
      'x-goog-resource-id': resourceId,
      'x-goog-resource-state': 'exists',
    };
    const url = `${session.stack.apiUrl}/api/v2/webhooks/google-calendar`;
    return (await fetch(url, { method: 'POST', headers })).status;
  };

  test('[R6] [R15] is replaced with an overlap: no notification is lost, and the old key is worth nothing after it', async () => {
    const ann = await session.connect('ann');
    const old = channelOf(ann);
    expect(keyOf(ann)).toBe('k1');

    await put({ active: 'k1', keys: { k1: first, k2: second } });
    insert(ann, 'One');
    await arrives('ann', ['One']);

    await put({ active: 'k2', keys: { k1: first, k2: second } });
    const bob = await session.connect('bob');
    expect(keyOf(bob)).toBe('k2');
    insert(ann, 'Two');
    insert(bob, 'Bank');
    await arrives('ann', ['One', 'Two']);
    await arrives('bob', ['Bank']);
    expect([await notify(old), await notify(channelOf(bob))]).toEqual([204, 204]);

    await session.call('POST', routeTable.disable.path, 'ann');
    await session.stack.idle();
    await session.call('POST', routeTable.enable.path, 'ann');
    await session.stack.idle();
    expect(keyOf(ann)).toBe('k2');

    await put({ active: 'k2', keys: { k2: second } });
    expect([await notify(old), await notify(channelOf(ann))]).toEqual([404, 204]);
    insert(ann, 'Zoo');
    await arrives('ann', ['One', 'Two', 'Zoo']);
  }, 60_000);
});

describe('the vault key', () => {
  const run = promisify(execFile);
  const rotateCommand = async (...options: string[]) => {
    const ADMIN_TOKEN = await session.stack.token('olga', { admin: true });
    const arguments_ = ['infra/rotate-vault-key.ts', '--endpoint', session.stack.apiUrl, ...options];
    return (await run(process.execPath, arguments_, { env: { ...process.env, ADMIN_TOKEN } })).stdout;
  };
  const admin = async (route: 'vaultKeys') => {
    const headers = { authorization: `Bearer ${await session.stack.token('olga', { admin: true })}` };
    const { method, path } = routeTable[route];
    return (await fetch(`${session.stack.apiUrl}${path}`, { method, headers })).json();
  };
  const sealedOf = async (user: string) => {
    const connection = await connectionStore(table).load(asId<UserId>(user));
    if (connection?.state !== 'connected') return expect.fail('It is not connected');
    return [connection.refreshToken, connection.accessToken].map((sealed) => sealed.split('.')[1]);
  };
  /** As if the rotation had been three hours ago. */
  const ageRotation = async () => {
    const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: keys.activeDataKey() }));
    const { id } = fromItem<{ id: string }>(Item ?? {});
    const aged = toItem(keys.activeDataKey(), { id, since: instantAt(Date.now() - 3 * hour) });
    await table.client.send(new PutCommand({ TableName: table.name, Item: aged }));
  };

  test('[R15] is for administrators', async () => {
    expect(await session.call('POST', routeTable.rotateVaultKey.path, 'ann')).toMatchObject({ status: 403 });
    expect(await session.call('POST', routeTable.rotateVaultKey.path)).toMatchObject({ status: 401 });
  });

  test('is rotated, brought to every connection and retired by command, while barbers go on', async () => {
    const cid = await session.connect('cid');
    await session.connect('dee');
    expect(await sealedOf('cid')).toEqual(['k1', 'k1']);

    const said = await rotateCommand();
    expect(said).toMatch(/k2 is active/);
    expect(said).toMatch(/Sealed the tokens of \d+ connections anew/);
    for (const user of ['cid', 'dee']) expect(await sealedOf(user)).toEqual(['k2', 'k2']);
    insert(cid, 'During');
    await arrives('cid', ['During']);

    expect(await rotateCommand()).toMatch(/k2 has been active since .* going on with that rotation/);
    await expect(rotateCommand('--retire', 'k1')).rejects.toThrow(/409: A key can be retired two hours after/);

    await ageRotation();
    await startAfresh();
    expect(await rotateCommand('--retire', 'k1')).toMatch(/Retired k1/);
    expect(await admin('vaultKeys')).toMatchObject({ active: { id: 'k2' }, items: [{ id: 'k2', inUse: true }] });

    await startAfresh();
    insert(cid, 'Later');
    await arrives('cid', ['During', 'Later']);
    const eve = await session.connect('eve');
    expect(await sealedOf('eve')).toEqual(['k2', 'k2']);
    insert(eve, 'First');
    await arrives('eve', ['First']);
  }, 60_000);
});
