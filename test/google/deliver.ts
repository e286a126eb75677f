/**
 * One delivery: a POST without body and with exactly these headers, to loopback only.
 * https://developers.google.com/workspace/calendar/api/guides/push#receive-notifications
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Channel } from './state.ts';

export type Message = { channel: Channel; number: number; state: 'sync' | 'exists' };
/** The receiver's status, or why there is none. */
export type Outcome = number | 'dropped' | 'refused: not a loopback address' | 'no answer';

const timeoutMs = 10_000;
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Never rejects: the outcome says what happened. */
export function post(message: Message, signal: AbortSignal): Promise<Outcome> {
  const url = new URL(message.channel.address);
  if (!loopback.test(url.hostname)) return Promise.resolve('refused: not a loopback address');
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    // A connection of its own: a kept-alive one may be closing, and the message would be lost.
    const options = { method: 'POST', headers: headersOf(message), timeout: timeoutMs, agent: false, signal } as const;
    const request = open(url, options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve('no answer'));
    request.end();
  });
}

function headersOf({ channel, number, state }: Message): Record<string, string> {
  return {
    Accept: '*/*',
    'Content-Type': 'application/json; utf-8',
    'Content-Length': '0',
    'User-Agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
    'X-Goog-Channel-ID': channel.id,
    'X-Goog-Channel-Expiration': new Date(channel.expiration).toUTCString(),
    'X-Goog-Message-Number': String(number),
    'X-Goog-Resource-ID': channel.resourceId,
    'X-Goog-Resource-State': state,
    'X-Goog-Resource-URI': channel.resourceUri,
    ...(channel.token !== undefined && { 'X-Goog-Channel-Token': channel.token }),
  };
}
