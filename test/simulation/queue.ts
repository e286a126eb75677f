/**
 * An SQS FIFO queue: groups in order and one batch of a group at a time, deduplication within five minutes, visibility,
 * receive counts, dead letters. And Lambda's mapping, which receives batches and deletes what is done.
 */
import type { HintRecord } from '../../functions/sync-consumer/consume.ts';
import { minute, second } from '../../shared/domain/instant.ts';
import type { Envelope, Hint } from '../../shared/queue/hint.ts';
import { count, note, type Sim } from './tasks.ts';

type Message = {
  id: string;
  groupId: string;
  body: string;
  sentAt: number;
  visibleAt: number;
  receiveCount: number;
  receipt: string;
};

const deduplicationMs = 5 * minute;
/** As infra/sync-queue.ts has them; a test holds them equal. */
export const visibilityMs = 6 * 60 * second;
export const maxReceiveCount = 12;

export type Queue = ReturnType<typeof queueIn>;

type QueueOptions = {
  sim: Sim;
  batchSize: number;
  concurrency: number;
  consume(batch: HintRecord[]): void;
  taken(hint: Hint): void;
};

export const queueIn = ({ sim, batchSize, concurrency, consume, taken }: QueueOptions) => {
  const { kernel } = sim;
  let messages: Message[] = [];
  const dead: Message[] = [];
  const seen = new Map<string, number>();
  let sent = 0;
  let running = 0;
  let polledAt = Number.POSITIVE_INFINITY;

  const isHidden = ({ visibleAt }: Message): boolean => visibleAt > kernel.now();

  /** Of each group that has none in flight, its first ones. */
  const receive = (): Message[] => {
    const locked = new Set(messages.filter(isHidden).map(({ groupId }) => groupId));
    const batch: Message[] = [];
    for (const message of [...messages]) {
      if (batch.length === batchSize) break;
      if (locked.has(message.groupId)) continue;
      if (message.receiveCount >= maxReceiveCount) {
        messages = messages.filter((one) => one !== message);
        dead.push(message);
        count(sim, 'a dead letter');
        note(sim, 'queue', () => `gave up ${message.id} ${message.body}`);
        continue;
      }
      batch.push(message);
    }
    for (const message of batch) {
      message.receiveCount += 1;
      message.visibleAt = kernel.now() + visibilityMs;
      message.receipt = `${message.id}:${message.receiveCount}`;
    }
    return batch;
  };

  const toRecord = (message: Message): HintRecord => ({
    messageId: message.id,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: {
      SentTimestamp: String(message.sentAt),
      ApproximateReceiveCount: String(message.receiveCount),
      MessageGroupId: message.groupId,
    },
  });

  const poll = (): void => {
    polledAt = Number.POSITIVE_INFINITY;
    while (running < concurrency) {
      const batch = receive();
      if (batch.length === 0) break;
      running += 1;
      const records = batch.map(toRecord);
      const isDoubled = sim.faults.at('queue.receive', 'receive') === 'given-twice';
      consume(records);
      if (isDoubled) {
        count(sim, 'fault receive given-twice');
        note(sim, 'queue', () => '⚡ gives the same batch to another worker');
        running += 1;
        consume(records);
      }
    }
    pollAgain();
  };

  /** When the next group can be taken. */
  const pollAgain = (): void => {
    if (running >= concurrency || messages.length === 0) return;
    const freeAt = new Map<string, number>();
    for (const { groupId, visibleAt } of messages) freeAt.set(groupId, Math.max(visibleAt, freeAt.get(groupId) ?? 0));
    pollAt(Math.max(Math.min(...freeAt.values()), kernel.now() + 20));
  };
  const pollAt = (at: number): void => {
    if (polledAt <= at) return;
    polledAt = at;
    kernel.at(at, () => {
      if (polledAt === at) poll();
    });
  };

  return {
    dead,
    isIdle: (): boolean => messages.length === 0 && running === 0,
    send: ({ hint, deduplicationId }: Envelope): void => {
      const key = `${hint.calendarKey} ${deduplicationId}`;
      const known = seen.get(key);
      if (known !== undefined && kernel.now() - known < deduplicationMs) {
        count(sim, 'a hint that was there already');
        return;
      }
      seen.set(key, kernel.now());
      sent += 1;
      const id = `m${sent}`;
      const body = JSON.stringify(hint);
      messages.push({
        id,
        groupId: hint.calendarKey,
        body,
        sentAt: kernel.now(),
        visibleAt: kernel.now(),
        receiveCount: 0,
        receipt: '',
      });
      taken(hint);
      note(sim, 'queue', () => `+ ${id} ${body}`);
      pollAt(kernel.now() + 20);
    },
    hide: (receipts: string[], seconds: number): void => {
      for (const message of messages) {
        if (receipts.includes(message.receipt)) message.visibleAt = kernel.now() + seconds * second;
      }
      pollAgain();
    },
    /** A worker is done, and these are to be deleted. */
    finish: (receipts: string[]): void => {
      messages = messages.filter(({ receipt }) => !receipts.includes(receipt));
      running -= 1;
      pollAt(kernel.now() + 1);
    },
    /** A person sends the dead letters back. */
    redrive: (): void => {
      for (const letter of dead.splice(0)) {
        messages.push({ ...letter, receiveCount: 0, visibleAt: kernel.now(), sentAt: kernel.now(), receipt: '' });
      }
      pollAt(kernel.now() + 20);
    },
  };
};
