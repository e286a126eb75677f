/** Deletions that come more than once, and one that is taken back, over HTTP [F53]. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultSettings } from '../../shared/domain/settings.ts';
import { calendarId } from '../support/samples.ts';
import { type GoogleJob, openGoogleJob } from './google-job.ts';

let job: GoogleJob;
let eventId: string;
beforeEach(async () => {
  job = await openGoogleJob();
  eventId = job.insert('Dentist', 10).id;
  await job.sync();
  job.control.deleteEvent({ calendar: calendarId, eventId });
  await job.sync();
  expect(await job.appointments()).toMatchObject([{ status: 'cancelled', version: 2 }]);
});
afterEach(() => job.stop());

test('[F53][R4] a deletion that is told again is no error and no change', async () => {
  const tombstone = { id: eventId, status: 'cancelled' };
  job.control.orderFault({ kind: 'replace', fields: { items: [tombstone, tombstone] }, path: '/events\\?' });
  expect(await job.sync()).toMatchObject({ kind: 'synced' });
  job.control.expireSyncTokens({ calendar: calendarId });
  expect(await job.sync()).toMatchObject({ kind: 'synced', pull: { generation: true } });
  expect(await job.appointments()).toMatchObject([{ status: 'cancelled', version: 2 }]);
});

test('[F53][R3] an event that is taken out of the bin brings its own appointment back, and no second one', async () => {
  job.control.restoreEvent({ calendar: calendarId, eventId });
  await job.sync();
  expect(await job.appointments()).toMatchObject([{ status: 'confirmed', version: 3, fields: { title: 'Dentist' } }]);
});

test('[R1][R2] a booking that is edited while everything is listed anew hears that its event is gone', async () => {
  const fresh = await openGoogleJob({ ...defaultSettings, conflictPolicy: 'google_wins' });
  try {
    const id = await fresh.book('booking');
    await fresh.sync();
    await fresh.remove(id);
    fresh.control.expireSyncTokens({ calendar: calendarId });
    const listEvents: GoogleJob['google']['listEvents'] = async (...given) => {
      const page = await fresh.google.listEvents(...given);
      await fresh.edit(id, { notes: 'Bring card' });
      return page;
    };
    await fresh.sync(undefined, { google: { ...fresh.google, listEvents } });
    expect(await fresh.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
  } finally {
    await fresh.stop();
  }
});

test('[R5][R8] what a first listing had stored before it was cut off goes, when it has been deleted before the next try', async () => {
  const fresh = await openGoogleJob();
  try {
    const { id } = fresh.insert('Dentist', 10);
    const commitListing = () => Promise.reject(new Error('Cut off'));
    expect(await fresh.sync(undefined, { calendars: { ...fresh.stores.calendars, commitListing } })).toMatchObject({
      kind: 'failed',
    });
    fresh.control.deleteEvent({ calendar: calendarId, eventId: id });
    await fresh.sync(); // Goes on where the first try was cut off.
    await fresh.sync();
    expect(await fresh.appointments()).toMatchObject([{ status: 'cancelled' }]);
  } finally {
    await fresh.stop();
  }
});
