/**
 * Runs in a process of its own, its standard output thrown away: times the receiver's own work with a queue that only
 * notes when it is handed a message, then the bundle against the one that only enqueues, turn by turn.
 * Arguments: our bundle, the floor's.
 */
import { receiveWith } from '../../../functions/webhook-receiver/receive.ts';
import { instantAt } from '../../../shared/domain/instant.ts';
import { createEmitter, createLog } from '../../../shared/runtime/observability.ts';
import { parseWebhookKeys } from '../../../shared/runtime/secrets.ts';
import { forged, type Notification, notificationsOf } from '../rig/notifications.ts';

type Handle = (
  request: Notification,
  invocation: { awsRequestId: string },
) => Promise<{ statusCode?: number | undefined }>;

export type ReceiverTimes = {
  /** From the request to the message that is handed to the queue. */
  ownUs: number[];
  forgedUs: number[];
  forgedSends: number;
  /** Milliseconds of the processor that a batch took: ours and the floor's in turn. */
  batches: { ours: number; floor: number }[];
};

const [oursFile = '', floorFile = ''] = process.argv.slice(2);
const keys = parseWebhookKeys(process.env.STAGE ?? '')(JSON.parse(process.env.BENCH_WEBHOOK_KEYS ?? ''));
const notifications = notificationsOf(keys, 500);

const invocation = { awsRequestId: '00000000-0000-4000-8000-000000000000' };

const warmUps = 5_000;
const timed = 20_000;
const batchesEach = 30;

const must = async (status: number, answer: ReturnType<Handle>): Promise<void> => {
  const { statusCode } = await answer;
  if (statusCode !== status) throw new Error(`Answered ${statusCode}, not ${status}`);
};

const timeOwn = async (): Promise<Omit<ReceiverTimes, 'batches'>> => {
  let handedAt = 0;
  let sends = 0;
  const send = async () => {
    handedAt = performance.now();
    sends += 1;
  };
  const now = () => instantAt(Date.now());
  const deps = { webhookKeys: async () => keys, queue: { send }, now, log: createLog(), emit: createEmitter() };
  const handle: Handle = receiveWith(deps);
  const ownUs: number[] = [];
  const forgedUs: number[] = [];
  let sent = 0;
  for (let index = 0; index < warmUps + timed; index++) {
    const notification = notifications[index % notifications.length] as Notification;
    const begun = performance.now();
    await must(204, handle(notification, invocation));
    ownUs.push((handedAt - begun) * 1_000);
    sent += 1;

    const stranger = forged(notification);
    const strangerBegun = performance.now();
    await must(404, handle(stranger, invocation));
    forgedUs.push((performance.now() - strangerBegun) * 1_000);
  }
  return { ownUs: ownUs.slice(warmUps), forgedUs: forgedUs.slice(warmUps), forgedSends: sends - sent };
};

/** Of this processor: what a core can do in a second is what remains when waiting costs nothing. */
const timeBatch = async (handle: Handle): Promise<number> => {
  const begun = process.cpuUsage();
  for (const notification of notifications) await must(204, handle(notification, invocation));
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
};

const timeBatches = async (ours: Handle, floor: Handle): Promise<ReceiverTimes['batches']> => {
  const batches: ReceiverTimes['batches'] = [];
  for (let batch = -2; batch < batchesEach; batch++) {
    const times = { ours: await timeBatch(ours), floor: await timeBatch(floor) };
    if (batch >= 0) batches.push(times);
  }
  return batches;
};

const [{ handler: ours }, { handler: floor }] = await Promise.all([import(oursFile), import(floorFile)]);
const times: ReceiverTimes = { ...(await timeOwn()), batches: await timeBatches(ours, floor) };
process.send?.(times, () => process.exit(0));
