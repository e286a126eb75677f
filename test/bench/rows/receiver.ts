/** Row 2: what a warm receiver adds to the call of SQS that it cannot do without. */
import { join } from 'node:path';
import { type Figure, median, percentile, type Row } from '../figures.ts';
import { environmentAt, startAwsStub, webhookSecret } from '../rig/aws-stub.ts';
import { bundleAll, floorOf } from '../rig/bundles.ts';
import { runWorker } from '../rig/child.ts';
import type { ReceiverTimes } from '../workers/receiver.ts';

const worker = join(import.meta.dirname, '../workers/receiver.ts');

const measure = async (): Promise<Figure[]> => {
  const [bundles, stub] = await Promise.all([bundleAll(), startAwsStub()]);
  try {
    const files = ['webhook-receiver', floorOf['webhook-receiver']].map(bundles.file);
    const env = { ...environmentAt(stub.url), BENCH_WEBHOOK_KEYS: JSON.stringify(webhookSecret) };
    return figuresOf(await runWorker<ReceiverTimes>(worker, files, { env }));
  } finally {
    await Promise.all([bundles.remove(), stub.stop()]);
  }
};

const figuresOf = ({ ownUs, forgedUs, forgedSends, batches }: ReceiverTimes): Figure[] => [
  { what: 'a notification, until SQS is asked: p50', value: median(ownUs), unit: 'µs', target: { atMost: 60 } },
  { what: 'the same: p99', value: percentile(ownUs, 0.99), unit: 'µs', target: { atMost: 250 } },
  { what: 'a forged request, answered: p50', value: median(forgedUs), unit: 'µs', target: { atMost: 30 } },
  { what: 'messages sent for 25,000 forged requests', value: forgedSends, unit: '', target: { atMost: 0 } },
  {
    what: 'notifications per core / those of a handler that only enqueues',
    value: median(batches.map(({ ours, floor }) => floor / ours)),
    unit: '×',
    target: { atLeast: 0.9 },
    note: `${((median(batches.map(({ ours }) => ours)) / 500) * 1_000).toFixed(0)} µs of a core each, floor ${((median(batches.map(({ floor }) => floor)) / 500) * 1_000).toFixed(0)}; SQS is a stub on loopback`,
  },
];

export const receiver: Row = { name: 'receiver', title: '2. Receiver, warm', measure };
