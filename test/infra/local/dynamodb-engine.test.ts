import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startDynamoDb, startDynamoDbLocal } from '../../../infra/local/aws/dynamodb-engine.ts';
import { clientDefaults } from '../../../infra/local/aws/place.ts';
import { createTable } from '../../../infra/local/aws/tables.ts';
import { listenLocally } from '../../../infra/local/http/listen.ts';

const hasJava = spawnSync('java', ['-version']).status === 0;

const engines = [
  { name: 'dynoxide', startEngine: startDynamoDb, isHere: true },
  { name: 'DynamoDB Local', startEngine: startDynamoDbLocal, isHere: hasJava },
];

describe.each(engines)('$name', ({ startEngine, isHere }) => {
  test.skipIf(!isHere)('has the table with the indexes, the stream and the time to live of the template', async () => {
    const { endpoint, stop } = await startEngine();
    onTestFinished(stop);
    const index = {
      IndexName: 'due',
      KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    };
    const streamArn = await createTable(endpoint, 'the-table', {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: ['pk', 'due'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: [index],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      Replicas: [{ Region: 'us-east-1' }],
    });

    const client = new DynamoDBClient({ ...clientDefaults, endpoint });
    onTestFinished(() => client.destroy());
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'the-table' }));
    expect(Table).toMatchObject({
      GlobalSecondaryIndexes: [index],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      LatestStreamArn: streamArn,
    });
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: 'the-table' }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
  });
});

test('without dynoxide and without Java the error says what to install', async () => {
  vi.stubEnv('PATH', '/nowhere');
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(startDynamoDbLocal()).rejects.toThrow('install Java 17');
});

test('DYNAMODB_ENDPOINT names an engine to use instead, and it is left running', async () => {
  const other = await listenLocally(createServer((_request, response) => void response.end('alive')));
  onTestFinished(other.stop);
  vi.stubEnv('DYNAMODB_ENDPOINT', other.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { endpoint, stop } = await startDynamoDb();
  await stop();
  expect(await (await fetch(endpoint)).text()).toBe('alive');
});

test('the engine does not outlive the process that started it, even one that is killed', async () => {
  const engineModule = new URL('../../../infra/local/aws/dynamodb-engine.ts', import.meta.url).href;
  const script = `import { startDynamoDb } from '${engineModule}'; console.log((await startDynamoDb()).endpoint);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  const [output] = (await once(parent.stdout, 'data')) as [Buffer];
  const endpoint = output.toString().trim();
  expect((await fetch(endpoint)).status).toBeGreaterThan(0);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(fetch(endpoint)).rejects.toThrow(), { timeout: 5_000 });
});
