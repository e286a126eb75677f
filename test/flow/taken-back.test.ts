/** A person takes a decision back, while Google has heard of it, has not, or is just being told. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import { minute } from '../../shared/domain/instant.ts';
import { calendarKey } from '../support/samples.ts';
import { answers, type DisputeJob, eleven, euros, lost, openDisputeJob, twelve } from './dispute-job.ts';
import { hourOf, inGoogle } from './google-job.ts';

let job: DisputeJob;
beforeEach(async () => {
  job = await openDisputeJob();
});
afterEach(() => job.stop());

test.each(['bookedbarber', 'google'] as const)(
  '[R2] %s, pushed and taken back: the item stays open when Google lists our own write',
  async (choice) => {
    const id = await job.disputed();
    await job.decide(id, choice);
    await job.push(id);
    await job.undo();
    await job.sync();
    expect(await job.item()).toMatchObject({ status: 'open' });
    expect(await job.appointment(id)).toMatchObject({
      fields: { start: eleven.dateTime },
      sync: { state: 'conflict' },
    });
    await job.decide(id, 'google');
    await job.push(id);
    expect(job.startInGoogle()).toMatchObject(twelve);
  },
);

test('[R1] taken back, and edited to what Google had before: both agree, and Google is told', async () => {
  const id = await job.disputed();
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  await job.undo();
  await job.edit(id, hourOf(12));
  expect(await job.item()).toMatchObject({ status: 'agreed' });
  expect(job.startInGoogle()).toMatchObject(eleven);
  await job.push(id);
  expect(job.startInGoogle()).toMatchObject(twelve);
});

test('[R2] pushed and taken back, it stays in dispute when Google changes something else, and that is kept', async () => {
  const id = await job.disputed();
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  await job.undo();
  await job.patch(id, { summary: 'Cut' });
  await job.sync();
  expect(await job.item()).toMatchObject({ status: 'open', theirs: { title: 'Cut', start: twelve.dateTime } });
  expect(await job.appointment(id)).toMatchObject({ fields: { start: eleven.dateTime }, sync: { state: 'conflict' } });
  await job.decide(id, 'google');
  await job.push(id);
  expect(job.live()).toMatchObject([{ start: twelve, summary: 'Cut' }]);
  expect(await job.appointment(id)).toMatchObject({ fields: { start: twelve.dateTime, title: 'Cut' } });
});

test('[R2] pushed and taken back, it is settled by a policy that Google wins by, with what Google had said itself', async () => {
  const id = await job.disputed();
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  await job.undo();
  await job.choose('google_wins');
  await job.patch(id, { summary: 'Cut' });
  await job.sync();
  await job.push(id);
  expect(await job.item()).toMatchObject({ status: 'agreed' });
  expect(await job.appointment(id)).toMatchObject({ fields: { start: twelve.dateTime, title: 'Cut' } });
  expect(job.live()).toMatchObject([{ start: twelve, summary: 'Cut' }]);
});

test('[R1] a deletion taken back before anybody has pushed it, and then made in Google too: both agree', async () => {
  const id = await job.cancelledInDispute();
  await job.decide(id, 'bookedbarber');
  await job.undo();
  await job.remove(id);
  await job.sync();
  expect(await job.item()).toMatchObject({ status: 'agreed' });
  expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
});

test('[R2] kept after all, while a replica still shows the event that was deleted for the decision: that is asked about', async () => {
  const id = await job.cancelledInDispute();
  const shown = await job.reading(id);
  await job.decide(id, 'bookedbarber');
  await job.pushWhile(id, lost);
  await job.undo();
  await job.decide(id, 'google');
  await job.push(id, { google: { ...job.google, readEvent: async () => shown } });
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'conflict' } });
});

test('[R1] kept after a deletion there, taken back before its next event was made, and kept again: that is made', async () => {
  const id = await job.keptAfterDeletion();
  await job.push(id, { google: { ...job.google, insertEvent: lost } });
  await job.undo();
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
  expect(job.live()).toHaveLength(1);
});

test('[R2] kept although an event of which nobody here had heard was deleted: it is made anew', async () => {
  const id = await job.book('b', euros(35));
  await job.pushWhile(id, lost);
  await job.edit(id, hourOf(11));
  await job.remove(id);
  await job.push(id);
  expect(await job.item()).toMatchObject({ kind: 'deleted_in_google', status: 'open' });
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
  expect(job.live()).toHaveLength(1);
});

test('[R2] kept, taken back and given up while its new event was being made: that is deleted', async () => {
  const id = await job.keptAfterDeletion();
  await job.pushWhile(id, lost);
  await job.undo();
  await job.decide(id, 'google');
  await job.push(id);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
  expect(job.live()).toEqual([]);
});

test('[R3] kept, taken back while its new event was being made, and kept again: that is its event', async () => {
  const id = await job.keptAfterDeletion();
  await job.pushWhile(id, job.undo);
  await job.sync();
  expect(await job.item()).toMatchObject({ status: 'open' });
  await job.decide(id, 'bookedbarber');
  await job.push(id);
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
  expect(job.live()).toHaveLength(1);
});

test('[R2] kept, told and taken back, then moved in Google: an edit here is not beside what the new event was told', async () => {
  const id = await job.keptAfterDeletion();
  await job.push(id);
  await job.undo();
  await job.edit(id, { title: 'Shave' });
  await job.patch(id, inGoogle(hourOf(12)));
  await job.sync();
  await job.push(id);
  expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Shave', start: twelve.dateTime } });
  expect(job.live()).toMatchObject([{ summary: 'Shave', start: twelve }]);
});

test('[R2] given up in part and taken back, it stays in dispute when Google changes something else', async () => {
  const id = await job.disputed();
  await job.edit(id, { title: 'Shave' });
  await job.decide(id, 'google');
  await job.push(id);
  await job.undo();
  await job.patch(id, { summary: 'Cut' });
  await job.sync();
  expect(await job.item()).toMatchObject({ status: 'open' });
  expect(await job.appointment(id)).toMatchObject({ fields: { start: eleven.dateTime }, sync: { state: 'conflict' } });
  expect(job.startInGoogle()).toMatchObject(twelve);
});

test('[R2] kept, taken back while its new event was being made, and cancelled here: its event goes as well', async () => {
  const id = await job.keptAfterDeletion();
  await job.pushWhile(id, lost);
  await job.undo();
  await job.cancel(id);
  await job.push(id);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
  expect(job.live()).toEqual([]);
});

describe.each(answers)('[R2] taken back while Google is being told, and its answer %s,', (_, pushAndUndo) => {
  test.each(['google', 'bookedbarber'] as const)('%s stays in dispute until it is decided again', async (choice) => {
    const id = await job.disputed();
    await job.edit(id, { notes: 'Back door' });
    await job.decide(id, choice);
    await pushAndUndo(job, id);
    await job.sync();
    expect(await job.item()).toMatchObject({ status: 'open' });
    const inDispute = { fields: { start: eleven.dateTime }, sync: { state: 'conflict' } };
    expect(await job.appointment(id)).toMatchObject(inDispute);
    expect(job.live()[0]).toMatchObject({ description: expect.stringContaining('Back door') });
    await job.decide(id, 'google');
    await job.push(id);
    await job.sync();
    expect(job.startInGoogle()).toMatchObject(twelve);
    expect(await job.appointment(id)).toMatchObject({ fields: { start: twelve.dateTime }, sync: { state: 'synced' } });
  });

  test('a cancellation stays in dispute, and what was deleted for it is made anew when it is kept', async () => {
    const id = await job.cancelledInDispute();
    await job.decide(id, 'bookedbarber');
    await pushAndUndo(job, id);
    await job.sync();
    expect(await job.item()).toMatchObject({ status: 'open' });
    await job.decide(id, 'google');
    await job.push(id);
    expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
    expect(job.live()).toMatchObject([{ start: twelve }]);
  });
});

test.each(['merge', 'google_wins'] as const)(
  '[R2] kept after all before anybody has seen that its event was deleted for the decision: that is asked about (%s)',
  async (conflictPolicy) => {
    const id = await job.cancelledInDispute();
    await job.decide(id, 'bookedbarber');
    await job.pushWhile(id, lost);
    await job.undo();
    await job.decide(id, 'google');
    await job.choose(conflictPolicy);
    await job.push(id);
    await job.sync();
    expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'conflict' } });
    expect(await job.conflicts()).toContainEqual(
      expect.objectContaining({ kind: 'deleted_in_google', status: 'open' }),
    );
  },
);

test('[R1] taken back before anybody has pushed it, and then said in Google as well: both agree', async () => {
  const id = await job.disputed();
  await job.decide(id, 'bookedbarber');
  await job.undo();
  await job.patch(id, inGoogle(hourOf(11)));
  await job.sync();
  expect(await job.item()).toMatchObject({ status: 'agreed' });
  expect(await job.appointment(id)).toMatchObject({ fields: { start: eleven.dateTime }, sync: { state: 'synced' } });
});

describe('[R2] taken back twice, of which Google has been told the first time, unheard,', () => {
  const decideAgain = async (id: AppointmentId) => {
    await job.pushWhile(id, lost);
    await job.undo();
    await job.decide(id, 'google');
    await job.undo();
    await job.sync();
  };

  test('it stays in dispute', async () => {
    const id = await job.disputed();
    await job.decide(id, 'bookedbarber');
    await decideAgain(id);
    expect(await job.openItems()).toHaveLength(1);
  });

  test('so does an event that has been made anew', async () => {
    const id = await job.keptAfterDeletion();
    await decideAgain(id);
    expect(await job.openItems()).toHaveLength(1);
  });

  test('so does a cancellation', async () => {
    const id = await job.cancelledInDispute();
    await job.decide(id, 'bookedbarber');
    await decideAgain(id);
    expect(await job.openItems()).toHaveLength(1);
  });
});

test('[R2] taken back while its new event was being made, by whoever was late: it stays in dispute', async () => {
  const id = await job.keptAfterDeletion();
  let leftMs = minute;
  const insertEvent: typeof job.google.insertEvent = async (...given) => {
    const answer = await job.google.insertEvent(...given);
    await job.undo();
    leftMs = 0;
    return answer;
  };
  const hint = { calendarKey, reason: 'appointment', appointment: { id } } as const;
  await job.syncFor(() => leftMs, job.passMinute(), hint, { google: { ...job.google, insertEvent } });
  await job.push(id);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ sync: { state: 'conflict' } });
  await job.decide(id, 'bookedbarber');
  expect(job.live()).toHaveLength(1);
});
