/** What a log line may hold, whatever it is given [R15][F61]. */
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { RetryLater } from '../../../shared/domain/errors.ts';
import { toGoogleError } from '../../../shared/google/google-error.ts';
import { parseHint } from '../../../shared/queue/hint.ts';
import { createLog, type FunctionLog, type LogFields } from '../../../shared/runtime/observability.ts';
import { parseOAuthClient, readSecret } from '../../../shared/runtime/secrets.ts';
import { linesOf } from '../../support/captured-output.ts';
import { now } from '../../support/samples.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const canary = 'canary-ya29.a0AfH6SMB-Jane-Doe';

const logged = async (act: (log: FunctionLog) => void): Promise<Record<string, unknown>[]> =>
  (await linesOf(() => act(createLog()))).map((line) => JSON.parse(line));

const loggedError = async (error: unknown): Promise<Record<string, unknown>> => {
  const [line] = await logged((log) => log.error('It failed', error));
  return line?.error as Record<string, unknown>;
};

/** Google's client fails like this: the request, headers and answer hang on the error. */
const gaxiosError = () =>
  Object.assign(new Error(`Request failed: ${canary}`), {
    config: { headers: { authorization: `Bearer ${canary}` }, data: { summary: canary } },
    response: { status: 403, data: { error: { errors: [{ reason: canary.replaceAll('-', ' ') }] } } },
    code: canary,
  });

const unreachable = async () => {
  const region = 'us-east-1';
  const credentials = { accessKeyId: canary, secretAccessKey: canary };
  const client = new DynamoDBClient({ region, credentials, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
  const put = new PutItemCommand({ TableName: 'table', Item: { title: { S: canary } } });
  return thrownBy(() => client.send(put));
};

const nasty: [string, () => unknown][] = [
  ['a message with a token', () => new Error(`Bearer ${canary}`)],
  ['a parser that quotes the text', () => thrownBy(() => JSON.parse(`{"summary": ${canary}}`))],
  ['a hint with more in it', () => thrownBy(() => parseHint(JSON.stringify({ calendarKey: 1, [canary]: canary })))],
  ['a schema that names what it got', () => z.enum(['a']).safeParse(canary).error],
  [
    'a schema with an own message',
    () =>
      z
        .string()
        .refine(() => false, canary)
        .safeParse('').error,
  ],
  ['a header that quotes the token', () => thrownBy(() => new Headers({ authorization: `${canary}\nx` }))],
  ['an address that is none', () => thrownBy(() => new URL(canary))],
  ['Google’s client', gaxiosError],
  ['an answer of Google’s with text for a reason', () => toGoogleError('events.list', gaxiosError())],
  ['a cause with text', () => new RetryLater('The calendar is not written yet', { cause: new Error(canary) })],
  ['many errors', () => new AggregateError([new Error(canary), gaxiosError()], canary)],
  ['a name with text', () => Object.assign(new Error(''), { name: `Error of ${canary}` })],
  ['a message that looks like a stack', () => new Error(`x\n    at ${canary} (file:///a.ts:1:1)`)],
  ['a message that was changed afterwards', () => Object.assign(new Error(canary), { message: 'harmless' })],
  ['a stack that was written by hand', () => Object.assign(new Error('x'), { stack: `x\n    at ${canary}` })],
  ['what is no error', () => canary],
  ['an object that is no error', () => ({ message: canary, name: canary, stack: canary })],
  ['AWS, out of reach', unreachable],
];

describe('[R15] of an error', () => {
  test.each(nasty)('no text is written: %s', async (_, make) => {
    const error = await make();
    const lines = await linesOf(() => createLog().error('It failed', error));
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('canary');
    expect(lines.join()).not.toContain('Jane');
  });

  test('our own words are written', async () => {
    const { name, message } = await loggedError(new RetryLater('The calendar is not written yet'));
    expect({ name, message }).toEqual({ name: 'RetryLater', message: 'The calendar is not written yet' });
  });

  test('[F61] a secret of another form is named, and nothing in it', async () => {
    const client = { send: async () => ({ SecretString: canary }) };
    const read = readSecret(client, 'stage/google-oauth', parseOAuthClient, () => now);
    const { stack: _, ...said } = await loggedError(await thrownBy(read));
    expect(said).toEqual({
      name: 'SecretMalformed',
      message: 'The secret stage/google-oauth is not of the form that docs/deploying.md gives',
    });
  });

  test('Google’s word, its status and what was asked are written', async () => {
    const refused = { response: { status: 403, data: { error: { errors: [{ reason: 'rateLimitExceeded' }] } } } };
    expect(await loggedError(toGoogleError('events.list', refused))).toMatchObject({
      name: 'GoogleError',
      message: 'Google answered events.list with 403 (rateLimitExceeded)',
      operation: 'events.list',
      status: 403,
      reason: 'rateLimitExceeded',
      causes: ['object'],
    });
  });

  test('a code and the place where it happened are written of anybody’s', async () => {
    const error = await loggedError(Object.assign(new TypeError(canary), { code: 'ECONNREFUSED' }));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ECONNREFUSED' });
    expect((error.stack as string[])[0]).toMatch(/^at .*log\.test\.ts:\d+:\d+\)?$/);
  });

  test('what lies beneath is named', async () => {
    const cause = Object.assign(new Error('socket'), { name: 'Error', code: 'ECONNRESET' });
    const error = new RetryLater('Not now', { cause: new TypeError('fetch failed', { cause }) });
    expect(await loggedError(error)).toMatchObject({ causes: ['TypeError', 'Error'] });
  });
});

describe('a line', () => {
  const hostile = 'a\nb\r\n\u2028{"level":"ERROR"}\u0000\u001b[31m"\\';

  test('is one line of JSON, whatever is in it', async () => {
    const lines = await linesOf(() => {
      createLog().info('A request was refused', { reason: hostile });
      createLog().error('It failed', new Error(hostile), { outcome: hostile });
    });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'INFO', message: 'A request was refused', reason: hostile },
      { level: 'ERROR', message: 'It failed', outcome: hostile },
    ]);
  });

  test('[F61] has no field beside those that are allowed, also where no type has looked', async () => {
    const calendar = { calendarKey: 'key', summary: canary, refreshToken: canary, changes: { update: 1 } };
    const [line] = await logged((log) => log.info('Synced a calendar', calendar));
    expect(line).toMatchObject({ calendarKey: 'key', changes: { update: 1 } });
    expect(JSON.stringify(line)).not.toContain('canary');
  });

  test.each<[string, unknown]>([
    ['calendarKey', { text: canary }],
    ['reason', 'x'.repeat(257)],
    ['status', canary],
    ['complete', canary],
    ['changes', { update: canary }],
    ['changes', null],
  ])('[F61] has no %s that is not of its kind', async (name, value) => {
    const [line] = await logged((log) => log.info('It is so', { [name]: value } as LogFields));
    expect(line).not.toHaveProperty(name);
  });

  test('cannot be made to say another message, level or time', async () => {
    const posing = { message: 'posing', level: 'INFO', timestamp: 'never' };
    const [line] = await logged((log) => log.error('It failed', undefined, posing as LogFields));
    expect(line).toMatchObject({ message: 'It failed', level: 'ERROR' });
    expect(line?.timestamp).not.toBe('never');
  });

  test('says which invocation it belongs to, and forgets the one before', async () => {
    const lines = await logged((log) => {
      log.begin({ awsRequestId: 'lambda-1', requestId: 'gateway-1' });
      log.info('First');
      log.begin({ awsRequestId: 'lambda-2' });
      log.error('Second', undefined);
    });
    expect(lines).toMatchObject([
      { lambdaRequestId: 'lambda-1', requestId: 'gateway-1' },
      { lambdaRequestId: 'lambda-2' },
    ]);
    expect(lines[1]).not.toHaveProperty('requestId');
    expect(lines[1]).not.toHaveProperty('error');
  });
});
