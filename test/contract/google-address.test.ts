/** [R15] Where the Google adapter sends its calls: whatever ids it is given, and whatever Google answers, nowhere but to Google. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asId, type CalendarId, type ChannelId, type EventId } from '../../shared/domain/ids.ts';
import { googleCalendar } from '../../shared/google/calendar-client.ts';
import { copyOf } from '../../shared/google/event-body.ts';
import { googleOAuth } from '../../shared/google/oauth.ts';
import { windowAt } from '../../shared/schedule/window.ts';
import { now } from '../support/samples.ts';

type Listener = { url: string; targets: string[]; answer: { status: number; location?: string }; stop(): void };

/** Answers every request alike and notes what was asked. */
const listen = async (): Promise<Listener> => {
  const server = createServer((request, response) => {
    listener.targets.push(request.url ?? '');
    const { status, location } = listener.answer;
    response.writeHead(status, { ...(location && { location }) }).end('{}');
  });
  const listener: Listener = { url: '', targets: [], answer: { status: 200 }, stop: () => server.close() };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  listener.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return listener;
};

let google: Listener;
let elsewhere: Listener;
beforeAll(async () => {
  [google, elsewhere] = [await listen(), await listen()];
});
beforeEach(() => {
  for (const listener of [google, elsewhere]) Object.assign(listener, { targets: [], answer: { status: 200 } });
});
afterAll(() => {
  google.stop();
  elsewhere.stop();
});

const caller = { accessToken: 'a-token', quotaUser: 'barber' };
const api = () => googleCalendar(google.url);
const ignore = () => undefined;

/** What a path may hold beside the id. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed()),
  fc.constantFrom(
    '..',
    '.',
    '../../oauth2/v1/tokeninfo',
    '//evil.example',
    'http://evil.example/',
    'a/b',
    'a?b=c',
    '#a',
  ),
  fc.constantFrom('@evil.example', '\\\\evil.example', '%2e%2e', '%2f', 'a\r\nhost: evil.example', '{id}', '{+id}'),
);

const refOf = (id: string) => ({ calendarId: asId<CalendarId>(id), eventId: asId<EventId>(id) });

const calls: [string, (id: string) => Promise<unknown>, (id: string) => string][] = [
  [
    'events.list',
    (id) => api().listEvents(caller, { calendarId: asId<CalendarId>(id), window: windowAt(now) }),
    (id) => `/calendar/v3/calendars/${id}/events`,
  ],
  ['events.get', (id) => api().getEvent(caller, refOf(id)), (id) => `/calendar/v3/calendars/${id}/events/${id}`],
  [
    'events.instances',
    (id) => api().listOccurrences(caller, { calendarId: asId(id), seriesId: asId(id), window: windowAt(now) }),
    (id) => `/calendar/v3/calendars/${id}/events/${id}/instances`,
  ],
  [
    'events.insert',
    (id) => api().insertEvent(caller, { ...refOf(id), mark: id, content: { summary: id } }),
    (id) => `/calendar/v3/calendars/${id}/events`,
  ],
  [
    'events.update',
    (id) => api().updateEvent(caller, { ...refOf(id), copy: copyOf({ id }, '"1"'), content: { summary: id } }),
    (id) => `/calendar/v3/calendars/${id}/events/${id}`,
  ],
  [
    'events.delete',
    (id) => api().deleteEvent(caller, { ...refOf(id), etag: '"1"' }),
    (id) => `/calendar/v3/calendars/${id}/events/${id}`,
  ],
  [
    'events.move',
    (id) => api().moveEvent(caller, { ...refOf(id), destination: asId(id) }),
    (id) => `/calendar/v3/calendars/${id}/events/${id}/move`,
  ],
  [
    'events.watch',
    (id) =>
      api().watch(caller, {
        calendarId: asId(id),
        channelId: asId(id),
        address: 'https://example.com/hook',
        token: id,
        expiresAt: now,
      }),
    (id) => `/calendar/v3/calendars/${id}/events/watch`,
  ],
  [
    'channels.stop',
    (id) => api().stop(caller, { id: asId<ChannelId>(id), resourceId: id }),
    () => '/calendar/v3/channels/stop',
  ],
];

describe.each(calls)('%s', (_, call, pathOf) => {
  test('goes to its own place, whatever the id: an id is one segment of the path', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (id) => {
        google.targets.splice(0);
        await call(id).catch(ignore);
        const paths = google.targets.map((target) => target.split('?', 1)[0]);
        expect(paths.filter((path) => path !== pathOf(encodeURIComponent(id)))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test.each([301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
    google.answer = { status, location: elsewhere.url };
    await expect(call('id')).rejects.toMatchObject({ name: 'GoogleError' });
    expect(elsewhere.targets).toEqual([]);
  });
});

test.each([301, 302, 307, 308])(
  'the token endpoint’s %i is not followed either: the secret stays with Google',
  async (status) => {
    google.answer = { status, location: elsewhere.url };
    const endpoints = { authorize: google.url, token: google.url, revoke: google.url };
    const oauth = googleOAuth({ clientId: 'client', clientSecret: 'secret' }, endpoints);
    await expect(oauth.refresh('a-refresh-token')).rejects.toMatchObject({ name: 'GoogleError' });
    expect(elsewhere.targets).toEqual([]);
  },
);
