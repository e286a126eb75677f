/** A decision that was taken back has told Google something, or may have: what a person says there since is told from our own words. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decideConflict } from '../../shared/conflicts/decide-conflict.ts';
import type { GivenValues } from '../../shared/conflicts/merged-values.ts';
import { seenOf } from '../../shared/conflicts/review.ts';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import { Crash } from '../support/faulty.ts';
import { calendarId } from '../support/samples.ts';
import { answers, type DisputeJob, eleven, lost, openDisputeJob, stamp, twelve } from './dispute-job.ts';
import { hourOf, inGoogle, shopId, shopKey } from './google-job.ts';

let job: DisputeJob;
beforeEach(async () => {
  job = await openDisputeJob();
});
afterEach(() => job.stop());

/** Our process dies after its note and before Google hears anything. */
const crash = async (): Promise<never> => {
  throw new Crash();
};
const merge = async (id: AppointmentId, values: GivenValues) => {
  const conflict = await job.item();
  const seen = seenOf({ conflict, appointment: await job.appointment(id) });
  const asked = { choice: 'merged', values, seen, allowOverlap: true } as const;
  expect(await decideConflict(job.stores, conflict.id, asked, stamp)).toEqual({ kind: 'done' });
};

test.each([
  ['lost', true],
  ['lost', false],
  ['unsent', true],
  ['unsent', false],
] as const)(
  '[R2] given to Google in part, %s, taken back, another part changed there (listed before: %s)',
  async (how, listed) => {
    const id = await job.disputed();
    await job.edit(id, { notes: 'Back door' });
    await job.decide(id, 'google');
    if (how === 'lost') await job.pushWhile(id, lost);
    else await job.push(id, { google: { ...job.google, updateEvent: crash } });
    await job.undo();
    if (listed) await job.sync();
    await job.patch(id, { summary: 'Cut' });
    await job.sync();
    expect(await job.item()).toMatchObject({ status: 'open' });
    expect(await job.appointment(id)).toMatchObject({
      fields: { start: eleven.dateTime },
      sync: { state: 'conflict' },
    });
  },
);

test.each(answers)(
  '[R2] made anew, taken back, edited, kept again and taken back, the answer %s',
  async (_, pushAndUndo) => {
    const id = await job.keptAfterDeletion();
    await job.push(id);
    await job.undo();
    await job.edit(id, { title: 'Shave' });
    await job.decide(id, 'bookedbarber');
    await pushAndUndo(job, id);
    await job.sync();
    expect(await job.openItems()).toHaveLength(1);
  },
);

test('[R2] a title told, taken back, then changed there, is a change of what it was told', async () => {
  const id = await job.disputed();
  await job.edit(id, { title: 'Shave' });
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  await job.undo();
  await job.choose('bookedbarber_wins');
  await job.patch(id, { summary: 'Cut' });
  await job.sync();
  await job.push(id);
  expect(job.live()).toMatchObject([{ summary: 'Cut' }]);
});

test('[R2] so are the times', async () => {
  const id = await job.disputed();
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  await job.undo();
  await job.choose('bookedbarber_wins');
  await job.patch(id, inGoogle(hourOf(13)));
  await job.sync();
  await job.push(id);
  expect(job.startInGoogle()).toMatchObject({ dateTime: '2026-03-03T13:00:00-05:00' });
});

test('[R2] and a title put back there to what it was before it was told', async () => {
  const id = await job.disputed();
  await job.edit(id, { title: 'Shave' });
  await job.decide(id, 'google');
  await job.push(id);
  await job.undo();
  await job.patch(id, { summary: 'Haircut' });
  await job.sync();
  await job.decide(id, 'google');
  await job.push(id);
  expect(job.live()).toMatchObject([{ summary: 'Haircut', start: twelve }]);
});

test('[R2] settled by policy while Google still has what it was told, and changed there before that is pushed', async () => {
  const id = await job.disputed();
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  await job.undo();
  await job.choose('bookedbarber_wins');
  await job.patch(id, { summary: 'Cut' });
  await job.sync(undefined, { google: { ...job.google, readEvent: crash } }).catch(() => undefined);
  await job.patch(id, inGoogle(hourOf(13)));
  await job.sync();
  await job.push(id);
  expect(job.startInGoogle()).toMatchObject({ dateTime: '2026-03-03T13:00:00-05:00' });
});

test('[R2] our deletion, told and taken back, then the event taken from the bin and moved: newer than our deletion', async () => {
  const id = await job.cancelledInDispute();
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  await job.undo();
  await job.choose('bookedbarber_wins');
  const { link } = await job.appointment(id);
  job.passMinute();
  job.control.restoreEvent({ calendar: calendarId, eventId: link?.eventId ?? '' });
  await job.patch(id, inGoogle(hourOf(13)));
  await job.sync();
  await job.push(id);
  expect(job.live()).toHaveLength(1);
});

const keptAfterUnsentDeletion = async () => {
  const id = await job.cancelledInDispute();
  await job.decide(id, 'bookedbarber');
  await job.push(id, { google: { ...job.google, deleteEvent: crash } });
  await job.undo();
  await job.decide(id, 'google');
  await job.push(id);
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
  return id;
};
test('[R1] a deletion that never went out says nothing of the version that an update of ours made', async () => {
  const id = await keptAfterUnsentDeletion();
  await job.edit(id, { title: 'Shave' });
  await job.push(id);
  await job.remove(id);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
});

test('[R1] nor of the event in the calendar to which a person has moved it', async () => {
  const id = await keptAfterUnsentDeletion();
  await job.edit(id, { price: { amount: 100, currency: 'EUR' } });
  await job.moveTo(shopId, id);
  await job.push(id);
  await job.push(id, {}, shopKey);
  expect((await job.appointment(id)).link).toMatchObject({ calendarKey: shopKey });
  await job.remove(id);
  await job.sync(shopKey);
  expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
});

test("[R2] nor is a person's deletion of a later version taken for ours: both are gone", async () => {
  const id = await job.cancelledInDispute();
  await job.decide(id, 'bookedbarber');
  await job.push(id, { google: { ...job.google, deleteEvent: crash } });
  await job.undo();
  await merge(id, { text: {}, times: hourOf(13) });
  await job.push(id);
  await job.undo();
  await job.remove(id);
  await job.sync();
  expect(await job.item()).toMatchObject({ status: 'agreed' });
});

const cancelledBlock = async () => {
  job.insert('Dentist', 10);
  await job.sync();
  const block = (await job.appointments()).find(({ kind }) => kind === 'block') ?? expect.fail('There is no block');
  await job.patch(block.id, inGoogle(hourOf(12)));
  await job.cancel(block.id);
  await job.push(block.id);
  expect(await job.item()).toMatchObject({ kind: 'deleted_in_bookedbarber', status: 'open' });
  await job.decide(block.id, 'bookedbarber');
  return block.id;
};
test('[R1] an event that is shown as free has not been deleted by us: the block goes unasked', async () => {
  const id = await cancelledBlock();
  await job.push(id, { google: { ...job.google, deleteEvent: crash } });
  await job.undo();
  await job.decide(id, 'google');
  await job.push(id);
  await job.patch(id, { transparency: 'transparent' });
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
});

test.each(['unsent', 'heard'] as const)(
  '[R3] in dispute (%s): both agree, and no second event is made',
  async (how) => {
    const id = await cancelledBlock();
    await job.push(id, how === 'heard' ? {} : { google: { ...job.google, deleteEvent: crash } });
    await job.undo();
    const { link } = await job.appointment(id);
    job.passMinute();
    if (how === 'heard') job.control.restoreEvent({ calendar: calendarId, eventId: link?.eventId ?? '' });
    await job.patch(id, { transparency: 'transparent' });
    await job.sync();
    if ((await job.item()).status === 'open') {
      await job.decide(id, 'google');
      await job.push(id);
    }
    expect(job.live()).toHaveLength(1);
    expect(await job.item()).toMatchObject({ status: 'agreed' });
  },
);

test('[R2] notes that Google is not told, edited after what was made anew was taken back: it stays in dispute', async () => {
  await job.share({ notes: false });
  const id = await job.keptAfterDeletion();
  await job.push(id);
  await job.undo();
  await job.edit(id, { notes: 'Back door' });
  await job.sync();
  expect(await job.item()).toMatchObject({ status: 'open' });
});

test('[R2] nor do they hand a dispute to the policy', async () => {
  await job.share({ notes: false });
  const id = await job.disputed();
  await job.edit(id, { notes: 'Back door' });
  await job.choose('google_wins');
  await job.sync();
  expect(await job.openItems()).toHaveLength(1);
});

test("[R2] held with a mass change, told and taken back: Google's own times are not forgotten", async () => {
  const id = await job.disputed();
  const ids: AppointmentId[] = [];
  for (let nth = 0; nth < 14; nth++)
    ids.push(await job.book(`${nth}`, hourOf(8 + (nth % 10), 1 + Math.floor(nth / 10))));
  await job.sync();
  await job.sync();
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  await job.undo();
  await job.choose('google_wins');
  for (const one of ids) await job.patch(one, inGoogle(hourOf(20, 20)));
  await job.patch(id, { summary: 'Cut' });
  await job.sync();
  const mass = (await job.conflicts()).find(({ kind }) => kind === 'mass_change') ?? expect.fail('Nothing is held');
  const seen = seenOf({ conflict: mass, appointment: await job.appointment(mass.appointmentId) });
  const asked = { choice: 'google', seen, allowOverlap: true } as const;
  expect(await decideConflict(job.stores, mass.id, asked, stamp)).toEqual({ kind: 'done' });
  await job.push(id);
  await job.sync();
  const isAsked = (await job.openItems()).some(({ appointmentId, kind }) => appointmentId === id && kind === 'fields');
  const { fields } = await job.appointment(id);
  expect(isAsked || fields.start === twelve.dateTime).toBe(true);
});

test('kept while Google answers our deletion: that was heard, so it is made anew and nobody is asked', async () => {
  const id = await job.cancelledInDispute();
  await job.decide(id, 'bookedbarber');
  await job.pushWhile(id, async () => {
    await job.undo();
    await job.decide(id, 'google');
  });
  await job.push(id);
  expect(await job.openItems()).toHaveLength(0);
  expect(job.live()).toHaveLength(1);
});

test('made anew and taken back, given up and taken back while that was being told, and kept: it is', async () => {
  const id = await job.keptAfterDeletion();
  await job.push(id);
  await job.undo();
  await job.decide(id, 'google');
  await job.pushWhile(id, job.undo);
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  await job.sync();
  expect(await job.openItems()).toHaveLength(0);
  expect(job.live()).toHaveLength(1);
});

test('[R1] both agree by what a person says there: what it was told beside that is taken back there too', async () => {
  const id = await job.disputed();
  await merge(id, { title: 'Shave', text: {}, times: hourOf(13) });
  await job.push(id);
  await job.undo();
  await job.patch(id, inGoogle(hourOf(11)));
  await job.sync();
  expect(await job.item()).toMatchObject({ status: 'agreed' });
  await job.push(id);
  expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Haircut', start: eleven.dateTime } });
  expect(job.live()).toMatchObject([{ summary: 'Haircut', start: eleven }]);
});
