/** Genuine notifications, posted as Google posts them: over and over until one is taken, and some of them twice. */
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { webhookPath } from '../../shared/notifications/webhook-path.ts';
import type { Barber } from './barbers.ts';

export type Notified = {
  /** When each was taken, by calendar, and how long that took. */
  taken: { calendar: string; at: number; tookMs: number }[];
  /** Tries that were answered 5xx, or not at all. */
  refused: number;
  /** Given up after the last try: lost before it was ours. */
  givenUp: number;
};

export type Notifier = {
  notified: Notified;
  /** How many were begun with. */
  posted(): number;
  /** Resolves when it is taken, or given up. */
  post(barber: Barber, messageNumber: number): Promise<void>;
  stop(): void;
};

/** Google's waits between tries, roughly. */
const retryDelaysMs = [500, 1_000, 2_000, 4_000, 8_000];
const retried = new Set([0, 500, 502, 503, 504]);

export const openNotifier = (apiUrl: string, connections: number): Notifier => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const notified: Notified = { taken: [], refused: 0, givenUp: 0 };

  let posted = 0;
  const post: Notifier['post'] = async ({ calendar, channel }, messageNumber) => {
    posted += 1;
    for (let attempt = 0; ; attempt++) {
      const began = performance.now();
      const status = await send(agent, apiUrl, headersOf(channel, messageNumber));
      if (status === 204) {
        notified.taken.push({ calendar, at: Date.now(), tookMs: performance.now() - began });
        return;
      }
      if (!retried.has(status)) throw new Error(`A genuine notification was answered ${status}`);
      notified.refused += 1;
      const wait = retryDelaysMs[attempt];
      if (wait === undefined) {
        notified.givenUp += 1;
        return;
      }
      await delay(wait);
    }
  };
  return { notified, posted: () => posted, post, stop: () => agent.destroy() };
};

const headersOf = ({ id, token, resourceId }: Barber['channel'], messageNumber: number) => ({
  'Content-Length': '0',
  'X-Goog-Channel-ID': id,
  'X-Goog-Channel-Token': token,
  'X-Goog-Message-Number': String(messageNumber),
  'X-Goog-Resource-ID': resourceId,
  'X-Goog-Resource-State': 'exists',
});

/** The status; 0 when nothing answers. */
const send = (agent: Agent, apiUrl: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve) => {
    const outgoing = request(new URL(webhookPath, apiUrl), { method: 'POST', agent, headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
    });
    outgoing.once('error', () => resolve(0));
    outgoing.end();
  });
