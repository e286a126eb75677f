/** Other parts are shared, or others are known, while a booking's event is in Google's bin: taken out of it, it is told so. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import { calendarId } from '../support/samples.ts';
import { type GoogleJob, openGoogleJob } from './google-job.ts';

let job: GoogleJob;
beforeEach(async () => {
  job = await openGoogleJob({
    ...defaultSettings,
    shared: { ...defaultSettings.shared, clientContact: true, notes: false },
  });
  await job.sync();
});
afterEach(() => job.stop());

const client = { clientName: 'Jane', clientContact: 'jane@example.com' };
const deleted = async (): Promise<AppointmentId> => {
  const id = await job.book('b', { title: 'Jane', location: 'Main St 1', notes: 'Back door', ...client });
  await job.push(id);
  await job.remove(id);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ status: 'cancelled' });
  return id;
};
const restored = async (id: AppointmentId): Promise<void> => {
  const { link } = await job.appointment(id);
  job.passMinute();
  job.control.restoreEvent({ calendar: calendarId, eventId: link?.eventId ?? '' });
  await job.sync();
  await job.push(id);
};
const shown = () => JSON.stringify(job.live());

test.each([
  ['the contact', { clientContact: false }, 'jane@example.com'],
  ['the name', { clientName: false }, 'Jane'],
  ['the place', { location: false }, 'Main St 1'],
])('[R15] %s, shared no more by then, goes from Google', async (_, shared, secret) => {
  const id = await deleted();
  await job.share(shared);
  await restored(id);
  expect(shown()).not.toContain(secret);
  expect(await job.appointment(id)).toMatchObject({
    status: 'confirmed',
    fields: { location: 'Main St 1', notes: 'Back door' },
    sync: { state: 'synced' },
  });
});

test('[R2] notes that are shared by then are there on both sides', async () => {
  const id = await deleted();
  await job.share({ notes: true });
  await restored(id);
  expect(await job.appointment(id)).toMatchObject({ fields: { notes: 'Back door' }, sync: { state: 'synced' } });
  expect(job.live()).toMatchObject([{ description: 'Back door\n\nContact: jane@example.com' }]);
});

test('[R4] where nothing else is shared, nothing is told', async () => {
  const id = await deleted();
  await restored(id);
  const { version } = await job.appointment(id);
  const [event] = job.live();
  await job.sync();
  expect(job.live()).toEqual([event]);
  expect(await job.appointment(id)).toMatchObject({ version, sync: { state: 'synced' } });
});
