/** A user disconnects, over HTTP with the stand-in, whatever Google says to it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GoogleError } from '../../shared/google/google-error.ts';
import { Crash, failingAt } from '../support/faulty.ts';
import { calendarKey, now } from '../support/samples.ts';
import { type AccountJob, first, openAccountJob, openConnectedJob, other, otherKey } from './account-job.ts';
import { hourOf, inGoogle, shopId, shopKey } from './google-job.ts';

let job: AccountJob;
beforeEach(async () => {
  job = await openConnectedJob();
});
afterEach(() => job.stop());

describe('disconnecting', () => {
  test('[F37] holds although Google is down, and says so', async () => {
    const id = await job.begin();
    const before = await job.appointment(id);
    job.control.orderFault({ kind: 'reset', path: '/revoke', times: null });
    const google = {
      ...job.google,
      stop: async () => Promise.reject(new GoogleError('stop', 503, undefined, undefined)),
    };
    const left = await job.disconnect('keep', { google });
    expect(left).toMatchObject({ grant: 'not_told', more: false });
    expect(await job.connection()).toMatchObject({ state: 'disconnected', connectGeneration: 2 });
    expect(await job.connection()).not.toHaveProperty('refreshToken');
    expect(await job.appointment(id)).toEqual(before);
    expect(await job.blockOf('Dentist')).toMatchObject({ status: 'confirmed' });
    expect(await job.due()).toEqual([]);
  });

  test('[R1] releases blocks that the index does not show yet as well', async () => {
    await job.begin();
    const blind = { ...job.stores.appointments, list: async () => ({ items: [] }) };
    await job.disconnect('release', { appointments: blind });
    expect(await job.blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
  });

  test('stops the channels and revokes the grant, and doing so again does no harm', async () => {
    await job.begin();
    const channels = await job.channelIds();
    expect(await job.disconnect()).toEqual({ grant: 'ended', failures: [], more: false });
    expect(job.stopped.toSorted()).toEqual(channels);
    expect(job.control.requests({ path: '/revoke' }).map(({ status }) => status)).toEqual([200]);
    const ended = [await job.connection(), await job.calendars()];
    expect(await job.disconnect()).toEqual({ grant: 'forgotten', failures: [], more: false });
    expect([await job.connection(), await job.calendars()]).toEqual(ended);
  });

  test('[R13] that is so slow that its user has connected again lets go of nothing that belongs to the new consent', async () => {
    await job.begin();
    const listOf: typeof job.stores.calendars.listOf = async (user) => {
      await job.connect(first);
      await job.settle();
      return job.stores.calendars.listOf(user);
    };
    await job.disconnect('release', { calendars: { ...job.stores.calendars, listOf } });
    const { connectGeneration } = await job.connection();
    expect((await job.calendars()).map((calendar) => calendar.connectGeneration)).toEqual([
      connectGeneration,
      connectGeneration,
    ]);
    for (const id of await job.channelIds()) expect(job.stopped).not.toContain(id);
    expect(await job.blockOf('Dentist')).toMatchObject({ status: 'confirmed' });
  });

  test('a user who never connected is told so', async () => {
    const stores = (await openAccountJob()).stores;
    const stranger = { ...stores.connections, load: async () => undefined };
    expect(await job.disconnect('keep', { connections: stranger })).toBe('not-connected');
  });

  test('releases the blocks ahead when asked to, and no booking', async () => {
    const id = await job.begin();
    await job.disconnect('release');
    expect(await job.blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
    expect(await job.appointment(id)).toMatchObject({ status: 'confirmed' });
    await job.connect(first);
    await job.agree(first);
    expect(await job.blockOf('Dentist')).toMatchObject({ status: 'confirmed' });
  });

  test('[R14] leaves Google in peace: hints are acknowledged, whatever is changed here', async () => {
    const id = await job.begin();
    await job.disconnect();
    job.forgetCalls();
    await job.edit(id, { title: 'Beard' });
    for (const reason of ['sweep', 'appointment', 'notification', 'enabled'] as const) {
      expect(await job.run({ calendarKey, reason })).toEqual({ kind: 'acknowledged', because: 'disconnected' });
    }
    expect(job.called()).toEqual([]);
    expect(await job.due()).toEqual([]);
  });

  test('[R1] and connecting again, what both sides have changed comes together, and deletions are found', async () => {
    const edited = await job.begin();
    const deleted = await job.book('b2', hourOf(11));
    await job.settle();
    await job.disconnect();
    await job.edit(edited, hourOf(16));
    const made = await job.book('b3', { title: 'Shave', ...hourOf(17) });
    expect((await job.appointment(made)).sync).toEqual({ state: 'local' });
    await job.patch(edited, { location: 'Main St 1' });
    await job.remove(deleted);
    job.control.deleteEvent({ calendar: first, eventId: (await job.blockOf('Dentist')).link?.eventId ?? '' });
    job.insert('Bank', 18);

    await job.connect(first);
    await job.settle();
    expect(await job.connection()).toMatchObject({ state: 'connected', connectGeneration: 3 });
    expect(await job.appointment(edited)).toMatchObject({
      fields: { location: 'Main St 1' },
      sync: { state: 'synced' },
    });
    expect((await job.appointment(deleted)).status).toBe('cancelled');
    expect((await job.blockOf('Dentist')).status).toBe('cancelled');
    expect((await job.appointment(made)).sync).toEqual({ state: 'local' }); // As before a first connect: push-existing sends it.
    expect((await job.held()).filter((held) => !held.startsWith('Shave'))).toEqual(job.shown(first));
    expect(await job.due()).toHaveLength(2);
  });

  test('and connecting another account needs no further word', async () => {
    const id = await job.begin();
    await job.disconnect();
    await job.connect(other);
    await job.agree(other);
    expect(await job.appointment(id)).toMatchObject({ link: { calendarKey: otherKey } });
    expect(await job.blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
  });

  test('[F25][F60] and connecting again, a calendar that Google lists no more is not taken for one that is synced', async () => {
    job.control.insertEvent({ calendar: shopId, event: { summary: 'Delivery', ...inGoogle(hourOf(15)) } });
    await job.settle();
    await job.disconnect();
    job.control.removeCalendar({ email: first, calendar: shopId });
    await job.connect(first);
    await job.drain();
    const shop = (await job.stores.calendars.load(shopKey)) ?? expect.fail('There is no calendar');
    expect(shop).toMatchObject({ connectGeneration: 3, enabled: false, disabledBecause: 'calendar_gone' });
    expect(await job.due()).toEqual([calendarKey]);
  });

  test('[R6] and connecting again, a calendar that only its user’s choice has switched on is synced at once too', async () => {
    job.control.setAccessRole({ email: first, calendar: shopId, accessRole: 'reader' });
    await job.disconnect();
    await job.connect(first);
    expect(job.sent.splice(0).map(({ hint }) => [hint.calendarKey, hint.reason])).toEqual([
      [calendarKey, 'connected'],
      [shopKey, 'connected'],
    ]);
  });

  test('keeps the switches of the user for the same account', async () => {
    await job.begin();
    const shop = (await job.calendars()).find(({ key }) => key !== calendarKey) ?? expect.fail('There is no shop');
    await job.stores.calendars.setSwitches(shop, { enabled: false, role: 'blocks' }, now);
    await job.disconnect();
    await job.connect(first);
    expect((await job.calendars()).map(({ enabled, connectGeneration }) => [enabled, connectGeneration])).toEqual([
      [true, 3],
      [false, 3],
    ]);
  });

  test.each([1, 2, 3])('[R13] cut off at write %i, is finished by the job or by being repeated', async (nth) => {
    await job.begin();
    const { disconnect } = job.stores.connections;
    const writes = failingAt({ disconnect, letGo: job.stores.calendars.letGo }, nth, 'after');
    const connections = { ...job.stores.connections, disconnect: writes.disconnect };
    const calendars = { ...job.stores.calendars, letGo: writes.letGo };
    await expect(job.disconnect('keep', { connections, calendars })).rejects.toThrow(Crash);
    for (const { key } of await job.calendars()) await job.run({ calendarKey: key, reason: 'sweep' });
    expect(await job.due()).toEqual([]);
    expect((await job.calendars()).map(({ connectGeneration }) => connectGeneration)).toEqual([2, 2]);
  });
});
