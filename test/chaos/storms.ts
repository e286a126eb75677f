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

/**
 * Paced by notifications, not by the clock: how much goes wrong does not depend on how busy the machine is. So many lie
 * between two, on average, or a tenth of all where that is fewer. The consumer dies most; a batch of the stream that dies
 * four times is given up, as in AWS.
 */
const pace = { storm: 250, copy: 20 };
const killPace = { 'sync-consumer': 200, 'webhook-receiver': 500, 'change-stream': 500, 'management-api': 500 };

const error = (status: number, reason: string, headers = {}): Fault => ({ kind: 'status', status, reason, headers });

const weather: Record<string, Fault> = {
  '429 with Retry-After': error(429, 'rateLimitExceeded', { 'Retry-After': '1' }),
  '429 without': error(429, 'rateLimitExceeded'),
  '403 rate limit': error(403, 'userRateLimitExceeded'),
  '503': error(503, 'backendError'),
  'answer lost': { kind: 'commit-then-drop' },
};
/** How many calls a storm refuses: so many, or one for each calendar where that is fewer. */
const callsOfAStorm = 40;
const lookEveryMs = 20;

export type Weather = {
  session: TestSession;
  barbers: Barber[];
  /** In all. */
  notifications: number;
  /** By now. */
  sent(): number;
  random(): number;
};

export const startStorms = ({ session, barbers, notifications, sent, random }: Weather): Storms => {
  const ending = new AbortController();
  const kills: Storms['kills'] = {};
  const refusals: Storms['refusals'] = {};
  const copiesOf = new Map<string, number>();
  const storms = { kills, refusals, copies: 0, copiesOf };
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const copying = new Set<Promise<unknown>>();

  /** Again and again, at half to one and a half times the mean. */
  const often = async (mean: number, act: () => Promise<void> | void): Promise<void> => {
    const next = () => Math.min(mean, notifications / 10) * (0.5 + random());
    for (let due = next(); !ending.signal.aborted; ) {
      if (sent() < due) await delay(lookEveryMs);
      else {
        await act();
        due += next();
      }
    }
  };

  const kill = (name: string, mean: number) =>
    often(mean, async () => {
      kills[name] = (kills[name] ?? 0) + 1;
      await session.stack.functions.kill(name);
    });

  const storm = (): void => {
    const name = pick(Object.keys(weather));
    refusals[name] = (refusals[name] ?? 0) + 1;
    const times = Math.min(callsOfAStorm, barbers.length);
    session.google.control.orderFault({ ...weather[name], path: '^/calendar/', times } as Fault);
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
    ...Object.entries(killPace).map(([name, mean]) => kill(name, mean)),
    often(pace.storm, storm),
    often(pace.copy, copy),
  ];
  return Object.assign(storms, {
    stop: async () => {
      ending.abort();
      await Promise.all(running);
      await Promise.all(copying);
      session.google.control.clearFaults();
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
