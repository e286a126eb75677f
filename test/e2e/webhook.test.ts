/** The public door as Google finds it: what it is answered, and what its notifications set in motion. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../infra/local/aws/free-port.ts';
import { startTestSession, type TestSession } from '../support/local-session.ts';

let session: TestSession;
let genuine: Record<string, string>;
const logs: { name: string; line: string }[] = [];

beforeAll(async () => {
  session = await startTestSession({ onLog: (name, line) => logs.push({ name, line }) });
  const calendar = await session.connect('ann');
  await session.stack.idle();
  genuine = headersOf(calendar);
});
afterAll(() => session.stop());

/** What Google sends for the channel of this calendar. */
const headersOf = (calendar: string, { google } = session): Record<string, string> => {
  const channel = google.control.channels().find(({ calendarId }) => calendarId === calendar);
  return {
    'X-Goog-Channel-ID': channel?.id ?? '',
    'X-Goog-Channel-Token': channel?.token ?? '',
    'X-Goog-Message-Number': '77',
    'X-Goog-Resource-ID': channel?.resourceId ?? '',
    'X-Goog-Resource-State': 'exists',
    'X-Goog-Resource-URI': 'https://www.googleapis.com/calendar/v3/calendars/x/events?alt=json',
  };
};

const post = async (headers: Record<string, string>, { stack } = session) => {
  const response = await fetch(`${stack.apiUrl}/api/v2/webhooks/google-calendar`, { method: 'POST', headers });
  return { status: response.status, body: await response.text() };
};

describe('Google', () => {
  test('is answered once its notification is on the queue, and the calendar is pulled', async () => {
    session.google.control.clearLogs();
    expect(await post(genuine)).toEqual({ status: 204, body: '' });
    await session.stack.idle(); // The first sync was just now: this one waits out its cool-down.
    expect(session.google.control.requests({ operation: 'calendar.events.list' })).toHaveLength(1);
  });

  test('repeating one message causes one pull [F15]', async () => {
    await session.stack.idle();
    session.google.control.clearLogs();
    for (let repeat = 0; repeat < 5; repeat++) {
      expect(await post({ ...genuine, 'X-Goog-Message-Number': '500' })).toMatchObject({ status: 204 });
    }
    await session.stack.idle();
    expect(session.google.control.requests({ operation: 'calendar.events.list' })).toHaveLength(1);
  });
});

test('[F17] when the queue cannot be reached, Google gets a 503, which it retries', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const cutOff = await startTestSession({
    interpose: (name, endpoints) => (name === 'webhook-receiver' ? { ...endpoints, sqs: nobody } : endpoints),
  });
  try {
    const headers = headersOf(await cutOff.connect('ann'), cutOff);
    expect(await post(headers, cutOff)).toEqual({ status: 503, body: '' });
    expect(await post({ ...headers, 'X-Goog-Channel-ID': 'another' }, cutOff)).toEqual({ status: 404, body: '' });
  } finally {
    await cutOff.stop();
  }
});

test('[R15] no secret, token or text is in any log line', async () => {
  const calendar = 'ann@example.com';
  session.google.control.insertEvent({
    calendar,
    event: {
      summary: 'canary-summary',
      description: 'canary-description',
      location: 'canary-location',
      start: { dateTime: new Date(Date.now() + 86_400_000).toISOString() },
      end: { dateTime: new Date(Date.now() + 90_000_000).toISOString() },
    },
  });
  await vi.waitFor(async () => {
    const { body } = await session.call('GET', '/api/v2/appointments', 'ann');
    expect(JSON.stringify(body)).toContain('canary-summary');
  });
  await session.stack.idle();
  const all = logs.map(({ line }) => line).join('\n');
  expect(all).toContain('Synced a calendar');
  expect(all).not.toContain('canary');
  expect(all).not.toContain(genuine['X-Goog-Channel-Token']);
  expect(all).not.toContain('local-client-secret');
  for (const secret of ['ya29', 'Bearer', 'refresh_token', 'access_token']) expect(all).not.toContain(secret);
});
