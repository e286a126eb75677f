import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { clientDefaults } from '../../../infra/local/aws/place.ts';
import { listenLocally } from '../../../infra/local/http/listen.ts';
import type { LocalStack, LocalStackOptions } from '../../../infra/local/stack.ts';
import type { Resource } from '../../../infra/local/template/assembly.ts';
import type { Json, JsonRecord } from '../../../infra/local/template/json.ts';
import { startFixture } from '../../support/local-assembly.ts';

const tick = `export const handler = async () => { console.log('tick'); };`;
const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'the-table',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  },
};

const api = { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'Api', ProtocolType: 'HTTP' } };
const integration = (IntegrationUri: Json = { 'Fn::GetAtt': ['Fn', 'Arn'] }): Resource => ({
  Type: 'AWS::ApiGatewayV2::Integration',
  Properties: { ApiId: { Ref: 'Api' }, IntegrationType: 'AWS_PROXY', IntegrationUri, PayloadFormatVersion: '2.0' },
});
const route = (properties: JsonRecord): Resource => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: { ApiId: { Ref: 'Api' }, RouteKey: 'GET /user', Target: 'integrations/Integration', ...properties },
});
const stage = (RouteSettings: JsonRecord): Resource => ({
  Type: 'AWS::ApiGatewayV2::Stage',
  Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', RouteSettings },
});
const authorizer: Resource = {
  Type: 'AWS::ApiGatewayV2::Authorizer',
  Properties: {
    AuthorizerType: 'JWT',
    IdentitySource: ['$request.header.Authorization'],
    JwtConfiguration: { Issuer: 'http://127.0.0.1/issuer', Audience: ['the-api'] },
  },
};
const userRoute = {
  Api: api,
  Integration: integration(),
  Authorizer: authorizer,
  Route: route({ AuthorizationType: 'JWT', AuthorizerId: { Ref: 'Authorizer' } }),
};
const mapping = (EventSourceArn: Json, properties: JsonRecord = {}): Resource => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn, FunctionName: { Ref: 'Fn' }, ...properties },
});
const schedule = (ScheduleExpression: string): Resource => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: { ScheduleExpression, Target: { Arn: { 'Fn::GetAtt': ['Fn', 'Arn'] }, RoleArn: 'role' } },
});

const start = (resources: Record<string, Resource>, options: Partial<LocalStackOptions> = {}) =>
  startFixture(onTestFinished, { handlers: { Fn: tick }, resources }, options);

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'local-stack-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('a port in use is said so, and nothing is left running', async () => {
  const squatter = await listenLocally(createServer());
  onTestFinished(squatter.stop);
  const { port } = squatter;
  await expect(start({}, { port })).rejects.toThrow(`PORT: ${port} is in use`);
});

test('a template that is refused starts nothing', async () => {
  await expect(start({ Bus: { Type: 'AWS::Events::EventBus' } })).rejects.toThrow('Bus: AWS::Events::EventBus');
});

test('after stop nothing answers any more', async () => {
  const stack = await start({ Table: table });
  await stack.stop();
  for (const url of [stack.apiUrl, ...Object.values(stack.endpoints)]) await expect(fetch(url)).rejects.toThrow();
});

test('with a data folder the table and the tokens of before are still good after a restart', async () => {
  const dataDir = await temporaryFolder();
  const before = await start({ Table: table, ...userRoute }, { dataDir });
  await client(before).send(new PutItemCommand({ TableName: 'the-table', Item: { pk: { S: 'kept' } } }));
  const token = await before.token('barber-1');
  await before.stop();

  const after = await start({ Table: table, ...userRoute }, { dataDir });
  const { Item } = await client(after).send(new GetItemCommand({ TableName: 'the-table', Key: { pk: { S: 'kept' } } }));
  expect(Item).toEqual({ pk: { S: 'kept' } });
  expect((await fetch(`${after.apiUrl}/user`, { headers: { authorization: token } })).status).toBe(200);
});

test('a kept table whose keys are no longer those of the template is refused', async () => {
  const dataDir = await temporaryFolder();
  await (await start({ Table: table }, { dataDir })).stop();
  const other = {
    ...table.Properties,
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  };
  other.AttributeDefinitions = [...other.AttributeDefinitions, { AttributeName: 'sk', AttributeType: 'S' }];
  await expect(start({ Table: { ...table, Properties: other } }, { dataDir })).rejects.toThrow(
    'delete the data folder',
  );
});

test.each<[string, Record<string, Resource>, string]>([
  [
    'a route to no integration',
    { Api: api, Route: route({ Target: 'integrations/Nowhere' }) },
    'Route: it refers to Nowhere',
  ],
  [
    'an integration with no function',
    { Api: api, Integration: integration('arn:aws:lambda:us-east-1:000000000000:function:Gone'), Route: route({}) },
    'Route: ',
  ],
  [
    'settings for a route that does not exist',
    { Api: api, Stage: stage({ 'GET /gone': {} }) },
    'Stage: RouteSettings name the route "GET /gone"',
  ],
  [
    'a mapping from a queue that does not exist',
    { Mapping: mapping('arn:aws:sqs:us-east-1:000000000000:gone') },
    'Mapping: ',
  ],
  [
    'a mapping property that it does not know',
    { Queue: { Type: 'AWS::SQS::Queue' }, Mapping: mapping({ 'Fn::GetAtt': ['Queue', 'Arn'] }, { Tumble: 3 }) },
    'Mapping: ',
  ],
  ['a schedule that it cannot keep', { Schedule: schedule('cron(0 12 * * ? *)') }, 'Schedule: the schedule cron'],
])('%s is refused at the start, naming its logical id', async (_what, resources, message) => {
  await expect(start(resources)).rejects.toThrow(message);
});

test('a schedule invokes its function at its rate, and not after stop', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const stack = await start({ Schedule: schedule('rate(5 minutes)') });
  vi.advanceTimersByTime(5 * 60_000 - 1);
  await stack.idle();
  expect(stack.logs).toEqual([]);
  vi.advanceTimersByTime(1);
  await vi.waitFor(() => expect(stack.logs).toHaveLength(1));
  await stack.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('schedules can be left off', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  await start({ Schedule: schedule('rate(5 minutes)') }, { schedules: false });
  expect(vi.getTimerCount()).toBe(0);
});

test('the token command prints exactly one line, a token that the stack accepts', async () => {
  const stack = await start(userRoute);
  const { stdout, stderr } = await runToken(new URL(stack.apiUrl).port, 'barber-1');
  expect(stderr).toBe('');
  expect(stdout.match(/\n/g)).toHaveLength(1);
  expect((await fetch(`${stack.apiUrl}/user`, { headers: { authorization: `Bearer ${stdout.trim()}` } })).status).toBe(
    200,
  );
});

test('the token command says what is wrong when no stack answers', async () => {
  await expect(runToken('1', 'barber-1')).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('npm start'),
  });
});

function runToken(port: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const script = new URL('../../../infra/local/token.ts', import.meta.url).pathname;
  return promisify(execFile)(process.execPath, [script, ...args], { env: { PORT: port } });
}

function client({ endpoints }: LocalStack): DynamoDBClient {
  const dynamodb = new DynamoDBClient({ ...clientDefaults, endpoint: endpoints.dynamodb });
  onTestFinished(() => dynamodb.destroy());
  return dynamodb;
}
