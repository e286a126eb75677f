import { expect, onTestFinished, test, vi } from 'vitest';
import { type Fixture, type FixtureStack, startFixture } from '../../support/local-assembly.ts';

const start = (source: string, properties = {}, rest: Fixture = {}): Promise<FixtureStack> =>
  startFixture(onTestFinished, { handlers: { Fn: source }, functionProperties: properties, ...rest });

test('the event goes in and the result comes out as JSON', async () => {
  const stack = await start(
    'export const handler = async (event) => ({ ...event, lost: undefined, at: new Date(0) });',
  );
  expect(await stack.functions.invoke('Fn', { a: [1, null] })).toEqual({
    a: [1, null],
    at: '1970-01-01T00:00:00.000Z',
  });
});

test('a handler that returns nothing gives null', async () => {
  const stack = await start('export const handler = async () => {};');
  expect(await stack.functions.invoke('Fn', {})).toBeNull();
});

test('a thrown error is a function error with its type and message, and is logged', async () => {
  const stack = await start('export const handler = async () => { throw new RangeError("too far"); };');
  await expect(stack.functions.invoke('Fn', {})).rejects.toThrow('RangeError: too far');
  expect(stack.logs.map(({ line }) => line)).toEqual([expect.stringMatching(/^ERROR Invoke Error .*"too far"/)]);
});

test('a worker is reused while it is warm, and its module state with it', async () => {
  const stack = await start('let calls = 0; export const handler = async () => (calls += 1);');
  expect([await stack.functions.invoke('Fn', {}), await stack.functions.invoke('Fn', {})]).toEqual([1, 2]);
});

test('one worker handles one event at a time', async () => {
  const stack = await start(`let busy = 0;
    export const handler = async () => { busy += 1; const seen = busy; await new Promise((done) => setTimeout(done, 50)); busy -= 1; return seen; };`);
  const seen = await Promise.all([1, 2, 3].map(() => stack.functions.invoke('Fn', {})));
  expect(seen).toEqual([1, 1, 1]);
});

test('no more workers run at once than the reserved concurrency', async () => {
  const source = `import { threadId } from 'node:worker_threads';
    export const handler = async () => { await new Promise((done) => setTimeout(done, 200)); return threadId; };`;
  const stack = await start(source, { ReservedConcurrentExecutions: 2 });
  const threads = await Promise.all([1, 2, 3, 4, 5, 6].map(() => stack.functions.invoke('Fn', {})));
  expect(new Set(threads).size).toBe(2);
});

test('a function that overruns is killed, and the next event gets a fresh worker', async () => {
  const stack = await start(
    `let calls = 0;
     export const handler = async ({ hang }) => { calls += 1; if (hang) for (;;); return calls; };`,
    { Timeout: 1 },
  );
  expect(await stack.functions.invoke('Fn', {})).toBe(1);
  await expect(stack.functions.invoke('Fn', { hang: true })).rejects.toThrow('Task timed out after 1.00 seconds');
  expect(await stack.functions.invoke('Fn', {})).toBe(1);
});

test('the context counts down to the timeout', async () => {
  const stack = await start('export const handler = async (_event, context) => context.getRemainingTimeInMillis();', {
    Timeout: 7,
  });
  const left = await stack.functions.invoke('Fn', {});
  expect(left).toBeGreaterThan(6_500);
  expect(left).toBeLessThanOrEqual(7_000);
});

test.each([
  ['an exit', 'process.exit(1);'],
  ['an error outside the promise', 'setTimeout(() => { throw new Error("loose"); }); await new Promise(() => {});'],
  ['too much memory', 'const hoard = []; for (;;) hoard.push(new Array(100_000).fill(Math.random()));'],
])('%s ends the worker as a function error, and the next event gets a fresh one', async (_what, body) => {
  const source = `export const handler = async ({ crash }) => { if (!crash) return 'fine'; ${body} };`;
  const stack = await start(source, { MemorySize: 128, Timeout: 20 });
  await expect(stack.functions.invoke('Fn', { crash: true })).rejects.toThrow();
  expect(await stack.functions.invoke('Fn', {})).toBe('fine');
});

test('code that fails to load is a function error that says why', async () => {
  const stack = await start(`throw new Error('TABLE_NAME is missing'); export const handler = async () => {};`);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await expect(stack.functions.invoke('Fn', {})).rejects.toThrow('TABLE_NAME is missing');
  }
});

test('kill ends what is running as a crash does', async () => {
  const stack = await start(
    `export const handler = async ({ wait }) => { console.log('running'); if (wait) await new Promise(() => setInterval(() => {}, 1000)); return 'fine'; };`,
  );
  const running = stack.functions.invoke('Fn', { wait: true });
  running.catch(() => undefined);
  await vi.waitFor(() => expect(stack.logs).toHaveLength(1));
  await stack.functions.kill('Fn');
  await expect(running).rejects.toThrow('killed');
  expect(await stack.functions.invoke('Fn', {})).toBe('fine');
});

test('a function sees its own environment, what Lambda adds, and nothing of this process', async () => {
  vi.stubEnv('LEAKED', 'yes');
  onTestFinished(() => void vi.unstubAllEnvs());
  const source = 'export const handler = async () => process.env;';
  const stack = await startFixture(
    onTestFinished,
    {
      handlers: { Fn: source },
      functionProperties: {
        Environment: { Variables: { TABLE: { Ref: 'Table' }, GIVEN: 'template' } },
        LoggingConfig: { LogFormat: 'JSON' },
        MemorySize: 256,
      },
      resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'the-table', ...tableKeys } } },
    },
    { environment: { GIVEN: 'override' } },
  );
  const environment = (await stack.functions.invoke('Fn', {})) as Record<string, string>;
  expect(environment).toMatchObject({
    TABLE: 'the-table',
    GIVEN: 'override',
    _HANDLER: 'index.handler',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'Fn',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_ENDPOINT_URL_DYNAMODB: stack.endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: stack.endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: stack.endpoints.secretsManager,
    AWS_ENDPOINT_URL_KMS: stack.endpoints.kms,
  });
  for (const name of ['LEAKED', 'PATH', 'HOME']) expect(environment).not.toHaveProperty(name);
});

test('an override that no function declares is refused by name', async () => {
  const starting = startFixture(
    onTestFinished,
    { handlers: { Fn: 'export const handler = async () => {};' } },
    { environment: { TYPO: 'x' } },
  );
  await expect(starting).rejects.toThrow('TYPO');
});

test('a proxy may stand between one function and its services, its queue URLs included', async () => {
  const source = 'export const handler = async () => [process.env.URL, process.env.AWS_ENDPOINT_URL_SQS];';
  const stack = await startFixture(
    onTestFinished,
    {
      handlers: { Fn: source, Other: source },
      functionProperties: { Environment: { Variables: { URL: { Ref: 'Queue' } } } },
      resources: { Queue: { Type: 'AWS::SQS::Queue' } },
    },
    { interpose: (name, endpoints) => (name === 'Fn' ? { ...endpoints, sqs: 'http://127.0.0.1:1' } : endpoints) },
  );
  expect(await stack.functions.invoke('Fn', {})).toEqual([
    'http://127.0.0.1:1/000000000000/Queue',
    'http://127.0.0.1:1',
  ]);
  expect(await stack.functions.invoke('Other', {})).toEqual([stack.queues[0]?.url, stack.endpoints.sqs]);
});

const tableKeys = {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
};
