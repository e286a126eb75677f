/** `events.list` of one calendar of any size, page by page, made up as it is asked for: the least that Google could cost. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { day } from './acts.ts';

export type GoogleStub = {
  /** `/change?count=` says how many events have changed when the calendar is next listed by its cursor. */
  url: string;
  stop: () => Promise<void>;
};

const eventsPerPage = 2_500;
const spanDays = 360;

export const startGoogleStub = async (events: number): Promise<GoogleStub> => {
  let changed = 0;
  let round = 0;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stub');
    if (pathname === '/change') {
      changed = Number(searchParams.get('count'));
      response.end();
      return;
    }
    const cursor = searchParams.get('syncToken');
    if (cursor !== null) round += 1;
    const total = cursor === null ? events : changed;
    const from = Number(searchParams.get('pageToken') ?? 0);
    const until = Math.min(from + eventsPerPage, total);
    const items = Array.from({ length: until - from }, (_, index) => eventAt(from + index, round));
    const next = until < total ? { nextPageToken: String(until) } : { nextSyncToken: `cursor-${round}` };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'calendar#events', timeZone: 'America/New_York', items, ...next }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const listedAt = Date.now();

const eventAt = (index: number, round: number) => {
  const startMs = listedAt + Math.round(((index % 50_000) / 50_000) * spanDays * day);
  return {
    id: `event${String(index).padStart(8, '0')}`,
    status: 'confirmed',
    etag: `"${index}-${round}"`,
    updated: new Date(listedAt + round * 1_000).toISOString(),
    eventType: 'default',
    summary: `Appointment ${index}, seen ${round} times since`,
    description: 'Bring the loyalty card; the client prefers the chair by the window.',
    location: '12 Main Street, Springfield',
    start: { dateTime: new Date(startMs).toISOString(), timeZone: 'America/New_York' },
    end: { dateTime: new Date(startMs + 1_800_000).toISOString(), timeZone: 'America/New_York' },
  };
};
