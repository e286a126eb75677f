/** A person decides, and takes back, what began in an account that another has replaced since. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decideConflict } from '../../shared/conflicts/decide-conflict.ts';
import { seenOf } from '../../shared/conflicts/review.ts';
import { takeBack } from '../../shared/conflicts/take-back.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { userId } from '../support/samples.ts';
import { type AccountJob, openConnectedJob, other } from './account-job.ts';
import { hourOf, inGoogle } from './google-job.ts';

let job: AccountJob;
let booking: AppointmentId;
beforeEach(async () => {
  job = await openConnectedJob();
  booking = await job.begin();
});
afterEach(() => job.stop());

const stamp = () => ({ now: job.passMinute(), chainId: asId<never>('person'), userId });
const item = async () => (await job.conflicts())[0] ?? expect.fail('There is no review item');
const decide = async (choice: 'google' | 'bookedbarber') => {
  const conflict = await item();
  const seen = seenOf({ conflict, appointment: await job.appointment(conflict.appointmentId) });
  const asked = { choice, seen, allowOverlap: true };
  expect(await decideConflict(job.stores, conflict.id, asked, stamp())).toEqual({ kind: 'done' });
};
const undo = async () => takeBack(job.stores, (await item()).id, stamp());
const refused = { kind: 'refused', because: 'changed_since' };

/** Cancelled here, and changed in Google. */
const cancelled = async () => {
  await job.patch(booking, { summary: 'Haircut?' });
  await job.cancel(booking);
  await job.settle();
};
/** Moved to 16 here, and to 17 in Google. */
const movedTwice = async () => {
  await job.edit(booking, hourOf(16));
  await job.patch(booking, inGoogle(hourOf(17)));
  await job.sync();
};
/** Moved in Google to where another booking is. */
const overlapping = async () => {
  await job.book('another', hourOf(17));
  await job.settle();
  await job.patch(booking, inGoogle(hourOf(17)));
  await job.settle();
};

test('[R1] a cancellation in dispute, decided for the event: it has its event in the account of now', async () => {
  await cancelled();
  await job.connect(other, true);
  await job.settle();
  await decide('google');
  await job.agree(other);
  expect(job.shown(other)).toEqual([expect.stringContaining('Haircut?')]);
});

test('[R1] that is not taken back any more: the event which it was about is another account’s', async () => {
  await cancelled();
  await job.connect(other, true);
  await job.settle();
  await decide('google');
  expect(await undo()).toEqual(refused);
  await job.agree(other);
});

test('[R1] nor is a dispute of times that was decided before anything was brought along', async () => {
  await movedTwice();
  await job.connect(other, true);
  await decide('google');
  expect(await undo()).toEqual(refused);
  await job.agree(other);
  expect(job.shown(other)).toHaveLength(1);
});

test('[R1] an overlap is put back, and taken back, on the way to the new account', async () => {
  await overlapping();
  const { startsAt } = await job.appointment(booking);
  await job.connect(other, true);
  await decide('bookedbarber');
  expect(await undo()).toEqual({ kind: 'done' });
  await job.agree(other);
  expect((await job.appointment(booking)).startsAt).toBe(startsAt);
});

test('[R1] an overlap of a booking that is on its way to the new account already is put back', async () => {
  await overlapping();
  await job.connect(other, true);
  await job.edit(booking, { title: 'Beard' });
  await decide('bookedbarber');
  await job.agree(other);
});
