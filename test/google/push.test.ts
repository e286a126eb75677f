import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { barber, haircut, openGoogle, shop, startReceiver } from './setup.ts';

let open: Awaited<ReturnType<typeof openGoogle>>;
beforeEach(async () => {
  open = await openGoogle({ pushRetryDelaysMs: [1, 1, 1] });
});
afterEach(() => open.google.stop());

async function receiver(...answers: number[]) {
  const started = await startReceiver(...answers);
  onTestFinished(started.stop);
  return started;
}

const until = (condition: () => boolean) => vi.waitUntil(condition, { interval: 2, timeout: 3000 });

/** A channel whose `sync` has been delivered. */
async function watching(address: string, overrides: object = {}, calendarId = 'primary') {
  const requestBody = { id: randomUUID(), type: 'web_hook', address, ...overrides };
  const { data } = await open.calendar.events.watch({ calendarId, requestBody });
  await until(() => deliveries(data.id).some(({ state }) => state === 'sync'));
  return data;
}
const deliveries = (channelId?: string | null) => open.control.deliveries(channelId ? { channelId } : {});
const changes = (channelId?: string | null) => deliveries(channelId).filter(({ state }) => state === 'exists');
const outcomes = (channelId?: string | null) => changes(channelId).map(({ outcome }) => outcome);
const change = (calendar = barber) => open.control.insertEvent({ calendar, event: haircut });
const numbers = (received: { headers: Record<string, unknown> }[]) =>
  received.map(({ headers }) => Number(headers['x-goog-message-number']));

test('[G1] sync follows creation, with number 1; a change is `exists` with a larger number', async () => {
  const { address, received } = await receiver();
  await watching(address);
  change();
  await until(() => received.length === 2);
  expect(received.map(({ headers }) => headers['x-goog-resource-state'])).toEqual(['sync', 'exists']);
  expect(numbers(received)[0]).toBe(1);
  expect(numbers(received)[1]).toBeGreaterThan(1);
});

test('[G1] a delivery is a POST without body, with exactly these headers', async () => {
  const { address, received } = await receiver();
  const channel = await watching(address, { token: 'for us', expiration: String(Date.UTC(2026, 2, 3, 1, 13, 52)) });
  const [sync] = received;
  expect(sync).toMatchObject({ method: 'POST', body: '' });
  const names = sync?.rawHeaders.filter((_, index) => index % 2 === 0);
  expect(names?.filter((name) => name.startsWith('X-Goog-'))).toEqual([
    'X-Goog-Channel-ID',
    'X-Goog-Channel-Expiration',
    'X-Goog-Message-Number',
    'X-Goog-Resource-ID',
    'X-Goog-Resource-State',
    'X-Goog-Resource-URI',
    'X-Goog-Channel-Token',
  ]);
  expect(sync?.headers).toMatchObject({
    'content-type': 'application/json; utf-8',
    'content-length': '0',
    'user-agent': expect.stringMatching(/^APIs-Google/),
    'x-goog-channel-id': channel.id,
    'x-goog-channel-token': 'for us',
    'x-goog-channel-expiration': 'Tue, 03 Mar 2026 01:13:52 GMT',
    'x-goog-resource-id': channel.resourceId,
    'x-goog-resource-uri': channel.resourceUri,
  });
});

test('[G1] without a token there is no token header', async () => {
  const { address, received } = await receiver();
  await watching(address);
  expect(received[0]?.headers).not.toHaveProperty('x-goog-channel-token');
});

test('[G1] sync may arrive before the watch response', async () => {
  open.control.changeSettings({ syncBeforeResponse: true });
  const { address, received } = await receiver();
  const requestBody = { id: randomUUID(), type: 'web_hook', address };
  await open.calendar.events.watch({ calendarId: 'primary', requestBody });
  expect(received).toHaveLength(1);
});

test('[G1] message numbers grow strictly, with gaps', async () => {
  const { address, received } = await receiver();
  await watching(address);
  for (let count = 0; count < 10; count += 1) change();
  await until(() => received.length === 11);
  const sorted = numbers(received).sort((a, b) => a - b);
  expect(new Set(sorted).size).toBe(11);
  expect(sorted.at(-1)).toBeGreaterThan(11);
});

test('[G1] insert, update, patch, delete and move are all notified, the caller’s own writes too', async () => {
  const { address } = await receiver();
  const channel = await watching(address);
  const calendarId = 'primary';
  const { id } = (await open.calendar.events.insert({ calendarId, requestBody: haircut })).data;
  const eventId = id ?? '';
  await open.calendar.events.update({ calendarId, eventId, requestBody: haircut });
  await open.calendar.events.patch({ calendarId, eventId, requestBody: { summary: 'Shave' } });
  await open.calendar.events.move({ calendarId, eventId, destination: shop });
  await open.calendar.events.move({ calendarId: shop, eventId, destination: calendarId });
  await open.calendar.events.delete({ calendarId, eventId });
  await until(() => changes(channel.id).length === 6);
});

test('[G1] reads, refused writes and other calendars are not notified', async () => {
  const { address } = await receiver();
  const channel = await watching(address);
  await open.calendar.events.list({ calendarId: 'primary' });
  await open.calendar.events.delete({ calendarId: 'primary', eventId: 'nothing' }).catch(() => undefined);
  change(shop);
  const other = await watching(address, {}, shop);
  change(shop);
  await until(() => changes(other.id).length === 1);
  expect(changes(channel.id)).toEqual([]);
});

test('[G1] while channels overlap at a renewal, each gets every change', async () => {
  const { address } = await receiver();
  const [old, renewed] = [await watching(address), await watching(address)];
  change();
  await until(() => changes(old.id).length === 1 && changes(renewed.id).length === 1);
});

test('[G1] a stopped channel is silent', async () => {
  const { address } = await receiver();
  const [stopped, live] = [await watching(address), await watching(address)];
  await open.calendar.channels.stop({ requestBody: stopped });
  change();
  await until(() => changes(live.id).length === 1);
  expect(changes(stopped.id)).toEqual([]);
});

test('[G1] an expired channel is silent, and nothing renews it', async () => {
  const { address } = await receiver();
  const brief = await watching(address, { params: { ttl: '60' } });
  const live = await watching(address);
  open.clock.now += 61_000;
  change();
  await until(() => changes(live.id).length === 1);
  expect(changes(brief.id)).toEqual([]);
});

test.each([500, 502, 503, 504])('[G1] %i is retried with the same message number', async (status) => {
  const { address, received } = await receiver(204, status, status);
  await watching(address);
  change();
  await until(() => outcomes().length === 3);
  expect(changes().map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [1, status],
    [2, status],
    [3, 204],
  ]);
  expect(new Set(numbers(received.slice(1))).size).toBe(1);
});

test('[G1] attempts are bounded', async () => {
  const { address } = await receiver(204, 503, 503, 503, 503, 503);
  await watching(address);
  change();
  await until(() => outcomes().length === 4);
  change();
  await until(() => outcomes().includes(204));
  expect(outcomes().filter((outcome) => outcome === 503)).toHaveLength(5);
});

test.each([200, 201, 202, 204, 301, 400, 401, 404, 429, 501])('[G1] %i is final', async (status) => {
  const { address } = await receiver(204, status);
  await watching(address);
  change();
  await until(() => outcomes().includes(status));
  change();
  await until(() => outcomes().includes(204));
  const first = changes()[0]?.messageNumber;
  expect(changes().filter(({ messageNumber }) => messageNumber === first)).toHaveLength(1);
});

test('nothing but loopback is ever called', async () => {
  await watching('https://hooks.example.com/webhook');
  expect(deliveries()).toMatchObject([{ outcome: 'refused: not a loopback address' }]);
});

test('[G1] an untrusted certificate, or nobody there, gets no delivery', async () => {
  const plain = createServer((socket) => socket.end('not TLS'));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void plain.close());
  await watching(`https://127.0.0.1:${(plain.address() as AddressInfo).port}/webhook`);
  expect(deliveries()).toMatchObject([{ outcome: 'no answer' }]);
});

test('[G7] ordered: a message is dropped', async () => {
  const { address } = await receiver();
  const channel = await watching(address);
  open.control.orderPushFault({ kind: 'drop', channelId: channel.id ?? '' });
  change();
  change();
  await until(() => outcomes().length === 2);
  expect(outcomes().sort()).toEqual([204, 'dropped']);
});

test('[G7] ordered: a message comes twice', async () => {
  const { address, received } = await receiver();
  await watching(address);
  open.control.orderPushFault({ kind: 'duplicate' });
  change();
  await until(() => received.length === 3);
  expect(numbers(received)[1]).toBe(numbers(received)[2]);
});

test('[G7] ordered: a message overtakes another', async () => {
  const { address, received } = await receiver();
  await watching(address);
  open.control.orderPushFault({ kind: 'reorder' });
  change();
  change();
  await until(() => received.length === 3);
  const [, second = 0, third = 0] = numbers(received);
  expect(second).toBeGreaterThan(third);
});

test('[G7] ordered: a message comes late', async () => {
  const { address, received } = await receiver();
  await watching(address);
  open.control.orderPushFault({ kind: 'delay', ms: 30 });
  change();
  change();
  await until(() => received.length === 3);
  const [, second = 0, third = 0] = numbers(received);
  expect(second).toBeGreaterThan(third);
});
