/**
 * Watching and stopping, by the real `googleapis` client over HTTP: https://developers.google.com/workspace/calendar/api/guides/push
 */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asId, type CalendarId, type ChannelId } from '../../shared/domain/ids.ts';
import { hour, instantAt, plusMs } from '../../shared/domain/instant.ts';
import type { Caller, WatchRequest } from '../../shared/google/calendar-api.ts';
import { googleCalendar } from '../../shared/google/calendar-client.ts';
import { barber, dayMs, openGoogle } from '../google/setup.ts';

let open: Awaited<ReturnType<typeof openGoogle>>;
let google: ReturnType<typeof googleCalendar>;
let caller: Caller;
beforeEach(async () => {
  open = await openGoogle({ allowHttpWebhooks: false });
  google = googleCalendar(`${open.google.url}/`);
  caller = { accessToken: open.control.mintAccessToken({ email: barber }).accessToken, quotaUser: 'barber' };
});
afterEach(() => open.google.stop());

const watch = async (overrides: Partial<WatchRequest> = {}) => {
  const request: WatchRequest = {
    calendarId: asId<CalendarId>(barber),
    channelId: asId<ChannelId>(randomUUID()),
    address: 'https://127.0.0.1:9/webhook',
    token: 'token',
    expiresAt: instantAt(open.clock.now + dayMs),
    ...overrides,
  };
  return { id: request.channelId, ...(await google.watch(caller, request)) };
};

test('a channel lives for as long as it was asked for, or as Google grants, if that is less', async () => {
  expect((await watch()).expiresAt).toBe(instantAt(open.clock.now + dayMs));
  open.control.changeSettings({ maxChannelSeconds: 3_600 });
  expect((await watch()).expiresAt).toBe(plusMs(instantAt(open.clock.now), hour));
});

test('[F21] the channels of one user on one calendar share a resource id', async () => {
  expect((await watch()).resourceId).toBe((await watch()).resourceId);
});

test('[R7] a channel is stopped once; Google knows it no more after that', async () => {
  const channel = await watch();
  expect(await google.stop(caller, channel)).toBe('stopped');
  expect(await google.stop(caller, channel)).toBe('unknown');
});

test('[R7] one that has ended, never was, or goes by another resource id is unknown', async () => {
  const channel = await watch();
  expect(await google.stop(caller, { ...channel, resourceId: 'another' })).toBe('unknown');
  expect(await google.stop(caller, { ...channel, id: asId('never-was') })).toBe('unknown');
  open.clock.now += dayMs;
  caller = { ...caller, accessToken: open.control.mintAccessToken({ email: barber }).accessToken };
  expect(await google.stop(caller, channel)).toBe('unknown');
});

test('[F33] an id is good for one channel', async () => {
  const { id } = await watch();
  await expect(watch({ channelId: id })).rejects.toMatchObject({ outcome: 'rejected', reason: 'channelIdNotUnique' });
});

test('[F27] an address that Google does not take is said to be that, and no matter of the token', async () => {
  const notHttps = watch({ address: 'http://127.0.0.1:9/webhook' });
  await expect(notHttps).rejects.toMatchObject({ outcome: 'rejected', reason: 'push.webhookUrlNotHttps' });
  open.control.orderFault({ kind: 'status', status: 401, reason: 'push.webhookUrlUnauthorized', path: '/watch' });
  await expect(watch()).rejects.toMatchObject({ outcome: 'rejected', reason: 'push.webhookUrlUnauthorized' });
});
