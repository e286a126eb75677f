/** How long a change takes until it shows on the other side, as an outside client sees it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../session.ts';
import { apiOf } from './api.ts';
import { type Barber, connectBarber } from './barber.ts';
import { calendarClient } from './client.ts';
import { coolDownMs, type Step, timeStep } from './tell.ts';

export type Latency = { changes: number; calendars: number; p50: number; p95: number };

/** One change and when it shows. No two of a barber's are at the same time of day and day. */
type Changes = (session: Session, barber: Barber) => (change: number) => Step;

const calendars = 10;
const changesEach = 10;
const timeoutMs = 10_000;

/** Each of ten barbers makes ten changes, each on its own: one within a second of another waits for the cool-down. */
export async function measureLatency(session: Session, direction: Direction): Promise<Latency> {
  const barbers = Array.from({ length: calendars }, (_, index) => {
    const userId = `${direction}-${index}`;
    return { userId, email: `${userId}@example.com` };
  });
  await Promise.all(barbers.map((barber) => connectBarber(session, barber)));
  await session.stack.idle();
  const measured = await Promise.all(barbers.map((barber) => timeEach(changesOf[direction](session, barber))));
  const sorted = measured.flat().sort((a, b) => a - b);
  const percentile = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN);
  return { changes: sorted.length, calendars, p50: percentile(0.5), p95: percentile(0.95) };
}

async function timeEach(changeOf: (change: number) => Step): Promise<number[]> {
  const latencies: number[] = [];
  for (let change = 1; change <= changesEach; change++) {
    await delay(coolDownMs * (1 + Math.random()));
    latencies.push(await timeStep(changeOf(change), timeoutMs));
  }
  return latencies;
}

const madeInGoogle: Changes = (session, { userId, email }) => {
  const { events } = calendarClient(session, email);
  const api = apiOf(session, userId);
  return (change) => {
    const summary = `Change ${change}`;
    const { start, end } = hourOn(change);
    const requestBody = { summary, start: { dateTime: start }, end: { dateTime: end } };
    return {
      story: `${summary} of ${userId}`,
      act: () => events.insert({ calendarId: email, requestBody }),
      shows: async () => {
        const { items } = await api.appointments();
        return items.some(({ title }) => title === summary);
      },
    };
  };
};

const madeHere: Changes = (session, { userId, email }) => {
  const { events } = calendarClient(session, email);
  const api = apiOf(session, userId);
  return (change) => {
    const title = `Change ${change}`;
    return {
      story: `${title} of ${userId}`,
      act: () => api.createAppointment({ body: { title, ...hourOn(change), timeZone: 'America/New_York' } }),
      shows: async () => {
        const { items = [] } = (await events.list({ calendarId: email })).data;
        return items.some(({ summary }) => summary === title);
      },
    };
  };
};

const changesOf = { 'from-google': madeInGoogle, 'to-google': madeHere };
export type Direction = keyof typeof changesOf;

const hourOn = (day: number) => {
  const startMs = Date.now() + day * 86_400_000;
  return { start: new Date(startMs).toISOString(), end: new Date(startMs + 3_600_000).toISOString() };
};
