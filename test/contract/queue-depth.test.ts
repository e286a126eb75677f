/** How deep the queue is, as a real SQS server tells it. */
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SqsServer, startSqs } from '../../infra/local/aws/sqs.ts';
import { asId, type CalendarKey } from '../../shared/domain/ids.ts';
import { freshHint } from '../../shared/queue/hint.ts';
import { sqsQueueDepth } from '../../shared/queue/queue-depth.ts';
import { sqsSyncQueue } from '../../shared/queue/sync-queue.ts';

let sqs: SqsServer;
beforeAll(async () => {
  sqs = await startSqs();
});
afterAll(() => sqs.stop());

test('hints that wait are told from those that are being worked on', async () => {
  const { url: QueueUrl } = await sqs.createQueue('hints.fifo', { FifoQueue: true });
  const measure = sqsQueueDepth(sqs.client, QueueUrl);
  expect(await measure()).toEqual({ waiting: 0, inFlight: 0 });

  const queue = sqsSyncQueue(sqs.client, QueueUrl);
  for (const key of ['one', 'two', 'three'])
    await queue.send(freshHint(asId<CalendarKey>(key), 'sweep', asId('chain')));
  expect(await measure()).toEqual({ waiting: 3, inFlight: 0 });

  await sqs.client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 }));
  expect(await measure()).toEqual({ waiting: 2, inFlight: 1 });
});
