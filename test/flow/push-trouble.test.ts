/** Bookings → Google, where Google refuses, fails, or shows what cannot be read. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventIdFor } from '../../shared/domain/derived-ids.ts';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import { hour, minute, plusMs } from '../../shared/domain/instant.ts';
import { syncCalendar } from '../../shared/sync/sync-calendar.ts';
import { calendarKey } from '../support/samples.ts';
import { hourOf, inGoogle } from './google-job.ts';
import { openPushJob, type PushJob } from './push-job.ts';
import { received } from './sync-job.ts';

let job: PushJob;
beforeEach(async () => {
  job = await openPushJob();
});
afterEach(() => job.stop());

describe('a refusal of Google’s', () => {
  test('[R10] of one event parks that one for a while, and the next is pushed', async () => {
    const [first, second] = [await job.book('first'), await job.book('second', hourOf(12))];
    job.control.orderFault({ kind: 'status', status: 403, reason: 'forbidden', method: 'POST' });
    expect(await job.sync()).toMatchObject({ kind: 'synced', push: { pushed: 1, parked: 1 } });
    expect((await job.appointment(second)).sync).toEqual({ state: 'synced' });
    expect((await job.appointment(first)).sync).toMatchObject({ state: 'pending', attempts: 1, reason: 'forbidden' });
    expect(await job.calendarNow()).not.toHaveProperty('trouble');

    expect(await job.sync()).toMatchObject({ push: { pushed: 0, parked: 0 } }); // Not yet.
    job.passMs(hour);
    expect(await job.sync()).toMatchObject({ push: { pushed: 1 } });
    expect(job.live()).toHaveLength(2);
  });

  test.each([
    ['PUT', async (id: AppointmentId) => job.edit(id, { title: 'Shave' })],
    ['DELETE', async (id: AppointmentId) => job.cancel(id)],
  ])('[R10] of a %s parks that one as well', async (method, change) => {
    const id = await job.pushed('booking');
    await change(id);
    job.control.orderFault({ kind: 'status', status: 403, reason: 'forbidden', method });
    expect(await job.push(id)).toMatchObject({ kind: 'pushed', push: { parked: 1 } });
    expect((await job.appointment(id)).sync).toMatchObject({ state: 'pending', attempts: 1, reason: 'forbidden' });
    job.passMs(hour);
    expect(await job.sync()).toMatchObject({ push: { pushed: 1 } });
    expect((await job.appointment(id)).sync).toEqual({ state: 'synced' });
  });

  test('[R11] is not tried again for a hint that was sent before it, and is for a later one', async () => {
    const id = await job.book('booking');
    job.control.orderFault({ kind: 'status', status: 403, reason: 'forbidden', method: 'POST' });
    await job.push(id);
    const { sync } = await job.appointment(id);
    const { since, notBefore } = sync.state === 'pending' ? sync : expect.fail('It is not pending');
    const hint = { reason: 'appointment', appointment: { id } } as const;
    const late = { ...received(hint, since), now: plusMs(notBefore, -minute) };
    expect(await syncCalendar(job.deps({ google: job.google }), late)).toMatchObject({
      push: { pushed: 0, parked: 0 },
    });
    expect((await job.appointment(id)).sync).toEqual(sync);
    expect(await job.push(id)).toMatchObject({ push: { pushed: 1 } });
  });

  test('[R10] that is repeated is met with longer pauses, of a day at most', async () => {
    const id = await job.book('booking');
    job.control.orderFault({ kind: 'status', status: 400, reason: 'invalid', method: 'POST', times: null });
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt++) {
      await job.sync();
      const { sync, link } = await job.appointment(id);
      expect([sync, link]).toMatchObject([{ state: 'pending', attempts: attempt, reason: 'invalid' }, {}]);
      const { lastSyncAt } = await job.calendarNow();
      const pauseMs = sync.state === 'pending' ? Date.parse(sync.notBefore) - Date.parse(lastSyncAt ?? '') : 0;
      pauses.push(Math.floor(pauseMs / hour)); // It was pushed a minute after that sync.
      job.passMs(pauseMs);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 24, 24]);
  });

  test('does not outlast an edit: what it says now may succeed', async () => {
    const id = await job.book('booking');
    job.control.orderFault({ kind: 'status', status: 400, reason: 'invalid', method: 'POST' });
    await job.push(id);
    await job.edit(id, { title: 'Shave' });
    expect(await job.sync()).toMatchObject({ push: { pushed: 1 } });
    expect(job.live()).toMatchObject([{ summary: 'Shave' }]);
  });

  test('[F41] of all writes pauses them for hours, and pulls go on', async () => {
    const [first, second] = [await job.book('first'), await job.book('second', hourOf(12))];
    job.control.orderFault({ kind: 'status', status: 403, reason: 'quotaExceeded', method: 'POST', times: null });
    expect(await job.push(first)).toEqual({ kind: 'acknowledged', because: 'writes_paused' });
    expect(job.control.requests({ method: 'POST' })).toHaveLength(1);
    expect(await job.calendarNow()).not.toHaveProperty('trouble');
    expect(await job.push(second)).toEqual({ kind: 'acknowledged', because: 'writes_paused' });

    job.insert('Dentist', 15);
    job.control.clearLogs();
    expect(await job.sync()).toMatchObject({ kind: 'synced', pull: { tally: { create: 1 } }, push: { pushed: 0 } });
    expect(job.requests()).toEqual(['events.list']);

    job.control.clearFaults();
    job.passMs(8 * hour);
    expect(await job.sync()).toMatchObject({ kind: 'synced', push: { pushed: 2 } });
    expect(job.live()).toHaveLength(3);
  });

  test.each([
    [503, 'backendError', {}, undefined],
    [403, 'userRateLimitExceeded', { 'Retry-After': '120' }, 2 * minute],
    [429, 'rateLimitExceeded', { 'Retry-After': '30' }, minute / 2],
  ])('%i %s fails the hint, and the next one pushes', async (status, reason, headers, retryAfterMs) => {
    const id = await job.book('booking');
    job.control.orderFault({ kind: 'status', status, reason, headers, method: 'POST' });
    expect(await job.push(id)).toMatchObject({ kind: 'failed', error: { reason, retryAfterMs } });
    expect((await job.appointment(id)).sync).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await job.push(id)).toMatchObject({ kind: 'pushed', push: { pushed: 1 } });
  });
});

describe('[R10] trouble of Google’s with one event', () => {
  test('keeps no other from being pushed, and has it tried again by itself', async () => {
    const [first, second] = [await job.pushed('first'), await job.pushed('second', hourOf(12))];
    await job.edit(first, { title: 'Shave' });
    await job.edit(second, { title: 'Shave' });
    const trouble = { status: 500, reason: 'backendError', path: eventIdFor(first, 1) };
    job.control.orderFault({ kind: 'status', ...trouble, times: null });
    expect(await job.sync()).toMatchObject({ kind: 'synced', push: { pushed: 1, more: true } });
    expect((await job.appointment(second)).sync).toEqual({ state: 'synced' });
    expect(await job.push(first)).toMatchObject({ kind: 'failed', failures: 1 });
  });

  test.each([
    ['a 500 that does not pass', { status: 500, reason: 'backendError' }],
    ['a 412 without an end', { status: 412, reason: 'conditionNotMet', method: 'PUT' }],
  ])('%s parks that one after three failures, and the next is pushed', async (_, trouble) => {
    const [first, second] = [await job.pushed('first'), await job.pushed('second', hourOf(12))];
    await job.edit(first, { title: 'Shave' });
    job.control.orderFault({ kind: 'status', ...trouble, times: null });
    for (let failures = 1; failures <= 3; failures++) {
      expect(await job.push(first)).toMatchObject({ kind: 'failed', failures });
    }
    expect(await job.push(first)).toMatchObject({ kind: 'pushed', push: { parked: 1 } });
    expect((await job.appointment(first)).sync).toMatchObject({ state: 'pending', attempts: 1 });
    job.control.clearFaults();
    await job.edit(second, { title: 'Shave' });
    expect(await job.push(second)).toMatchObject({ kind: 'pushed', push: { pushed: 1 } });
    job.passMs(hour);
    expect(await job.sync()).toMatchObject({ push: { pushed: 1 } });
  });
});

describe('[R2] an event that cannot be read', () => {
  const endless = { end: { dateTime: '2026-06-03T11:00:00', timeZone: 'America/New_York' } };

  test('is not written over, and takes the edit when it can be read again', async () => {
    const id = await job.pushed('booking');
    await job.patch(id, endless);
    await job.edit(id, { title: 'Shave' });
    await job.push(id);
    expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Shave' }, sync: { state: 'quarantined' } });
    expect(job.requests()).toEqual(['events.get']);
    expect(await job.stores.quarantine.list(calendarKey)).toEqual(new Set([eventIdFor(id, 1)]));

    await job.patch(id, { ...inGoogle(hourOf(10)), location: 'Main St 1' });
    await job.sync();
    expect((await job.appointment(id)).sync).toEqual({ state: 'synced' });
    expect(job.live()).toMatchObject([{ summary: 'Shave', location: 'Main St 1' }]);
    expect((await job.appointment(id)).fields).toMatchObject({ title: 'Shave', location: 'Main St 1' });
    expect(await job.stores.quarantine.list(calendarKey)).toEqual(new Set());
  });

  test('and that a pull has found is not written over by edits that follow', async () => {
    const id = await job.pushed('booking');
    await job.patch(id, endless);
    await job.sync();
    await job.edit(id, { title: 'Shave' });
    await job.cancel(id);
    job.control.clearLogs();
    await job.push(id);
    await job.sync();
    expect(job.requests()).toEqual(['events.list']);
    expect(job.live()).toMatchObject([{ summary: 'Haircut' }]);
  });
});
