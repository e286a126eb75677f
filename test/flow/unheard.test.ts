/** Google has been told something, and nobody has heard that it was: what comes of that with the next edit, and with replicas that lag behind. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import { refOf } from '../../shared/push/push-place.ts';
import { calendarId } from '../support/samples.ts';
import { type DisputeJob, euros, lost, openDisputeJob, twelve } from './dispute-job.ts';
import type { GoogleJob } from './google-job.ts';

let job: DisputeJob;
beforeEach(async () => {
  job = await openDisputeJob();
});
afterEach(() => job.stop());

const agreedOn = async (): Promise<AppointmentId> => {
  const id = await job.book('b', euros(35));
  await job.push(id);
  await job.sync();
  return id;
};
/** What Google shows of it now. */
const read = async (id: AppointmentId) => {
  const { accessToken } = job.control.mintAccessToken({ email: calendarId, expiresInSeconds: 1e9 });
  return job.google.readEvent({ accessToken, quotaUser: 'person' }, refOf(await job.appointment(id)));
};
/** The first read of this push shows what was then. */
const pushLagging = (id: AppointmentId, then: Awaited<ReturnType<typeof read>>) => {
  let reads = 0;
  const readEvent: GoogleJob['google']['readEvent'] = async (...given) =>
    ++reads === 1 ? then : job.google.readEvent(...given);
  return job.push(id, { google: { ...job.google, readEvent } });
};

test('[R2][F49] an edit that is taken back here does not come back, although a replica lags behind', async () => {
  const id = await agreedOn();
  const before = await read(id);
  await job.edit(id, { title: 'Shave' });
  await job.pushWhile(id, lost);
  await job.edit(id, { title: 'Haircut' });
  await pushLagging(id, before);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Haircut' }, sync: { state: 'synced' } });
  expect(job.live()).toMatchObject([{ summary: 'Haircut' }]);
});

test('[R2] nor does a decision that was taken back, once it is decided otherwise', async () => {
  const id = await job.disputed();
  const before = await read(id);
  await job.decide(id, 'bookedbarber');
  await job.pushWhile(id, lost);
  await job.undo();
  await job.decide(id, 'google');
  await pushLagging(id, before);
  await job.sync();
  expect(job.startInGoogle()).toMatchObject(twelve);
  expect(await job.appointment(id)).toMatchObject({ fields: { start: twelve.dateTime } });
});

test.each([
  ['the next push reads it', (id: AppointmentId) => job.push(id)],
  ['it is listed before the next push', () => job.sync()],
  ['the next push is cut off before it tells Google', (id: AppointmentId) => pushCutOff(id)],
])('[R2][F49] our own lines are no notes of Google’s when %s', async (_, next) => {
  const id = await agreedOn();
  await job.edit(id, euros(40));
  await job.pushWhile(id, lost);
  await job.edit(id, euros(45));
  await next(id);
  await job.push(id);
  await job.sync();
  expect((await job.appointment(id)).fields.notes).toBeUndefined();
  expect(job.live()).toMatchObject([{ description: 'Price: 45.00 EUR' }]);
});
const pushCutOff = (id: AppointmentId) => job.push(id, { google: { ...job.google, updateEvent: lost } });

test('[R2][F49] nor are they when a replica lags behind in between', async () => {
  const id = await agreedOn();
  const before = await read(id);
  await job.edit(id, euros(40));
  await job.pushWhile(id, lost);
  await job.edit(id, euros(45));
  await pushLagging(id, before);
  await job.sync();
  expect((await job.appointment(id)).fields.notes).toBeUndefined();
  expect(job.live()).toMatchObject([{ description: 'Price: 45.00 EUR' }]);
});
