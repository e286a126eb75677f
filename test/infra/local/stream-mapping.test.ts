import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { expect, onTestFinished, test } from 'vitest';
import { clientDefaults } from '../../../infra/local/aws/place.ts';
import type { LocalStackOptions } from '../../../infra/local/stack.ts';
import { type FixtureStack, startFixture } from '../../support/local-assembly.ts';

const table = {
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    TableName: 'the-table',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
};

const mapping = (properties = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
    FunctionName: { Ref: 'Reader' },
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 10,
    MaximumRetryAttempts: 1,
    BisectBatchOnFunctionError: true,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failures', 'Arn'] } } },
    ...properties,
  },
});

/** `records` is the batch; each batch is logged before it is handled. */
const reader = (body: string) => `export const handler = async ({ Records: records }) => {
  console.log(JSON.stringify({ Records: records }));
  ${body}
};`;

type Run = {
  stack: FixtureStack;
  put: (pk: string, value?: string) => Promise<void>;
  events: () => DynamoDBStreamEvent[];
  batches: () => string[][];
};

async function run(body: string, properties = {}, options: Partial<LocalStackOptions> = {}): Promise<Run> {
  const stack = await startFixture(
    onTestFinished,
    {
      handlers: { Reader: reader(body) },
      resources: { Table: table, Failures: { Type: 'AWS::SQS::Queue' }, Mapping: mapping(properties) },
    },
    options,
  );
  const events = () =>
    stack.logs
      .filter(({ line }) => line.startsWith('{"Records"'))
      .map(({ line }) => JSON.parse(line) as DynamoDBStreamEvent);
  return {
    stack,
    put: async (pk, value = 'v') => {
      await dynamodb(stack).send(
        new PutItemCommand({ TableName: 'the-table', Item: { pk: { S: pk }, value: { S: value } } }),
      );
    },
    events,
    batches: () => events().map(({ Records }) => Records.map(({ dynamodb }) => dynamodb?.Keys?.pk?.S ?? '')),
  };
}

function dynamodb({ endpoints }: FixtureStack): DynamoDBClient {
  const client = new DynamoDBClient({ ...clientDefaults, endpoint: endpoints.dynamodb });
  onTestFinished(() => client.destroy());
  return client;
}

async function givenUp({ queues, endpoints }: FixtureStack): Promise<unknown[]> {
  const client = new SQSClient({ ...clientDefaults, endpoint: endpoints.sqs });
  onTestFinished(() => client.destroy());
  const QueueUrl = queues.find(({ name }) => name === 'Failures')?.url;
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body));
}

test('a change arrives in the shape that Lambda gives it, bytes as base64 and time in seconds', async () => {
  const { stack, events } = await run('');
  const Item = { pk: { S: 'a' }, bytes: { B: new Uint8Array([1, 2, 3]) }, list: { L: [{ N: '1' }] } };
  await dynamodb(stack).send(new PutItemCommand({ TableName: 'the-table', Item }));
  await stack.idle();
  expect(events()).toEqual([
    {
      Records: [
        {
          eventID: expect.any(String),
          eventName: 'INSERT',
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: 'us-east-1',
          eventSourceARN: 'arn:aws:dynamodb:us-east-1:000000000000:table/the-table/stream/local',
          dynamodb: {
            ApproximateCreationDateTime: expect.any(Number),
            Keys: { pk: { S: 'a' } },
            NewImage: { pk: { S: 'a' }, bytes: { B: 'AQID' }, list: { L: [{ N: '1' }] } },
            SequenceNumber: expect.any(String),
            SizeBytes: expect.any(Number),
            StreamViewType: 'NEW_AND_OLD_IMAGES',
          },
        },
      ],
    },
  ]);
});

test('changes arrive in order, deletions with the old image', async () => {
  const { stack, put, events } = await run('');
  await put('a', 'one');
  await put('a', 'two');
  await dynamodb(stack).send(new DeleteItemCommand({ TableName: 'the-table', Key: { pk: { S: 'a' } } }));
  await stack.idle();
  const records = events().flatMap(({ Records }) => Records);
  expect(records.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
  expect(records[1]?.dynamodb).toMatchObject({ OldImage: { value: { S: 'one' } }, NewImage: { value: { S: 'two' } } });
  expect(records[2]?.dynamodb).toMatchObject({ OldImage: { value: { S: 'two' } } });
});

test('what the filter does not match never reaches the function', async () => {
  const Pattern = JSON.stringify({ dynamodb: { Keys: { pk: { S: [{ prefix: 'APPOINTMENT#' }] } } } });
  const { stack, put, batches } = await run('', { FilterCriteria: { Filters: [{ Pattern }] } });
  for (const pk of ['CALENDAR#1', 'APPOINTMENT#1', 'CHANNEL#1', 'APPOINTMENT#2']) await put(pk);
  await stack.idle();
  expect(batches().flat()).toEqual(['APPOINTMENT#1', 'APPOINTMENT#2']);
});

/** One transaction, so that they form one batch. */
async function putTogether({ stack }: Run, pks: string[]): Promise<void> {
  const TransactItems = pks.map((pk) => ({ Put: { TableName: 'the-table', Item: { pk: { S: pk } } } }));
  await dynamodb(stack).send(new TransactWriteItemsCommand({ TransactItems }));
}

test('a batch that throws is bisected until the bad record is alone; it is retried, then given up with its place', async () => {
  const bad = `if (records.some(({ dynamodb }) => dynamodb.Keys.pk.S === 'bad')) throw new Error('no');`;
  const running = await run(bad);
  await putTogether(running, ['a', 'b', 'bad', 'c']);
  await running.stack.idle();
  expect(running.batches()).toEqual([['a', 'b', 'bad', 'c'], ['a', 'b'], ['bad', 'c'], ['bad'], ['bad'], ['c']]);

  const place = running
    .events()
    .flatMap(({ Records }) => Records)
    .find(({ dynamodb }) => dynamodb?.Keys?.pk?.S === 'bad');
  const number = place?.dynamodb?.SequenceNumber;
  expect(await givenUp(running.stack)).toEqual([
    {
      requestContext: {
        requestId: expect.any(String),
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Reader',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: expect.any(String),
      DDBStreamBatchInfo: {
        shardId: expect.any(String),
        startSequenceNumber: number,
        endSequenceNumber: number,
        approximateArrivalOfFirstRecord: expect.any(String),
        approximateArrivalOfLastRecord: expect.any(String),
        batchSize: 1,
        streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/the-table/stream/local',
      },
    },
  ]);
});

test('after a partial failure, the first failed record and all after it come again', async () => {
  const failOnce = `
    const bad = records.find(({ dynamodb }) => dynamodb.Keys.pk.S === 'bad');
    if (!bad || globalThis.failed) return;
    globalThis.failed = true;
    return { batchItemFailures: [{ itemIdentifier: bad.dynamodb.SequenceNumber }] };`;
  const running = await run(failOnce, { BisectBatchOnFunctionError: false });
  await putTogether(running, ['a', 'bad', 'b']);
  await running.stack.idle();
  expect(running.batches()).toEqual([
    ['a', 'bad', 'b'],
    ['bad', 'b'],
  ]);
  expect(await givenUp(running.stack)).toEqual([]);
});

test('with a data folder a restart goes on behind what was handled', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'local-stream-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const before = await run('', {}, { dataDir });
  await before.put('a');
  await before.stack.idle();
  await before.stack.stop();
  const after = await run('', {}, { dataDir });
  await after.put('b');
  await after.stack.idle();
  expect([before.batches(), after.batches()]).toEqual([[['a']], [['b']]]);
});

test('a filter with an operator that is not known is refused at the start, naming the mapping', async () => {
  const Pattern = JSON.stringify({ dynamodb: { NewImage: { n: { N: [{ numeric: ['>', 1] }] } } } });
  await expect(run('', { FilterCriteria: { Filters: [{ Pattern }] } })).rejects.toThrow(/^Mapping: .*numeric/);
});

test('a FIFO queue as failure destination is refused, as AWS does', async () => {
  const resources = {
    Table: table,
    Failures: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
    Mapping: mapping(),
  };
  const starting = startFixture(onTestFinished, { handlers: { Reader: reader('') }, resources });
  await expect(starting).rejects.toThrow(/^Mapping: .*standard queue/);
});
