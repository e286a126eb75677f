import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { barber, clientOf, dayMs, openGoogle, refusal, shop } from './setup.ts';

let open: Awaited<ReturnType<typeof openGoogle>>;
beforeEach(async () => {
  open = await openGoogle({ allowHttpWebhooks: false });
});
afterEach(() => open.google.stop());

const address = 'https://127.0.0.1:9/webhook';
type Params = { calendarId?: string };
const watch = async (overrides: object = {}, params: Params = {}, calendar = open.calendar) => {
  const requestBody = { id: randomUUID(), type: 'web_hook', address, ...overrides };
  return (await calendar.events.watch({ calendarId: 'primary', requestBody, ...params })).data;
};
const stop = (requestBody: { id?: string | null; resourceId?: string | null }, calendar = open.calendar) =>
  calendar.channels.stop({ requestBody });

test('[G1] watch answers with the channel', async () => {
  const id = randomUUID();
  expect(await watch({ id, token: 'for us' })).toEqual({
    kind: 'api#channel',
    id,
    token: 'for us',
    resourceId: expect.any(String),
    resourceUri: `${open.google.url}/calendar/v3/calendars/${encodeURIComponent(barber)}/events?alt=json`,
    expiration: String(open.clock.now + 7 * dayMs),
  });
});

test('[G1] the type may be written web_hook or webhook', async () => {
  await watch({ type: 'webhook' });
  expect(await refusal(watch({ type: 'carrier pigeon' }))).toMatchObject({ status: 400 });
});

test.each(['id', 'type', 'address'])('[G1] %s is required', async (field) => {
  expect(await refusal(watch({ [field]: undefined }))).toMatchObject({ status: 400 });
});

test.each(['x'.repeat(65), 'with space', 'ünïcode'])('[G1] bad channel id: %s', async (id) => {
  expect(await refusal(watch({ id }))).toMatchObject({ status: 400, reason: 'push.channelIdInvalid' });
});

test('[G1] a channel id of 64 characters with -_+/= is good', async () => {
  const id = `a-b_c+d/e=${'f'.repeat(54)}`;
  expect((await watch({ id })).id).toBe(id);
});

test('[G1] a channel id is never free again: not in use, not after stop, not after expiry, not for others', async () => {
  const refused = { status: 400, reason: 'channelIdNotUnique', message: 'Channel id mine not unique' };
  const channel = await watch({ id: 'mine' });
  expect(await refusal(watch({ id: 'mine' }))).toMatchObject(refused);
  await stop(channel);
  expect(await refusal(watch({ id: 'mine' }))).toMatchObject(refused);
  open.clock.now += 60 * dayMs;
  expect(await refusal(watch({ id: 'mine' }, { calendarId: shop }))).toMatchObject(refused);
  open.control.createAccount({ email: 'second@example.com' });
  const second = clientOf(open.google, { email: 'second@example.com' });
  expect(await refusal(watch({ id: 'mine' }, {}, second))).toMatchObject(refused);
});

test('[G1] another Cloud project has channel ids of its own', async () => {
  await watch({ id: 'mine' });
  const stranger = clientOf(open.google, { email: barber, clientId: '99-x.apps.googleusercontent.com' });
  expect((await watch({ id: 'mine' }, {}, stranger)).id).toBe('mine');
});

test('[G1] the address must be HTTPS, unless the switch for tests is on', async () => {
  const http = { address: 'http://127.0.0.1:9/webhook' };
  expect(await refusal(watch(http))).toMatchObject({
    status: 400,
    reason: 'push.webhookUrlNotHttps',
    message: 'WebHook callback must be HTTPS: http://127.0.0.1:9/webhook',
  });
  open.control.changeSettings({ allowHttpWebhooks: true });
  expect((await watch(http)).kind).toBe('api#channel');
});

test('[G1] an address without a host is refused', async () => {
  expect(await refusal(watch({ address: 'webhook' }))).toMatchObject({ reason: 'push.webhookUrlNoHostOrAddress' });
});

test('[G1] a token has at most 256 characters', async () => {
  expect((await watch({ token: 'x'.repeat(256) })).token).toHaveLength(256);
  expect(await refusal(watch({ token: 'x'.repeat(257) }))).toMatchObject({ status: 400 });
});

test('[G1] expiration is Unix milliseconds, as string or number; ttl is seconds', async () => {
  const at = open.clock.now + dayMs;
  expect((await watch({ expiration: String(at) })).expiration).toBe(String(at));
  expect((await watch({ expiration: at })).expiration).toBe(String(at));
  expect((await watch({ params: { ttl: '86400' } })).expiration).toBe(String(at));
});

test('[G1] the stricter of request and server limit wins', async () => {
  const year = { expiration: String(open.clock.now + 365 * dayMs) };
  expect((await watch(year)).expiration).toBe(String(open.clock.now + 30 * dayMs));
  open.control.changeSettings({ maxChannelSeconds: 3600 });
  expect((await watch(year)).expiration).toBe(String(open.clock.now + 3_600_000));
  const both = { ...year, params: { ttl: '60' } };
  expect((await watch(both)).expiration).toBe(String(open.clock.now + 60_000));
});

test('[G1] an expiry in the past is refused', async () => {
  const past = { expiration: String(open.clock.now - 1) };
  expect(await refusal(watch(past))).toMatchObject({ status: 400, message: expect.stringContaining('Invalid ttl') });
});

test('[G1] a generated calendar cannot be watched', async () => {
  const holidays = 'holidays@group.v.calendar.google.com';
  open.control.addCalendar({ email: barber, calendar: { id: holidays, watchable: false } });
  expect(await refusal(watch({}, { calendarId: holidays }))).toMatchObject({
    status: 400,
    reason: 'pushNotSupportedForRequestedResource',
    domain: 'calendar',
    message: 'Push notifications are not supported by this resource.',
  });
});

test('[G1] a calendar that the account does not see cannot be watched', async () => {
  expect(await refusal(watch({}, { calendarId: 'nobody@example.com' }))).toMatchObject({ status: 404 });
});

test('[G1] a reader may watch', async () => {
  open.control.setAccessRole({ email: barber, calendar: shop, accessRole: 'reader' });
  expect((await watch({}, { calendarId: shop })).kind).toBe('api#channel');
});

test('[G1] channels of one user on one calendar share the resource id', async () => {
  const [first, second] = [await watch(), await watch()];
  expect(first.resourceId).toBe(second.resourceId);
  expect((await watch({}, { calendarId: shop })).resourceId).not.toBe(first.resourceId);
});

test('[G1] stop has an empty answer; again is 404', async () => {
  const channel = await watch({ id: 'mine' });
  const { status, data } = await stop(channel);
  expect([status, data]).toEqual([204, '']);
  expect(await refusal(stop(channel))).toMatchObject({
    status: 404,
    reason: 'notFound',
    message: "Channel 'mine' not found for project 'outside'",
  });
});

test('[G1] stop needs the resource id that belongs to the channel', async () => {
  const { id = '' } = await watch();
  expect(await refusal(stop({ id, resourceId: 'other' }))).toMatchObject({ status: 404 });
  expect(await refusal(stop({ id }))).toMatchObject({ status: 400, reason: 'required' });
});

test('[G1] only the same user through the same client stops a channel', async () => {
  const channel = await watch();
  open.control.createAccount({ email: 'second@example.com', calendars: [{ primary: true }, { id: barber }] });
  const stranger = clientOf(open.google, { email: 'second@example.com' });
  const otherClient = clientOf(open.google, { email: barber, clientId: 'outside-other' });
  for (const client of [stranger, otherClient]) {
    expect(await refusal(stop(channel, client))).toMatchObject({ status: 404 });
  }
  expect((await stop(channel)).status).toBe(204);
});

test('[G1] an expired channel cannot be stopped', async () => {
  const channel = await watch({ params: { ttl: '60' } });
  open.clock.now += 61_000;
  expect(await refusal(stop(channel))).toMatchObject({ status: 404 });
});
