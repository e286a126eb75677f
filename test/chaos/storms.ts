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
  /** Strikes once more. Resolves when the last of it is over. */
  stop(): Promise<void>;
};

/**
 * Paced by notifications, not by the clock: how much goes wrong does not depend on how busy the machine is. So many lie
 * between two, on average; a short run has a few all the same. The consumer dies most; a batch of the stream that dies
 * four times is given up, as in AWS.
 */
type Pace = { between: number; atLeast: number };
const killPace: Record<string, Pace> = {
  'sync-consumer': { between: 400, atLeast: 5 },
  'webhook-receiver': { between: 1_000, atLeast: 2 },
  'change-stream': { between: 1_000, atLeast: 2 },
  'management-api': { between: 1_000, atLeast: 2 },
};
const stormPace: Pace = { between: 400, atLeast: 5 };
const copyPace: Pace = { between: 20, atLeast: 10 };

const error = (status: number, reason: string, headers = {}): Fault => ({ kind: 'status', status, reason, headers });

/** One after the other. */
const weather: Record<string, Fault> = {
  '429 with Retry-After': error(429, 'rateLimitExceeded', { 'Retry-After': '1' }),
  '429 without': error(429, 'rateLimitExceeded'),
  '403 rate limit': error(403, 'userRateLimitExceeded'),
  '503': error(503, 'backendError'),
  'answer lost': { kind: 'commit-then-drop' },
};
/** How many calls a storm refuses: so many, or one for every other calendar where that is fewer. */
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
  const often = async ({ between, atLeast }: Pace, act: () => Promise<void> | void): Promise<void> => {
    const next = () => Math.min(between, notifications / atLeast) * (0.5 + random());
    for (let due = next(); !ending.signal.aborted; ) {
      if (sent() < due) await delay(lookEveryMs);
      else {
        await act();
        due += next();
      }
    }
  };

  const kill = async (name: string): Promise<void> => {
    kills[name] = (kills[name] ?? 0) + 1;
    await session.stack.functions.kill(name);
  };

  let kinds = Object.keys(weather);
  const storm = (): void => {
    const [name = '', ...others] = kinds;
    kinds = [...others, name];
    refusals[name] = (refusals[name] ?? 0) + 1;
    const times = Math.min(callsOfAStorm, Math.ceil(barbers.length / 2));
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
    ...Object.entries(killPace).map(([name, pace]) => often(pace, () => kill(name))),
    often(stormPace, storm),
    often(copyPace, copy),
  ];
  return Object.assign(storms, {
    stop: async () => {
      await Promise.all(Object.keys(killPace).map(kill)); // A last blow, while what was said last is on its way.
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
