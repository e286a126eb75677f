/** The life of a connection, over HTTP with the stand-in: consent that dies and is given again, and what a later one finds. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { switchRealTimeSync } from '../../shared/connections/real-time-sync.ts';
import { asId } from '../../shared/domain/ids.ts';
import { day } from '../../shared/domain/instant.ts';
import { Crash } from '../support/faulty.ts';
import { calendarKey, now, userId } from '../support/samples.ts';
import { type AccountJob, first, openConnectedJob, other } from './account-job.ts';
import { hourOf, inGoogle } from './google-job.ts';

let job: AccountJob;
beforeEach(async () => {
  job = await openConnectedJob();
});
afterEach(() => job.stop());

describe('[R14] a grant that has died', () => {
  const die = async () => {
    job.control.revokeGrant({ email: first });
    expect(await job.run({ calendarKey, reason: 'sweep' })).toEqual({ kind: 'acknowledged', because: 'needs_reauth' });
    job.forgetCalls();
  };

  test('costs no call to Google, and what both sides have changed meanwhile comes together once there is another', async () => {
    const edited = await job.begin();
    const [cancelled, moved, deleted] = [await job.book('b2'), await job.book('b3'), await job.book('b4')];
    await job.settle();
    await die();

    await job.edit(edited, hourOf(16));
    await job.cancel(cancelled);
    const made = await job.book('b5', { title: 'Shave', ...hourOf(11) });
    await job.patch(moved, { ...inGoogle(hourOf(9)) });
    await job.remove(deleted);
    await job.patch((await job.blockOf('Dentist')).id, { summary: 'Dentist at last' });
    job.insert('Bank', 18);
    await job.settle();
    for (const id of [edited, made]) expect((await job.appointment(id)).sync).toMatchObject({ state: 'pending' });
    expect(job.called()).toEqual([]);
    expect(job.control.requests({ path: '/token' }).filter(({ status }) => status === 200)).toEqual([]);

    await job.connect(first);
    await job.agree(first);
    const statuses = await Promise.all([cancelled, deleted].map(async (id) => (await job.appointment(id)).status));
    expect(statuses).toEqual(['cancelled', 'cancelled']);
    expect(job.shown(first)).toHaveLength(5);
    expect(await job.connection()).toMatchObject({ state: 'connected', connectGeneration: 1 });
  });

  test('[F36] says since when, and why as far as Google tells', async () => {
    await die();
    expect(await job.connection()).toMatchObject({ state: 'needs_reauth', endedBecause: 'revoked' });
    expect(await job.connection()).toHaveProperty('since');
  });

  test('[F38] after seven days says that the app is in testing', async () => {
    job.passMs(7 * day);
    await die();
    expect(await job.connection()).toMatchObject({ endedBecause: 'testing_period' });
  });

  test('[F34] leaves what is to be freed to be freed all the same', async () => {
    await job.begin();
    await die();
    const read = await job.calendar(first);
    await job.stores.calendars.retire(read, now);
    expect(await job.run({ calendarKey, reason: 'disabled' })).toEqual({ kind: 'closed', channel: { kind: 'none' } });
    expect(await job.blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
    expect(job.called()).toEqual([]);
  });
});

test('real-time sync switched twice is switched once: one channel, and then none', async () => {
  const deps = { ...job.stores, queue: job.deps().queue };
  const channels = async () => (await job.calendars()).flatMap(({ channel }) => channel?.id ?? []);
  const before = await channels();
  for (const _ of [1, 2]) await switchRealTimeSync(deps, userId, true, asId('on'));
  await job.drain();
  expect(await channels()).toEqual(before);
  for (const _ of [1, 2]) await switchRealTimeSync(deps, userId, false, asId('off'));
  await job.drain();
  expect(await channels()).toEqual([]);
  expect(job.stopped).toEqual(before);
});

test('[R13] a calendar that a connect has not come to begins anew by its next hint', async () => {
  const id = await job.begin();
  await job.disconnect();
  const register = async () => Promise.reject(new Crash());
  await expect(job.connect(first, false, { calendars: { ...job.stores.calendars, register } })).rejects.toThrow(Crash);
  await job.edit(id, { title: 'Beard' });
  await job.run({ calendarKey, reason: 'appointment' });
  await job.agree(first);
  expect(await job.calendar(first)).toMatchObject({ connectGeneration: 3, realTimeSync: true });
});

test('[R13] a calendar of a replaced account that is still on is retired by its next hint', async () => {
  await job.begin();
  const retire = async () => Promise.reject(new Crash());
  await expect(job.connect(other, true, { calendars: { ...job.stores.calendars, retire } })).rejects.toThrow(Crash);
  job.forgetCalls();
  expect(await job.run({ calendarKey, reason: 'sweep' })).toEqual({ kind: 'acknowledged', because: 'old_connection' });
  await job.drain();
  expect(await job.blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
  expect(await job.stores.calendars.listReplaced(userId)).toHaveLength(1);
  expect(job.called()).toEqual([]);
});
