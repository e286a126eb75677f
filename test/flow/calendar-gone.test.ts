/** Calendars that are gone, or that Google lets us read no more, beside others that go on. Over HTTP. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AskedSwitches, chooseCalendar } from '../../shared/connections/choose-calendar.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { healthOf } from '../../shared/health/score.ts';
import { calendarId, calendarKey, now, userId } from '../support/samples.ts';
import { type GoogleJob, hourOf, inGoogle, openGoogleJob, shopId, shopKey } from './google-job.ts';

const left = { quarantined: 0, openConflicts: 0 };
let job: GoogleJob;
beforeEach(async () => {
  job = await openGoogleJob();
  await job.addShop();
  await job.sync();
  await job.sync(shopKey);
});
afterEach(() => job.stop());

/** Tomorrow's bookings; all but `untold` are in Google. */
const book = async (count: number, untold = 0): Promise<AppointmentId[]> => {
  const ids: AppointmentId[] = [];
  for (let nth = 0; nth < count; nth++) {
    const id = await job.book(`booking-${nth}`, hourOf(8 + nth));
    if (nth < count - untold) await job.push(id);
    ids.push(id);
  }
  return ids;
};
const choose = (asked: Pick<AskedSwitches, 'calendarId' | 'enabled' | 'role'>) =>
  chooseCalendar(
    { ...job.stores, queue: { send: async () => undefined } },
    { userId, ...asked },
    { now, chainId: asId('request') },
  );
const takeBookings = () => choose({ calendarId: shopId, enabled: true, role: 'bookings' });
const shop = async () => (await job.stores.calendars.load(shopKey)) ?? expect.fail('There is no calendar');
/** A foreign event of the shop is known here, and then Google knows the shop no more. */
const loseShop = async () => {
  job.control.insertEvent({ calendar: shopId, event: { summary: 'Delivery', ...inGoogle(hourOf(15)) } });
  await job.sync(shopKey);
  job.control.orderFault({ kind: 'status', status: 404, reason: 'notFound', path: 'calendars/shop' });
  expect(await job.sync(shopKey)).toMatchObject({ because: 'calendar_gone' });
};
/** Google lists it again when its user consents anew. */
const consent = async () =>
  job.stores.calendars.register({ ...(await shop()), enabled: true }, { dueAt: now, renewChannel: false });
const deliveries = async () =>
  (await job.appointments()).filter(({ fields }) => fields.title === 'Delivery').map(({ status }) => status);

test('[R2][F25] bookings of a calendar that is gone are made anew in the one that takes them next', async () => {
  const [planned, ...others] = (await book(4, 1)).reverse() as [AppointmentId, ...AppointmentId[]];
  job.control.orderFault({ kind: 'reset', method: 'POST', path: '/events' });
  await job.push(planned); // Planned; Google has not heard of it.
  job.control.removeCalendar({ email: calendarId, calendar: calendarId });
  expect(await job.sync()).toMatchObject({ because: 'calendar_gone' });
  expect(await takeBookings()).toEqual({ kind: 'done' });

  for (const id of [planned, ...others]) await job.push(id, {}, shopKey);
  await job.sync(shopKey);
  expect(job.live(shopId)).toHaveLength(4);
  const bookings = await job.appointments();
  expect(bookings).toHaveLength(4);
  for (const { status, sync, link } of bookings) {
    expect({ status, sync, link }).toMatchObject({
      status: 'confirmed',
      sync: { state: 'synced' },
      link: { calendarKey: shopKey, idGeneration: 2 },
    });
  }
  expect(await job.conflicts()).toEqual([]);
});

test('[R2] a booking whose calendar turns out to be gone before anybody has said so is not cancelled by the push', async () => {
  const [id] = (await book(1)) as [AppointmentId];
  job.control.removeCalendar({ email: calendarId, calendar: calendarId });
  await takeBookings();
  await job.push(id, {}, shopKey);
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'pending' } });
  await job.sync();
  await job.push(id, {}, shopKey);
  expect(job.live(shopId)).toHaveLength(1);
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
});

test('a booking that was cancelled here while its calendar went needs nothing more', async () => {
  const [id] = (await book(1)) as [AppointmentId];
  job.control.removeCalendar({ email: calendarId, calendar: calendarId });
  await job.sync();
  await job.cancel(id);
  await job.push(id, {}, shopKey);
  expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
  expect(job.live(shopId)).toEqual([]);
});

test.each([
  [403, 'forbidden'],
  [404, 'notFound'],
  [400, 'invalid'],
])('[R10] a deletion is applied though another calendar answers %i %s', async (status, reason) => {
  const [id] = (await book(1)) as [AppointmentId];
  await job.sync();
  job.control.orderFault({ kind: 'status', status, reason, path: 'calendars/shop', times: null });
  await job.remove(id);
  expect(await job.sync()).toMatchObject({ kind: 'synced', pull: { tally: { cancel: 1 } } });
  expect(await job.calendarNow()).not.toHaveProperty('trouble');
});

test('[R2] a deletion waits while another calendar, which may have the event, is in trouble', async () => {
  const [id] = (await book(1)) as [AppointmentId];
  await job.sync();
  job.control.orderFault({ kind: 'status', status: 503, reason: 'backendError', path: 'calendars/shop' });
  await job.moveTo(shopId, id);
  expect(await job.sync()).toMatchObject({ kind: 'failed', error: { status: 503 } });
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', link: { calendarKey } });
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', link: { calendarKey: shopKey } });
});

test('[F25][F60] one that is gone is missed until its owner switches it off, and then it stays off', async () => {
  await loseShop();
  expect(healthOf('connected', [{ calendar: await shop(), left }], now).score).toBe(0);
  expect(await choose({ calendarId: shopId, enabled: false, role: 'blocks' })).toEqual({ kind: 'done' });
  expect(await deliveries()).toEqual(['cancelled']);
  expect(healthOf('connected', [{ calendar: await shop(), left }], now).calendars).toEqual([]);
  await consent();
  expect(await shop()).toMatchObject({ enabled: false });
});

test('[F25][R1] one that Google lists again is listed anew: what was freed while it was gone takes its time again', async () => {
  await loseShop();
  await job.syncAt(job.passMinute(), { calendarKey: shopKey, reason: 'continuation' }, { google: job.google });
  expect(await deliveries()).toEqual(['cancelled']);
  await consent();
  expect(await job.sync(shopKey)).toMatchObject({ kind: 'synced', pull: { generation: true } });
  expect(await deliveries()).toEqual(['confirmed']);
});
