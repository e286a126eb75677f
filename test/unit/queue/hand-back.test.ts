/** What goes back to the queue stays hidden, and for how long: the whole group alike. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { asId } from '../../../shared/domain/ids.ts';
import { GoogleError } from '../../../shared/google/google-error.ts';
import type { NotDone } from '../../../shared/queue/batch.ts';
import { handBack, sqsHide } from '../../../shared/queue/hand-back.ts';
import { freshHint } from '../../../shared/queue/hint.ts';

const almostOne = 1 - Number.EPSILON / 2;
const hint = (id: string, receives = '1') => ({
  receiptHandle: id,
  body: JSON.stringify(freshHint(asId('group'), 'sweep', asId('the-chain')).hint),
  attributes: { ApproximateReceiveCount: receives, MessageGroupId: 'group' },
});

/** Hands back over a client that answers without a server; gives what was sent, logged and counted. */
const handingBack = async (undone: NotDone, { hints = [hint('a')], send = async () => ({}) } = {}) => {
  const hidden: unknown[] = [];
  const logged: string[] = [];
  const counted: string[] = [];
  const fields: unknown[] = [];
  const noting =
    (level: string) =>
    (...line: unknown[]) => {
      logged.push(level);
      fields.push(line.at(-1));
    };
  const client = new SQSClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    () => async (args) => {
      hidden.push((args.input as { Entries: { ReceiptHandle: string; VisibilityTimeout: number }[] }).Entries);
      return { response: {}, output: { $metadata: {}, ...(await send()) } };
    },
    { step: 'initialize' },
  );
  await handBack({
    hide: sqsHide(client, 'http://127.0.0.1/queue'),
    log: { info: noting('info'), error: noting('error') },
    emit: (values) => counted.push(...Object.keys(values)),
    random: () => almostOne,
  })(hints, undone);
  return { hidden, logged, counted, fields };
};

const secondsOf = async (undone: NotDone, receives?: string) => {
  const { hidden } = await handingBack(undone, { hints: [hint('a', receives)] });
  return (hidden as { VisibilityTimeout: number }[][])[0]?.[0]?.VisibilityTimeout;
};

test('the group’s hints are hidden alike', async () => {
  const { hidden } = await handingBack({ kind: 'deferred', forMs: 850 }, { hints: [hint('a'), hint('b')] });
  expect(hidden).toEqual([
    [
      { Id: '0', ReceiptHandle: 'a', VisibilityTimeout: 1 },
      { Id: '1', ReceiptHandle: 'b', VisibilityTimeout: 1 },
    ],
  ]);
});

describe('[R11] a hint that waits for its turn', () => {
  test.each([
    [0, 1],
    [1, 1],
    [1_000, 1],
    [1_300, 1],
    [1_301, 2],
  ])(
    'for %i ms is hidden for %i whole seconds, a short rest left over, however often it was received',
    async (forMs, seconds) => {
      expect(await secondsOf({ kind: 'deferred', forMs })).toBe(seconds);
      expect(await secondsOf({ kind: 'deferred', forMs }, '9')).toBe(seconds);
    },
  );

  test('is neither an error nor counted as a failure', async () => {
    expect(await handingBack({ kind: 'deferred', forMs: 1 })).toMatchObject({ logged: ['info'], counted: [] });
  });
});

describe('a hint that failed', () => {
  test('waits by the failures of its calendar, not by how often it was received', async () => {
    expect(await secondsOf({ kind: 'failed', error: 'no', failures: 3 }, '9')).toBe(8);
  });

  test('waits by how often it was received, where nobody counts its failures', async () => {
    expect(await secondsOf({ kind: 'failed', error: 'no' }, '3')).toBe(8);
  });

  test('[F40] waits at least as long as Google asks', async () => {
    const error = new GoogleError('events.list', 429, 'rateLimitExceeded', undefined, 30_000);
    expect(await secondsOf({ kind: 'failed', error, failures: 1 })).toBe(32);
  });

  test('is logged with the chain that its first one belongs to, unless that cannot be read', async () => {
    const failed: NotDone = { kind: 'failed', error: 'no' };
    expect((await handingBack(failed)).fields).toMatchObject([{ calendarKey: 'group', chainId: 'the-chain' }]);
    const unreadable = [{ ...hint('a'), body: '{"calendarKey":' }];
    const { fields } = await handingBack(failed, { hints: unreadable });
    expect(fields).toEqual([{ calendarKey: 'group', receiveCount: 1, retryInSeconds: expect.any(Number) }]);
  });

  test('[F31] is logged and counted', async () => {
    const failed = await handingBack({ kind: 'failed', error: 'no' });
    expect(failed).toMatchObject({ logged: ['error'], counted: ['SyncFailed'] });
  });

  test.each([
    ['[F40] asks to be asked less', new GoogleError('events.list', 403, 'rateLimitExceeded', undefined), true],
    ['fails', new GoogleError('events.list', 500, 'backendError', undefined), false],
  ])('counts as waiting for quota when Google %s: %#', async (_, error, waits) => {
    const { counted } = await handingBack({ kind: 'failed', error, failures: 1 });
    expect(counted.includes('QuotaWait')).toBe(waits);
  });

  test.each([
    ['cannot be reached', () => Promise.reject(new Error('SQS is down'))],
    ['refuses a part', () => Promise.resolve({ Failed: [{ Id: '0', Code: 'ReceiptHandleIsInvalid' }] })],
  ])('[R10] fails nobody else when SQS %s, but that is logged', async (_, send) => {
    const { logged } = await handingBack({ kind: 'failed', error: 'no' }, { send });
    expect(logged).toEqual(['error', 'error']);
  });
});
