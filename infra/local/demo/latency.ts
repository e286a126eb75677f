/** How long a change in Google takes until it shows in the appointments, as an outside client sees it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../session.ts';
import { connectBarber } from './barber.ts';
import { calendarClient } from './client.ts';
import { coolDownMs, type Step, timeStep } from './tell.ts';

export type Latency = { changes: number; calendars: number; p50: number; p95: number };

const barbers = Array.from({ length: 10 }, (_, index) => ({
  userId: `barber-${index}`,
  email: `barber-${index}@example.com`,
}));
const changesEach = 10;
const timeoutMs = 10_000;

/** Each of ten barbers makes ten changes, each on its own: one within a second of another waits for the cool-down. */
export async function measureLatency(session: Session): Promise<Latency> {
  await Promise.all(barbers.map((barber) => connectBarber(session, barber)));
  await session.stack.idle();
  const measured = await Promise.all(barbers.map((barber) => measureBarber(session, barber)));
  const sorted = measured.flat().sort((a, b) => a - b);
  const percentile = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN);
  return { changes: sorted.length, calendars: barbers.length, p50: percentile(0.5), p95: percentile(0.95) };
}

async function measureBarber(session: Session, { userId, email }: (typeof barbers)[number]): Promise<number[]> {
  const { events } = calendarClient(session, email);
  const headers = { authorization: `Bearer ${await session.stack.token(userId)}` };
  const changeOf = (change: number): Step => {
    const summary = `Change ${change}`;
    const startMs = Date.now() + change * 86_400_000;
    const moment = (ms: number) => ({ dateTime: new Date(ms).toISOString() });
    const requestBody = { summary, start: moment(startMs), end: moment(startMs + 3_600_000) };
    return {
      story: `${summary} of ${userId}`,
      act: () => events.insert({ calendarId: email, requestBody }),
      shows: async () => {
        const response = await fetch(`${session.stack.apiUrl}/api/v2/appointments`, { headers });
        const { items } = (await response.json()) as { items: { title: string }[] };
        return items.some(({ title }) => title === summary);
      },
    };
  };
  const latencies: number[] = [];
  for (let change = 1; change <= changesEach; change++) {
    await delay(coolDownMs * (1 + Math.random()));
    latencies.push(await timeStep(changeOf(change), timeoutMs));
  }
  return latencies;
}
