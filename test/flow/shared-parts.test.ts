/** What Google is told of a booking besides its fields: our own lines, and the parts that are shared by now, whatever has come between. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeSettings } from '../../shared/connections/change-settings.ts';
import type { CalendarId } from '../../shared/domain/ids.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import { userId } from '../support/samples.ts';
import { type DisputeJob, euros, lost, openDisputeJob, stamp } from './dispute-job.ts';
import { hourOf, inGoogle, shopId, shopKey } from './google-job.ts';

let job: DisputeJob;
beforeEach(async () => {
  job = await openDisputeJob();
});
afterEach(() => job.stop());

/** What the only event says, or ''. */
const said = (part: 'description' | 'location', calendar?: CalendarId) =>
  String(new Map(Object.entries(job.live(calendar)[0] ?? {})).get(part) ?? '');

/** Nobody names the appointment: Google is told because it is pending. */
const syncAlone = async () => {
  await job.sync();
  await job.sync();
};

test('[R1] a price told unheard, and put back here: the event says the price of now', async () => {
  const id = await job.booked();
  await job.edit(id, euros(40));
  await job.pushWhile(id, lost);
  await job.edit(id, euros(35));
  await job.push(id);
  expect(job.live()).toMatchObject([{ description: 'Price: 35.00 EUR' }]);
  await job.sync();
  await job.push(id);
  expect((await job.appointment(id)).fields.notes).toBe(undefined);
});

test('[R15] a price shared, told unheard, and shared no more goes', async () => {
  await job.share({ price: false });
  const id = await job.booked();
  await job.share({ price: true });
  await job.pushWhile(id, lost);
  await job.share({ price: false });
  await job.settle(id);
  expect(said('description')).toBe('');
  expect((await job.appointment(id)).fields.notes).toBe(undefined);
});

test('[R1] an insert unheard, and its price edited: the event says the price of now', async () => {
  const id = await job.keptAfterDeletion();
  await job.pushWhile(id, lost);
  await job.undo();
  await job.edit(id, euros(40));
  await job.decide(id, 'bookedbarber');
  await job.settle(id);
  expect(job.live()).toMatchObject([{ description: 'Price: 40.00 EUR' }]);
  expect((await job.appointment(id)).fields.notes).toBe(undefined);
});

test("[R2] a price told unheard, and put back here, is nobody's notes when the title is changed in Google", async () => {
  const id = await job.booked();
  await job.edit(id, euros(40));
  await job.pushWhile(id, lost);
  await job.edit(id, euros(35));
  await job.push(id);
  await job.patch(id, { summary: 'Cut' });
  await job.sync();
  await job.settle(id);
  expect((await job.appointment(id)).fields.notes).toBe(undefined);
});

test.each([[true], [false]])(
  '[R1] a price shared no more, told unheard, and shared again comes back (listed before: %s)',
  async (listed) => {
    const id = await job.booked();
    await job.share({ price: false });
    await job.pushWhile(id, lost);
    await job.share({ price: true });
    if (listed) await job.sync();
    await job.settle(id);
    expect(said('description')).toBe('Price: 35.00 EUR');
  },
);

test.each([[true], [false]])(
  '[R15] a place shared, told unheard, and shared no more goes (listed before: %s)',
  async (listed) => {
    await job.share({ location: false });
    const id = await job.booked({ location: 'Home of Ann' });
    await job.share({ location: true });
    await job.pushWhile(id, lost);
    await job.share({ location: false });
    if (listed) await job.sync();
    await job.settle(id);
    expect(said('location')).toBe('');
  },
);

test('[R15] a place shared no more goes, although the event is changed there before that is pushed', async () => {
  await job.share({ location: true });
  const id = await job.booked({ location: 'Home of Ann' });
  await job.share({ location: false });
  await job.patch(id, { summary: 'Cut' });
  await job.sync();
  await job.settle(id);
  expect(said('location')).toBe('');
});

test('[R15] so it does in dispute', async () => {
  await job.share({ location: true });
  const id = await job.booked({ location: 'Home of Ann' });
  await job.edit(id, hourOf(11));
  await job.patch(id, inGoogle(hourOf(12)));
  await job.push(id);
  await job.share({ location: false });
  await job.patch(id, { summary: 'Cut' });
  await job.sync();
  await job.decide(id, 'google');
  await job.settle(id);
  expect(said('location')).toBe('');
});

test('[R15] so it does when an edit of it was told unheard', async () => {
  await job.share({ location: true });
  const id = await job.booked({ location: 'Home of Ann' });
  await job.edit(id, { location: 'Home of Bob' });
  await job.pushWhile(id, lost);
  await job.share({ location: false });
  await job.sync();
  await job.settle(id);
  expect(said('location')).toBe('');
});

test('[R15] so it does when the event is moved to another calendar', async () => {
  await job.share({ location: true });
  const id = await job.booked({ location: 'Home of Ann' });
  await job.share({ location: false });
  await job.moveTo(shopId, id);
  await job.sync();
  await job.sync(shopKey);
  await job.push(id);
  await job.push(id, {}, shopKey);
  await job.sync(shopKey);
  expect(said('location', shopId)).toBe('');
});

test('[R15] a contact shared no more while in dispute goes when Google comes to agree by itself', async () => {
  await job.share({ clientContact: true });
  const id = await job.booked({ clientContact: 'ann@x.org' });
  await job.edit(id, hourOf(11));
  await job.patch(id, inGoogle(hourOf(12)));
  await job.push(id);
  expect(await job.openItems()).toHaveLength(1);
  await job.share({ clientContact: false });
  await job.patch(id, inGoogle(hourOf(11)));
  await syncAlone();
  expect(await job.openItems()).toHaveLength(0);
  expect((await job.appointment(id)).sync.state).toBe('synced');
  expect(JSON.stringify(job.live())).not.toContain('ann@x.org');
});

test('[R1] a price edited while in dispute is told then', async () => {
  const id = await job.disputed();
  await job.edit(id, euros(50));
  await job.patch(id, inGoogle(hourOf(11)));
  await syncAlone();
  expect(await job.openItems()).toHaveLength(0);
  expect(job.live()).toMatchObject([{ description: 'Price: 50.00 EUR' }]);
});

test('[R1] so are notes that are shared meanwhile', async () => {
  await job.share({ notes: false });
  const id = await job.booked({ notes: 'Back door' });
  await job.edit(id, hourOf(11));
  await job.patch(id, inGoogle(hourOf(12)));
  await job.push(id);
  await job.share({ notes: true });
  await job.patch(id, inGoogle(hourOf(11)));
  await syncAlone();
  expect(await job.openItems()).toHaveLength(0);
  expect((await job.appointment(id)).fields.notes).toBe('Back door');
  expect(JSON.stringify(job.live())).toContain('Back door');
});

test('[R15] a contact shared no more while the event is set aside goes when that can be read again', async () => {
  await job.share({ clientContact: true });
  const id = await job.booked({ clientContact: 'ann@x.org' });
  await job.patch(id, { end: { dateTime: '2026-06-03T11:00:00-05:00', timeZone: 'America/New_York' } });
  await job.sync();
  expect((await job.appointment(id)).sync.state).toBe('quarantined');
  await job.share({ clientContact: false });
  await job.patch(id, inGoogle(hourOf(10)));
  await syncAlone();
  expect((await job.appointment(id)).sync.state).toBe('synced');
  expect(JSON.stringify(job.live())).not.toContain('ann@x.org');
});

test('[R1] a price edited meanwhile is told then', async () => {
  const id = await job.booked();
  await job.patch(id, { end: { dateTime: '2026-06-03T11:00:00-05:00', timeZone: 'America/New_York' } });
  await job.sync();
  await job.edit(id, euros(50));
  await job.patch(id, inGoogle(hourOf(10)));
  await syncAlone();
  expect((await job.appointment(id)).sync.state).toBe('synced');
  expect(job.live()).toMatchObject([{ description: 'Price: 50.00 EUR' }]);
});

test('[R15] a contact shared no more goes, although the same change of what is shared ends a dispute', async () => {
  await job.choose('manual');
  await job.share({ service: false, clientName: true, clientContact: true, price: false });
  const id = await job.booked({ title: undefined, clientName: 'Ann', service: 'Cut', clientContact: 'ann@x.org' });
  await job.edit(id, { clientName: 'Bob' });
  await job.patch(id, { summary: 'Cut – Bob' });
  await job.push(id);
  expect(await job.openItems()).toHaveLength(1);
  await job.share({ service: true, clientContact: false });
  expect(await job.openItems()).toHaveLength(0);
  await syncAlone();
  expect(JSON.stringify(job.live())).not.toContain('ann@x.org');
});

test('[R15] of two changes of settings at once the later one holds', async () => {
  await job.share({ service: false, clientName: false });
  const id = await job.book('b', { title: undefined, clientName: 'Ann', service: 'Cut' });
  await job.push(id);
  let isMade = false;
  const settings = (shared: object) => ({
    ...defaultSettings,
    shared: { ...defaultSettings.shared, service: false, clientName: false, ...shared },
  });
  const save: typeof job.stores.appointments.save = async (...given) => {
    if (!isMade) {
      isMade = true;
      await job.share({ clientName: false });
    }
    return job.stores.appointments.save(...given);
  };
  const stores = { ...job.stores, appointments: { ...job.stores.appointments, save } };
  await changeSettings(stores, userId, settings({ clientName: true }), {
    now: job.passMinute(),
    chainId: stamp.chainId,
  });
  await job.push(id);
  await job.sync();
  const { settings: last } = await job.connectionNow();
  expect(last?.shared.clientName).toBe(false);
  expect(job.live()).toMatchObject([{ summary: 'Booked' }]);
});
