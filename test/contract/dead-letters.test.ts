/** The dead letters in memory and on a real SQS server: what is held is hidden, and its receipt is all there is to it. */
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SqsServer, startSqs } from '../../infra/local/aws/sqs.ts';
import { asId, type CalendarKey } from '../../shared/domain/ids.ts';
import { type DeadLetters, sqsDeadLetters } from '../../shared/queue/dead-letters.ts';
import { freshHint } from '../../shared/queue/hint.ts';
import { memoryDeadLetters } from '../support/memory/dead-letters.ts';
import { calendarKey, now } from '../support/samples.ts';

type Put = (chain: string, key?: CalendarKey) => Promise<void>;
type Implementation = { deadLetters: DeadLetters; put: Put };

let sqs: SqsServer;
beforeAll(async () => {
  sqs = await startSqs();
});
afterAll(() => sqs.stop());

const other = asId<CalendarKey>('other-calendar');
const hintOf = (chain: string, key: CalendarKey) => freshHint(key, 'manual', asId(chain));

const inMemory = async (): Promise<Implementation> => {
  const deadLetters = memoryDeadLetters();
  const put: Put = async (chain, key = calendarKey) =>
    deadLetters.put({ id: chain, calendarKey: key, sentAt: now, receiveCount: 12, hint: hintOf(chain, key).hint });
  return { deadLetters, put };
};

let queues = 0;
const onSqs = async (): Promise<Implementation & { putBody(body: string): Promise<void> }> => {
  const { url: QueueUrl } = await sqs.createQueue(`dead-letters-${++queues}.fifo`, { FifoQueue: true });
  const send = async (MessageBody: string, id: string, MessageGroupId: string) => {
    await sqs.client.send(
      new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId: id }),
    );
  };
  return {
    deadLetters: sqsDeadLetters(sqs.client, QueueUrl),
    put: (chain, key = calendarKey) => send(JSON.stringify(hintOf(chain, key).hint), chain, key),
    putBody: (body) => send(body, body, calendarKey),
  };
};

describe.each([
  ['in memory', inMemory],
  ['on SQS', onSqs],
])('dead letters %s', (_, make) => {
  let deadLetters: DeadLetters;
  let put: Put;
  beforeEach(async () => {
    ({ deadLetters, put } = await make());
  });
  const hold = async (atMost = 10) => {
    const letters = await deadLetters.hold(atMost);
    return { letters, chains: letters.map(({ hint }) => hint?.chainId).sort() };
  };
  const holdOne = async () => (await deadLetters.hold(1))[0] ?? expect.fail('There is none');

  test('one is held with what it says, and counted still', async () => {
    await put('one');
    const letter = await holdOne();
    expect(letter).toMatchObject({ calendarKey, hint: hintOf('one', calendarKey).hint });
    expect(letter.sentAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(letter.receiveCount).toBeGreaterThanOrEqual(1);
    expect(await deadLetters.count()).toBe(1);
  });

  test('no more are held than asked for', async () => {
    await put('one');
    await put('two', other);
    expect((await hold(1)).letters).toHaveLength(1);
  });

  test('one that is held is hidden and locks its calendar, and no other', async () => {
    await put('first');
    await holdOne();
    await put('second');
    expect((await hold()).chains).toEqual([]);
    await put('elsewhere', other);
    expect((await hold()).chains).toEqual(['elsewhere']);
    expect(await deadLetters.count()).toBe(3);
  });

  test('one that is shown again is the first of its calendar again', async () => {
    await put('first');
    await put('second');
    const letter = await holdOne();
    await deadLetters.show(letter);
    expect(await holdOne()).toMatchObject({ id: letter.id, receiveCount: letter.receiveCount + 1 });
  });

  test('one that is removed is gone, and lets the next of its calendar through', async () => {
    await put('first');
    const letter = await holdOne();
    await put('second');
    await deadLetters.remove(letter);
    expect((await hold()).chains).toEqual(['second']);
    expect(await deadLetters.count()).toBe(1);
  });
});

test.each(['{', '{"calendarKey":"it is","reason":"unheard of"}'])(
  'a body that is no hint is a letter without one: %s',
  async (body) => {
    const { deadLetters, putBody } = await onSqs();
    await putBody(body);
    const [letter] = await deadLetters.hold(1);
    expect(letter).toMatchObject({ calendarKey });
    expect(letter).not.toHaveProperty('hint');
  },
);
