/** What a person's decision leaves to be done, with the real push, pull and decide. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseCalendar } from '../../shared/connections/choose-calendar.ts';
import { calendarId, userId } from '../support/samples.ts';
import { type DisputeJob, eleven, euros, openDisputeJob, stamp, twelve } from './dispute-job.ts';
import { hourOf, inGoogle, shopId, shopKey } from './google-job.ts';

let job: DisputeJob;
beforeEach(async () => {
  job = await openDisputeJob();
});
afterEach(() => job.stop());

test('[R1] a price that was changed during the dispute is told after it, though the times need not be', async () => {
  const id = await job.disputed();
  await job.edit(id, euros(50));
  await job.decide(id, 'google');
  expect((await job.appointment(id)).sync).toMatchObject({ state: 'pending' });
  await job.push(id);
  expect(job.live()[0]).toMatchObject({ start: twelve, description: 'Price: 50.00 EUR' });
  expect((await job.appointment(id)).sync).toEqual({ state: 'synced' });
});

test('[R1] so it is when both sides come to agree by an edit here', async () => {
  const id = await job.disputed();
  await job.edit(id, { ...euros(50), ...hourOf(12) });
  expect(await job.item()).toMatchObject({ status: 'agreed' });
  await job.push(id);
  expect(job.live()[0]).toMatchObject({ start: twelve, description: 'Price: 50.00 EUR' });
});

test('[R6] decided after its calendar was switched off, it goes to the one that takes the bookings now', async () => {
  const id = await job.disputed();
  const deps = { ...job.stores, queue: { send: async () => undefined } };
  await chooseCalendar(deps, { userId, calendarId: shopId, enabled: true, role: 'bookings' }, stamp);
  await chooseCalendar(deps, { userId, calendarId, enabled: false, role: 'blocks' }, stamp);
  await job.decide(id, 'bookedbarber');
  expect((await job.appointment(id)).sync).toMatchObject({ state: 'pending', target: { calendarKey: shopKey } });
  await job.push(id, {}, shopKey);
  expect(job.live()).toEqual([]);
  expect(job.live(shopId)).toMatchObject([{ start: eleven }]);
});

test('[R1][R5] one that was moved in Google while it was in dispute is known where it lies, and stays in dispute until then', async () => {
  const id = await job.disputed();
  await job.moveTo(shopId, id);
  await job.sync(shopKey);
  await job.sync();
  expect(await job.item()).toMatchObject({ status: 'open' });
  await job.decide(id, 'google');
  const [event = expect.fail('There is no event')] = job.live(shopId);
  expect(await job.appointment(id)).toMatchObject({
    sync: { state: 'synced' },
    link: { calendarKey: shopKey, observed: { etag: event.etag } },
  });
});

test('[R6] so does one that is edited after its calendar has vanished', async () => {
  const id = await job.book('b');
  await job.push(id);
  await job.sync();
  await job.stores.calendars.chooseBookingsCalendar(
    { ...(await job.calendarNow()), key: shopKey, role: 'blocks' },
    await job.calendarNow(),
  );
  await job.stores.calendars.switchOff(await job.calendarNow(), 'calendar_gone');
  await job.edit(id, { notes: 'Back door' });
  expect((await job.appointment(id)).sync).toMatchObject({ state: 'pending', target: { calendarKey: shopKey } });
});

test('[R2] notes that were about to be told when a dispute began are told after it, and not taken for deleted there', async () => {
  await job.share({ notes: false });
  const id = await job.book('b', { notes: 'Back door' });
  await job.push(id);
  await job.edit(id, hourOf(11));
  await job.share({ notes: true });
  await job.patch(id, inGoogle(hourOf(12)));
  await job.push(id);
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ fields: { notes: 'Back door' }, sync: { state: 'synced' } });
  expect(job.live()).toMatchObject([{ start: eleven, description: 'Back door' }]);
});
