/** What goes wrong during a run: workers die, Google refuses, the queue gives a hint out twice. Ends when it is told to. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../google/faults.ts';
import type { TestSession } from '../support/local-session.ts';
import type { Barber } from './barbers.ts';

export type Storms = {
  /** How often the workers of each function were killed. */
  kills: Record<string, number>;
  /** How many storms of each kind Google had. */
  refusals: Record<string, number>;
  /** Hints that were given out once more, to another worker. */
  copies: number;
  copiesOf: ReadonlyMap<string, number>;
  /** Resolves when the last of it is over. */
  stop(): Promise<void>;
};

/** The consumer dies most; a batch of the stream that dies four times is given up, as in AWS. */
const killEveryMs = {
  'sync-consumer': 2_000,
  'webhook-receiver': 6_000,
  'change-stream': 6_000,
  'management-api': 6_000,
};

const error = (status: number, reason: string, headers = {}): Fault => ({ kind: 'status', status, reason, headers });

const weather: Record<string, Fault> = {
  '429 with Retry-After': error(429, 'rateLimitExceeded', { 'Retry-After': '1' }),
  '429 without': error(429, 'rateLimitExceeded'),
  '403 rate limit': error(403, 'userRateLimitExceeded'),
  '503': error(503, 'backendError'),
  'answer lost': { kind: 'commit-then-drop' },
};
const stormMs = 1_000;
const calmMs = 3_000;
const copyEveryMs = 200;

export const startStorms = (session: TestSession, barbers: Barber[], random: () => number): Storms => {
  const ending = new AbortController();
  const kills: Storms['kills'] = {};
  const refusals: Storms['refusals'] = {};
  const copiesOf = new Map<string, number>();
  const storms = { kills, refusals, copies: 0, copiesOf };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const copying = new Set<Promise<unknown>>();

  /** Again and again, at half to one and a half times the mean. */
  const often = async (meanMs: number, act: () => Promise<void> | void): Promise<void> => {
    for (;;) {
      await delay(meanMs * (0.5 + random()), undefined, { signal: ending.signal }).catch(() => undefined);
      if (ending.signal.aborted) return;
      await act();
    }
  };

  const kill = (name: string, everyMs: number) =>
    often(everyMs, async () => {
      kills[name] = (kills[name] ?? 0) + 1;
      await session.stack.functions.kill(name);
    });

  const storm = async (): Promise<void> => {
    const name = pick(Object.keys(weather));
    refusals[name] = (refusals[name] ?? 0) + 1;
    session.google.control.orderFault({ ...weather[name], path: '^/calendar/', times: null } as Fault);
    await delay(stormMs * (0.5 + random()), undefined, { signal: ending.signal }).catch(() => undefined);
    session.google.control.clearFaults();
  };

  /** SQS may deliver a hint again while the first worker is still at it; then two are at one calendar. */
  const copy = (): void => {
    const barber = pick(barbers);
    storms.copies += 1;
    copiesOf.set(barber.calendar, (copiesOf.get(barber.calendar) ?? 0) + 1);
    const copied = session.stack.functions
      .invoke('sync-consumer', { Records: [recordOf(barber, random)] })
      .catch(() => undefined) // Killed: what it was about is on the queue too.
      .finally(() => copying.delete(copied));
    copying.add(copied);
  };

  const running = [
    ...Object.entries(killEveryMs).map(([name, everyMs]) => kill(name, everyMs)),
    often(calmMs, storm),
    often(copyEveryMs, copy),
  ];
  return Object.assign(storms, {
    stop: async () => {
      ending.abort();
      await Promise.all(running);
      await Promise.all(copying);
    },
  });
};

const recordOf = ({ channel }: Barber, random: () => number) => {
  const [, , , calendarKey, generation] = channel.token.split('.');
  const { id, resourceId } = channel;
  const chainId = `copy-${Math.floor(random() * 1e9)}`;
  const connectGeneration = Number(generation);
  const hint = { calendarKey, connectGeneration, channel: { id, resourceId }, chainId, reason: 'notification' };
  return {
    messageId: chainId,
    receiptHandle: chainId,
    body: JSON.stringify(hint),
    attributes: {
      ApproximateReceiveCount: '2',
      SentTimestamp: String(Date.now() - Math.floor(random() * 3_000)),
      MessageGroupId: calendarKey,
    },
  };
};
