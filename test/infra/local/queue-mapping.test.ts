import { type Message, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { expect, onTestFinished, test, vi } from 'vitest';
import { clientDefaults } from '../../../infra/local/aws/place.ts';
import { type FixtureStack, startFixture } from '../../support/local-assembly.ts';

const queue = (properties = {}) => ({ Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true, ...properties } });

const wiring = (mapping = {}, maxReceiveCount = 100) => ({
  Dead: queue(),
  Queue: queue({
    VisibilityTimeout: 30,
    RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount },
  }),
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      FunctionName: { Ref: 'Consumer' },
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...mapping,
    },
  },
});

/** `body` sees the event; each batch is logged before it runs. */
const consumer = (body: string) => `export const handler = async (event) => {
  console.log(JSON.stringify(event));
  ${body}
};`;

type Run = {
  stack: FixtureStack;
  send: (group: string, body: string) => Promise<void>;
  batches: () => SQSEvent[];
  bodies: () => string[][];
};

async function run(
  handler: string,
  { mapping = {}, maxReceiveCount = 100, visibilityTimeoutSeconds = 1, properties = {} } = {},
  onEnd = onTestFinished,
): Promise<Run> {
  const stack = await startFixture(
    onEnd,
    {
      handlers: { Consumer: consumer(handler) },
      functionProperties: properties,
      resources: wiring(mapping, maxReceiveCount),
    },
    { visibilityTimeoutSeconds },
  );
  const client = sqsClient(stack, onEnd);
  const url = urlOf(stack, 'Queue.fifo');
  const batches = () =>
    stack.logs.filter(({ line }) => line.startsWith('{"Records"')).map(({ line }) => JSON.parse(line) as SQSEvent);
  return {
    stack,
    send: async (group, body) => {
      const message = {
        QueueUrl: url,
        MessageBody: body,
        MessageGroupId: group,
        MessageDeduplicationId: `${group}:${body}`,
      };
      await client.send(new SendMessageCommand(message));
    },
    batches,
    bodies: () => batches().map(({ Records }) => Records.map((record) => record.body)),
  };
}

function sqsClient({ endpoints }: FixtureStack, onEnd = onTestFinished): SQSClient {
  const client = new SQSClient({ ...clientDefaults, endpoint: endpoints.sqs });
  onEnd(() => client.destroy());
  return client;
}

function urlOf(stack: FixtureStack, name: string): string {
  return stack.queues.find((candidate) => candidate.name === name)?.url ?? '';
}

async function deadLetters(stack: FixtureStack, onEnd = onTestFinished): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: urlOf(stack, 'Dead.fifo'),
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 10,
  });
  return (await sqsClient(stack, onEnd).send(command)).Messages ?? [];
}

test('a batch has the shape that Lambda gives it', async () => {
  const { stack, send, batches } = await run('');
  await send('group-1', 'hello');
  await stack.idle();
  expect(batches()).toEqual([
    {
      Records: [
        {
          messageId: expect.any(String),
          receiptHandle: expect.any(String),
          body: 'hello',
          attributes: {
            SenderId: expect.any(String),
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            ApproximateReceiveCount: '1',
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
            MessageGroupId: 'group-1',
            MessageDeduplicationId: 'group-1:hello',
            SequenceNumber: expect.stringMatching(/^\d{20}$/),
          },
          messageAttributes: {},
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:Queue.fifo',
          awsRegion: 'us-east-1',
        },
      ],
    },
  ]);
});

test('messages of several groups come as one batch, of at most the batch size', async () => {
  const { stack, send, bodies } = await run('await new Promise((resolve) => setTimeout(resolve, 150));', {
    mapping: { BatchSize: 2, ScalingConfig: { MaximumConcurrency: 1 } },
  });
  for (const group of ['a', 'b', 'c', 'd', 'e']) await send(group, group);
  await stack.idle();
  expect(bodies().flat().sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(Math.max(...bodies().map((batch) => batch.length))).toBe(2);
});

test('a group stays in order and is never handled twice at once', async () => {
  const { stack, send, bodies } = await run('await new Promise((resolve) => setTimeout(resolve, 20));');
  const sent = Array.from({ length: 8 }, (_, index) => `m${index}`);
  for (const body of sent) await send('one', body);
  await stack.idle();
  expect(bodies().flat()).toEqual(sent);
});

test('only the messages that were reported failed come again', async () => {
  const { stack, send, bodies } = await run(`
    const failed = event.Records.filter(({ body, attributes }) => body === 'bad' && attributes.ApproximateReceiveCount === '1');
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };`);
  await send('a', 'good');
  await send('b', 'bad');
  await stack.idle();
  expect(bodies().flat().sort()).toEqual(['bad', 'bad', 'good']);
});

test('what a killed worker was doing comes again', async () => {
  const { stack, send, bodies } = await run(`
    if (event.Records[0].attributes.ApproximateReceiveCount === '1') await new Promise(() => setInterval(() => {}, 1000));`);
  await send('a', 'survivor');
  await vi.waitFor(() => expect(bodies()).toHaveLength(1), { timeout: 5_000 });
  await stack.functions.kill('Consumer');
  await stack.idle();
  expect(bodies()).toEqual([['survivor'], ['survivor']]);
});

test.concurrent.for([
  ['a response that names an unknown message', `return { batchItemFailures: [{ itemIdentifier: 'nobody' }] };`],
  ['a response whose failures are no list', `return { batchItemFailures: 'all' };`],
  ['a thrown error', `throw new Error('no');`],
  ['a promise that is never kept', 'await new Promise(() => setInterval(() => {}, 1000));'],
  ['a crash', 'process.exit(3);'],
])(
  '%s fails the whole batch, and a message that failed too often is a dead letter',
  async ([, handler = ''], { expect: expectHere, onTestFinished: onEnd }) => {
    const { stack, send, batches } = await run(handler, { maxReceiveCount: 2, properties: { Timeout: 1 } }, onEnd);
    await send('a', 'lost');
    expectHere(await deadLetters(stack, onEnd)).toMatchObject([{ Body: 'lost' }]);
    expectHere(batches().map(({ Records }) => Records[0]?.attributes.ApproximateReceiveCount)).toEqual(['1', '2']);
  },
);
