/** [R9] What is held back for a person goes on changing meanwhile, on either side. Over HTTP. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decideConflict } from '../../shared/conflicts/decide-conflict.ts';
import { seenOf } from '../../shared/conflicts/review.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { minute } from '../../shared/domain/instant.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import type { EventReading } from '../../shared/google/calendar-api.ts';
import { now, userId } from '../support/samples.ts';
import { lost } from './dispute-job.ts';
import { type GoogleJob, hourOf, inGoogle, openGoogleJob } from './google-job.ts';

let job: GoogleJob;
let ids: AppointmentId[];
let id: AppointmentId;
beforeEach(async () => {
  job = await openGoogleJob({ ...defaultSettings, conflictPolicy: 'google_wins' });
  await job.share({ notes: false });
  ids = [];
  for (let nth = 0; nth < 12; nth++) {
    ids.push(await job.book(`booking-${nth}`, { notes: 'Back door', ...hourOf(8 + (nth % 10), Math.floor(nth / 10)) }));
  }
  await job.sync();
  await job.sync();
  id = ids[0] ?? expect.fail('There are no bookings');
});
afterEach(() => job.stop());

/** All of them are moved in Google to this hour, some day, and held. */
const hold = async () => {
  for (const one of ids) await job.patch(one, inGoogle(hourOf(20, 20)));
  await job.sync();
  expect((await job.appointment(id)).sync).toMatchObject({ state: 'held' });
};
const decide = async (choice: 'google' | 'bookedbarber') => {
  const [conflict = expect.fail('There is nothing to release')] = await job.conflicts();
  const appointment = await job.appointment(conflict.appointmentId);
  const asked = { choice, seen: seenOf({ conflict, appointment }), allowOverlap: true } as const;
  const stamp = { now, chainId: asId<never>('release'), userId };
  expect(await decideConflict(job.stores, conflict.id, asked, stamp)).toEqual({ kind: 'done' });
};
/** A replica shows what it showed then; it is believed when Google itself shows no more. */
const pushFromReplica = async (shown: EventReading) => {
  const lagging = { ...job.google, readEvent: async () => shown };
  expect(await job.push(id, { google: lagging })).toMatchObject({ kind: 'failed' });
  job.passMs(minute);
  await job.push(id);
};

test('[R5] a replica that shows what was before the mass change is not believed once that has been discarded', async () => {
  const before = await job.reading(id);
  await hold();
  await decide('bookedbarber');
  await pushFromReplica(before);
  const start = expect.objectContaining({ dateTime: '2026-03-03T08:00:00-05:00' });
  expect(job.live()).toContainEqual(expect.objectContaining({ start }));
});

test('[R5] nor is one that shows the mass change, of an event that was moved on while it was held', async () => {
  await hold();
  const held = await job.reading(id);
  await job.patch(id, inGoogle(hourOf(21, 20)));
  await job.sync();
  await decide('google');
  await pushFromReplica(held);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ fields: { start: '2026-03-23T21:00:00-04:00' } });
});

test('[R2] notes that were about to be told are not taken for deleted there', async () => {
  await job.share({ notes: true });
  await hold();
  await decide('google');
  await job.push(id);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ fields: { notes: 'Back door' }, sync: { state: 'synced' } });
});

test('[R2] what was told before, unheard, does not win over what was edited here while it was held', async () => {
  await job.edit(id, { title: 'Shave' });
  const updateEvent: typeof job.google.updateEvent = async (...given) => lost(await job.google.updateEvent(...given));
  await job.push(id, { google: { ...job.google, updateEvent } });
  await hold();
  await job.edit(id, { title: 'Beard' });
  await decide('google');
  await job.push(id);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Beard' }, sync: { state: 'synced' } });
});
