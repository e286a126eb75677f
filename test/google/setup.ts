/** What the tests of the stand-in share: the real `googleapis` client, a webhook receiver, and how a call ended. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OAuth2Client } from 'google-auth-library';
import { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js';
import { type Google, type GoogleOptions, startGoogle } from './server.ts';

export const barber = 'barber@example.com';
export const shop = 'shop@group.calendar.google.com';
/** A Monday in Berlin's winter time. */
export const monday = Date.parse('2026-03-02T08:00:00Z');
export const dayMs = 86_400_000;

/** A stand-in with one account and two calendars in Berlin, at a clock that the test moves. */
export async function openGoogle(options: GoogleOptions = {}) {
  const clock = { now: monday };
  const google = await startGoogle({ now: () => clock.now, allowHttpWebhooks: true, ...options });
  const timeZone = 'Europe/Berlin';
  google.control.createAccount({
    email: barber,
    calendars: [
      { primary: true, timeZone },
      { id: shop, summary: 'Shop', timeZone },
    ],
  });
  return { google, control: google.control, clock, calendar: clientOf(google, { email: barber }) };
}

/** No retries of the library's own: a test sees each answer once. The token outlives any test's clock. */
export function clientOf(google: Google, order: Parameters<Google['control']['mintAccessToken']>[0]) {
  const auth = new OAuth2Client();
  const expiry_date = Date.now() + 3_600_000;
  auth.setCredentials({
    access_token: google.control.mintAccessToken({ expiresInSeconds: 1e9, ...order }).accessToken,
    expiry_date,
  });
  return new calendar_v3.Calendar({ auth, rootUrl: `${google.url}/`, retry: false });
}

/** How a refused call ended, as the client sees it. */
export async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (reason) => reason,
  );
  const body = error?.response?.data?.error;
  const { reason, domain, location } = body?.errors?.[0] ?? {};
  return { status: error?.status as number, reason, domain, location, message: body?.message, body, code: error?.code };
}

type Received = { headers: IncomingHttpHeaders; rawHeaders: string[]; method: string; body: string };

/** A webhook address; `answers` are its next statuses, 204 when they are used up. */
export async function startReceiver(...answers: number[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { headers, rawHeaders, method = '' } = request;
    received.push({ headers, rawHeaders, method, body: (await request.toArray()).join('') });
    response.writeHead(answers.shift() ?? 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { address, received, stop };
}

export const timed = (start: string, end: string) => ({
  start: { dateTime: start, timeZone: 'Europe/Berlin' },
  end: { dateTime: end, timeZone: 'Europe/Berlin' },
});
export const haircut = { summary: 'Haircut', ...timed('2026-03-03T10:00:00', '2026-03-03T10:30:00') };
export const daily = {
  summary: 'Opening',
  ...timed('2026-03-03T09:00:00', '2026-03-03T09:15:00'),
  recurrence: ['RRULE:FREQ=DAILY;COUNT=4'],
};
