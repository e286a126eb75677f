/** What people and Google do to a metered session, and what is set up for that. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../../../infra/local/session.ts';

export const day = 86_400_000;
const coolDownMs = 1_250;

/** An event of an hour, as a person would add it. */
export const eventOn = (days: number, summary: string) => {
  const startMs = Date.now() + days * day;
  return {
    summary,
    start: { dateTime: new Date(startMs).toISOString(), timeZone: 'America/New_York' },
    end: { dateTime: new Date(startMs + 3_600_000).toISOString(), timeZone: 'America/New_York' },
  };
};

/** Until what has just been synced may be synced again at once. */
export const coolDown = async ({ stack }: Session): Promise<void> => {
  await stack.idle();
  await delay(coolDownMs + 100);
};
