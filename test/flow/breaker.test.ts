/** [R9] Many bookings deleted or moved at once in Google: a person is asked before more than a few of them go. Over HTTP. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decideConflict } from '../../shared/conflicts/decide-conflict.ts';
import { seenOf } from '../../shared/conflicts/review.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import { failingAt } from '../support/faulty.ts';
import { calendarId, calendarKey, now, userId } from '../support/samples.ts';
import { type GoogleJob, hourOf, inGoogle, openGoogleJob, shopKey } from './google-job.ts';

let job: GoogleJob;
beforeEach(async () => {
  job = await openGoogleJob();
  await job.sync();
});
afterEach(() => job.stop());

/** Future bookings, ten a day from tomorrow on, all of them in Google. */
const bookMany = async (count: number): Promise<AppointmentId[]> => {
  const ids: AppointmentId[] = [];
  for (let nth = 0; nth < count; nth++) {
    ids.push(await job.book(`booking-${nth}`, hourOf(8 + (nth % 10), Math.floor(nth / 10))));
  }
  await job.sync();
  await job.sync();
  return ids;
};
const removeAll = async (ids: AppointmentId[]) => {
  for (const id of ids) await job.remove(id);
};
const statesOf = async (ids: AppointmentId[]) => {
  const found = await Promise.all(ids.map((id) => job.appointment(id)));
  return Object.fromEntries(
    Object.entries(Object.groupBy(found, ({ status, sync }) => `${status} ${sync.state}`)).map(([state, all]) => [
      state,
      all?.length,
    ]),
  );
};

describe('of 30 future bookings, 12 deleted', () => {
  test('in one increment are held in one item; everything else is applied, and the cursor goes on', async () => {
    const ids = await bookMany(30);
    const { cursor } = await job.calendarNow();
    await removeAll(ids.slice(0, 12));
    await job.patch(ids[20] as AppointmentId, { summary: 'Shave' });
    job.insert('Dentist', 20);
    expect(await job.sync()).toMatchObject({ kind: 'synced', pull: { tally: { hold: 12, update: 1, create: 1 } } });

    expect(await statesOf(ids)).toEqual({ 'confirmed held': 12, 'confirmed synced': 18 });
    expect(await job.conflicts()).toMatchObject([{ kind: 'mass_change', status: 'open' }]);
    expect(new Set((await job.conflicts())[0]?.held)).toEqual(new Set(ids.slice(0, 12)));
    expect((await job.appointment(ids[20] as AppointmentId)).fields.title).toBe('Shave');
    expect((await job.calendarNow()).cursor).not.toBe(cursor);
  });

  test('are not pushed while they are held, whatever is edited here', async () => {
    const ids = await bookMany(30);
    await removeAll(ids.slice(0, 12));
    await job.sync();
    await job.edit(ids[0] as AppointmentId, { title: 'Shave' });
    job.control.clearLogs();
    await job.push(ids[0] as AppointmentId);
    await job.sync();
    expect(job.control.requests().map(({ operation }) => operation)).toEqual(['calendar.events.list']);
    expect(await statesOf(ids)).toEqual({ 'confirmed held': 12, 'confirmed synced': 18 });
    expect(await job.conflicts()).toHaveLength(1);
  });

  test('over several pages cancel no more than the limit', async () => {
    const ids = await bookMany(30);
    await removeAll(ids.slice(0, 12));
    job.control.orderFault({ kind: 'short-page', size: 5, path: '/events\\?', times: null });
    await job.sync();
    expect(await statesOf(ids)).toEqual({ 'cancelled synced': 10, 'confirmed held': 2, 'confirmed synced': 18 });
    expect(await job.conflicts()).toMatchObject([{ kind: 'mass_change' }]);
  });

  test('of which the first page alone is too much go on being held on the next one, however few', async () => {
    const ids = await bookMany(30);
    await removeAll(ids.slice(0, 15));
    job.control.orderFault({ kind: 'short-page', size: 12, path: '/events\\?', times: null });
    await job.sync();
    expect(await statesOf(ids)).toEqual({ 'confirmed held': 15, 'confirmed synced': 15 });
    expect(await job.conflicts()).toMatchObject([{ kind: 'mass_change', held: { length: 15 } }]);
  });

  test('of which Google wants the rest listed anew cancel no more than the limit', async () => {
    const ids = await bookMany(30);
    await removeAll(ids.slice(0, 18));
    job.control.orderFault({ kind: 'short-page', size: 5, path: '/events\\?', times: null });
    let pages = 0;
    const listEvents: GoogleJob['google']['listEvents'] = async (caller, request) =>
      ++pages === 3 ? { kind: 'expired' } : job.google.listEvents(caller, request);
    await job.sync(calendarKey, { google: { ...job.google, listEvents } });
    expect(await statesOf(ids)).toEqual({ 'cancelled synced': 10, 'confirmed held': 8, 'confirmed synced': 12 });
  });

  test('and found missing by a new generation are held as well [R8]', async () => {
    const ids = await bookMany(30);
    await removeAll(ids.slice(0, 12));
    job.control.expireSyncTokens({ calendar: calendarId });
    expect(await job.sync()).toMatchObject({ pull: { generation: true, tally: { hold: 12 } } });
    expect(await statesOf(ids)).toEqual({ 'confirmed held': 12, 'confirmed synced': 18 });
    expect(await job.conflicts()).toHaveLength(1);
  });
});

test.each(['appointments', 'conflicts', 'calendars'] as const)(
  'a run that crashes at any call of %s holds them in one item all the same',
  async (port) => {
    const ids = await bookMany(12);
    await removeAll(ids);
    const isDone = async () => (await statesOf(ids))['confirmed held'] === 12;
    for (let call = 1; !(await isDone()); call++) {
      expect(call).toBeLessThan(60);
      const faulty = { [port]: failingAt<never>(job.stores[port] as never, call, 'after') };
      await job.sync(undefined, faulty).catch(() => undefined);
    }
    await job.sync();
    expect(await statesOf(ids)).toEqual({ 'confirmed held': 12 });
    expect(await job.conflicts()).toMatchObject([{ kind: 'mass_change', status: 'open', held: { length: 12 } }]);
  },
);

test('12 moved are held as well, and 12 renamed are not', async () => {
  const ids = await bookMany(30);
  for (const id of ids.slice(0, 12)) await job.patch(id, inGoogle(hourOf(20, 20)));
  for (const id of ids.slice(12, 24)) await job.patch(id, { summary: 'Shave' });
  expect(await job.sync()).toMatchObject({ pull: { tally: { hold: 12, update: 12 } } });
});

test('10 deleted are no more than a person may do without being asked', async () => {
  const ids = await bookMany(30);
  await removeAll(ids.slice(0, 10));
  await job.sync();
  expect(await statesOf(ids)).toEqual({ 'cancelled synced': 10, 'confirmed synced': 20 });
  expect(await job.conflicts()).toEqual([]);
});

test('12 of 70 are too small a share to ask', async () => {
  const ids = await bookMany(70);
  await removeAll(ids.slice(0, 12));
  await job.sync();
  expect(await statesOf(ids)).toEqual({ 'cancelled synced': 12, 'confirmed synced': 58 });
  expect(await job.conflicts()).toEqual([]);
});

test('blocks may come and go as they like: no client is affected', async () => {
  await bookMany(3);
  const events = Array.from({ length: 12 }, (_, nth) => job.insert(`Block ${nth}`, 20));
  await job.sync();
  for (const { id } of events) job.control.deleteEvent({ calendar: calendarId, eventId: id });
  expect(await job.sync()).toMatchObject({ pull: { tally: { cancel: 12 } } });
});

describe('deletions, which may be moves to another calendar,', () => {
  beforeEach(async () => {
    await job.addShop();
    await job.sync(shopKey);
  });

  test('[R11] are looked for there a few at a time, the calendars read once', async () => {
    const ids = await bookMany(30);
    await removeAll(ids.slice(0, 10));
    let [asking, most, listed] = [0, 0, 0];
    const getEvent: GoogleJob['google']['getEvent'] = async (caller, request) => {
      most = Math.max(most, ++asking);
      const answer = await job.google.getEvent(caller, request);
      asking -= 1;
      return answer;
    };
    const listOf: typeof job.stores.calendars.listOf = (owner) => {
      listed += 1;
      return job.stores.calendars.listOf(owner);
    };
    const calendars = { ...job.stores.calendars, listOf };
    await job.sync(calendarKey, { google: { ...job.google, getEvent }, calendars });
    expect({ most, listed }).toEqual({ most: 8, listed: 1 });
    expect(await statesOf(ids)).toEqual({ 'cancelled synced': 10, 'confirmed synced': 20 });
  });

  test('[R11] are held without a look when they are too many, and looked for when they are released', async () => {
    const ids = await bookMany(12);
    for (const id of ids.slice(0, 6)) await job.moveTo(asId('shop@group.calendar.google.com'), id);
    await removeAll(ids.slice(6));
    job.control.clearLogs();
    await job.sync();
    expect(job.control.requests().map(({ operation }) => operation)).toEqual(['calendar.events.list']);
    expect(await statesOf(ids)).toEqual({ 'confirmed held': 12 });

    await release();
    await job.sync();
    expect(await statesOf(ids)).toEqual({ 'cancelled synced': 6, 'confirmed synced': 6 });
  });
});

/** A person says that Google's side of the one open item wins. */
const release = async () => {
  const [conflict] = await job.conflicts();
  if (conflict === undefined) return expect.fail('There is nothing to release');
  const appointment = await job.appointment(conflict.appointmentId);
  const asked = { choice: 'google', seen: seenOf({ conflict, appointment }), allowOverlap: true } as const;
  const stamp = { now, chainId: asId<never>('release'), userId };
  expect(await decideConflict(job.stores, conflict.id, asked, stamp)).toEqual({ kind: 'done' });
};
describe('the push of an edit here that meets', () => {
  beforeEach(async () => {
    await job.stop();
    job = await openGoogleJob({ ...defaultSettings, conflictPolicy: 'google_wins' });
    await job.sync();
  });

  test.each([
    ['a deletion', (id: AppointmentId) => job.remove(id)],
    ['a move', (id: AppointmentId) => job.patch(id, inGoogle(hourOf(20, 20)))],
  ])('%s leaves it to the listing, and asks for one', async (_, change) => {
    const [id] = (await bookMany(1)) as [AppointmentId];
    await job.edit(id, { location: 'New shop' });
    await change(id);
    const before = await job.appointment(id);
    job.sent.splice(0);
    await job.push(id);
    expect(await job.appointment(id)).toMatchObject({
      status: 'confirmed',
      version: before.version,
      fields: before.fields,
    });
    expect(job.sent).toMatchObject([{ hint: { calendarKey, reason: 'sweep' } }]);
  });

  test('many cancels none of them: the listing counts and holds them, until a person releases them', async () => {
    const ids = await bookMany(15);
    for (const id of ids) await job.edit(id, { location: 'New shop' });
    await removeAll(ids);
    for (const id of ids) await job.push(id);
    expect(await statesOf(ids)).toEqual({ 'confirmed pending': 15 });
    await job.sync();
    expect(await statesOf(ids)).toEqual({ 'confirmed held': 15 });

    await release();
    for (const id of ids) await job.push(id);
    expect(await statesOf(ids)).toEqual({ 'cancelled synced': 15 });
    expect(await job.conflicts()).toMatchObject([{ kind: 'mass_change', status: 'resolved' }]);
  });
});

test('[R2] what was edited here while it was held is not released along: that is a question of its own', async () => {
  const ids = await bookMany(12);
  const [edited] = ids as [AppointmentId];
  await removeAll(ids);
  await job.sync();
  await job.edit(edited, { title: 'Confirmed with the client' });
  await release();
  for (const id of ids) await job.push(id);
  expect(await statesOf(ids)).toEqual({ 'cancelled synced': 11, 'confirmed conflict': 1 });
  expect((await job.conflicts()).find(({ status }) => status === 'open')).toMatchObject({
    kind: 'deleted_in_google',
    appointmentId: edited,
  });
});

test('what a person has released is not held again by a listing that comes before its push', async () => {
  const ids = await bookMany(12);
  await removeAll(ids);
  await job.sync();
  await release();
  job.control.expireSyncTokens({ calendar: calendarId });
  expect(await job.sync()).toMatchObject({ pull: { generation: true, tally: { cancel: 12 } } });
  expect(await statesOf(ids)).toEqual({ 'cancelled synced': 12 });
});
