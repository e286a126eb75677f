/** What a person's decision, or taking it back, leaves to be done, with the real push, pull and decide. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decideConflict } from '../../shared/conflicts/decide-conflict.ts';
import { seenOf } from '../../shared/conflicts/review.ts';
import { takeBack } from '../../shared/conflicts/take-back.ts';
import { chooseCalendar } from '../../shared/connections/choose-calendar.ts';
import type { Choice, Conflict } from '../../shared/domain/conflict.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import { Crash } from '../support/faulty.ts';
import { at, calendarId, userId } from '../support/samples.ts';
import { type GoogleJob, hourOf, inGoogle, openGoogleJob, shopId, shopKey } from './google-job.ts';

let job: GoogleJob;
beforeEach(async () => {
  job = await openGoogleJob({ ...defaultSettings, shared: { ...defaultSettings.shared, price: true } });
  await job.addShop();
  await job.sync();
  await job.sync(shopKey);
});
afterEach(() => job.stop());

const stamp = { now: at('2026-03-02T13:00:00Z'), chainId: asId<Conflict['chainId']>('person-1'), userId };
const euros = (amount: number) => ({ price: { amount: amount * 100, currency: 'EUR' } });

/** Moved to 11 here and to 12 in Google. */
const disputed = async (): Promise<AppointmentId> => {
  const id = await job.book('b', euros(35));
  await job.push(id);
  await job.sync();
  await job.edit(id, hourOf(11));
  await job.patch(id, inGoogle(hourOf(12)));
  await job.push(id);
  expect(await item()).toMatchObject({ kind: 'fields', status: 'open' });
  return id;
};
const item = async (): Promise<Conflict> => (await job.conflicts())[0] ?? expect.fail('There is no review item');
const decide = async (id: AppointmentId, choice: Exclude<Choice, 'merged'>) => {
  const conflict = await item();
  const seen = seenOf({ conflict, appointment: await job.appointment(id) });
  const asked = { choice, seen, allowOverlap: true };
  expect(await decideConflict(job.stores, conflict.id, asked, stamp)).toEqual({ kind: 'done' });
};
const undo = async () => expect(await takeBack(job.stores, (await item()).id, stamp)).toEqual({ kind: 'done' });
const startInGoogle = () => job.live()[0]?.start;
const eleven = { dateTime: '2026-03-03T11:00:00-05:00' };
const twelve = { dateTime: '2026-03-03T12:00:00-05:00' };

test.each(['bookedbarber', 'google'] as const)(
  '[R2] %s, pushed and taken back: the item stays open when Google lists our own write',
  async (choice) => {
    const id = await disputed();
    await decide(id, choice);
    await job.push(id);
    await undo();
    await job.sync();
    expect(await item()).toMatchObject({ status: 'open' });
    expect(await job.appointment(id)).toMatchObject({
      fields: { start: eleven.dateTime },
      sync: { state: 'conflict' },
    });
    await decide(id, 'google');
    await job.push(id);
    expect(startInGoogle()).toMatchObject(twelve);
  },
);

test('[R1] taken back, and edited to what Google had before: Google is not taken to have it', async () => {
  const id = await disputed();
  await decide(id, 'bookedbarber');
  await job.push(id);
  await undo();
  await job.edit(id, hourOf(12));
  expect(await item()).toMatchObject({ status: 'open' });
  expect(startInGoogle()).toMatchObject(eleven);
  await decide(id, 'bookedbarber');
  await job.push(id);
  expect(startInGoogle()).toMatchObject(twelve);
});

/** Changed here, deleted in Google, and kept by a person: its next event is yet to be made. */
const keptAfterDeletion = async (): Promise<AppointmentId> => {
  const id = await job.book('b', euros(35));
  await job.push(id);
  await job.sync();
  await job.edit(id, hourOf(11));
  await job.remove(id);
  await job.push(id);
  await decide(id, 'bookedbarber');
  return id;
};

test('[R1] kept after a deletion there, taken back before its next event was made, and kept again: that is made', async () => {
  const id = await keptAfterDeletion();
  const cutOff = { ...job.google, insertEvent: () => Promise.reject(new Crash()) };
  await job.push(id, { google: cutOff });
  await undo();
  await decide(id, 'bookedbarber');
  await job.push(id);
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
  expect(job.live()).toHaveLength(1);
});

/** Made in Google, and the answer lost. */
const insertUnheard = async (id: AppointmentId) => {
  const insertEvent: GoogleJob['google']['insertEvent'] = async (...given) => {
    await job.google.insertEvent(...given);
    throw new Crash();
  };
  await job.push(id, { google: { ...job.google, insertEvent } });
};

test('[R2] kept although an event of which nobody here had heard was deleted: it is made anew', async () => {
  const id = await job.book('b', euros(35));
  await insertUnheard(id);
  await job.edit(id, hourOf(11));
  await job.remove(id);
  await job.push(id);
  expect(await item()).toMatchObject({ kind: 'deleted_in_google', status: 'open' });
  await decide(id, 'bookedbarber');
  await job.push(id);
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
  expect(job.live()).toHaveLength(1);
});

test('[R2] kept, taken back and given up while its new event was being made: that is deleted', async () => {
  const id = await keptAfterDeletion();
  await insertUnheard(id);
  await undo();
  await decide(id, 'google');
  await job.push(id);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
  expect(job.live()).toEqual([]);
});

test('[R3] kept, taken back while its new event was being made, and kept again: that is its event', async () => {
  const id = await keptAfterDeletion();
  const insertEvent: GoogleJob['google']['insertEvent'] = async (...given) => {
    const answer = await job.google.insertEvent(...given);
    await undo();
    return answer;
  };
  await job.push(id, { google: { ...job.google, insertEvent } });
  await job.sync();
  expect(await item()).toMatchObject({ status: 'open' });
  await decide(id, 'bookedbarber');
  await job.push(id);
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
  expect(job.live()).toHaveLength(1);
});

test('[R2] given up in part and taken back, it stays in dispute when Google changes something else', async () => {
  const id = await disputed();
  await job.edit(id, { title: 'Shave' });
  await decide(id, 'google');
  await job.push(id);
  await undo();
  await job.patch(id, { summary: 'Cut' });
  await job.sync();
  expect(await item()).toMatchObject({ status: 'open' });
  expect(await job.appointment(id)).toMatchObject({ fields: { start: eleven.dateTime }, sync: { state: 'conflict' } });
  expect(startInGoogle()).toMatchObject(twelve);
});

/** Google takes it, and what happens next is up to the test. */
const updating = (meanwhile: () => Promise<unknown>): Pick<GoogleJob['google'], 'updateEvent'> => ({
  updateEvent: async (...given) => {
    const answer = await job.google.updateEvent(...given);
    await meanwhile();
    return answer;
  },
});
const lost = () => Promise.reject(new Crash());

test.each([
  { answer: 'never comes', meanwhile: lost, before: undo },
  { answer: 'comes after that', meanwhile: undo, before: () => Promise.resolve() },
])(
  '[R2] taken back while Google is being told, and its answer $answer: what was not told stays in dispute',
  async (race) => {
    const id = await disputed();
    await job.edit(id, { notes: 'Back door' });
    await decide(id, 'google');
    await job.push(id, { google: { ...job.google, ...updating(race.meanwhile) } });
    await race.before();
    await job.sync();
    expect(await item()).toMatchObject({ status: 'open' });
    expect(await job.appointment(id)).toMatchObject({
      fields: { start: eleven.dateTime },
      sync: { state: 'conflict' },
    });
    expect(job.live()[0]).toMatchObject({ start: twelve, description: expect.stringContaining('Back door') });
    await decide(id, 'google');
    await job.push(id);
    await job.sync();
    expect(await job.appointment(id)).toMatchObject({ fields: { start: twelve.dateTime }, sync: { state: 'synced' } });
  },
);

test('[R2] kept after all, while its event was being deleted for a decision that was taken back: it is not cancelled by that', async () => {
  const id = await job.book('b', euros(35));
  await job.push(id);
  await job.sync();
  await job.patch(id, inGoogle(hourOf(12)));
  await job.cancel(id);
  await job.push(id);
  expect(await item()).toMatchObject({ kind: 'deleted_in_bookedbarber', status: 'open' });
  await decide(id, 'bookedbarber');
  const deleteEvent: GoogleJob['google']['deleteEvent'] = async (...given) => {
    await job.google.deleteEvent(...given);
    return lost();
  };
  await job.push(id, { google: { ...job.google, deleteEvent } });
  await undo();
  await decide(id, 'google');
  await job.push(id);
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'conflict' } });
  expect(await job.conflicts()).toContainEqual(expect.objectContaining({ kind: 'deleted_in_google', status: 'open' }));
});

test('[R1] a price that was changed during the dispute is told after it, though the times need not be', async () => {
  const id = await disputed();
  await job.edit(id, euros(50));
  await decide(id, 'google');
  expect((await job.appointment(id)).sync).toMatchObject({ state: 'pending' });
  await job.push(id);
  expect(job.live()[0]).toMatchObject({ start: twelve, description: 'Price: 50.00 EUR' });
  expect((await job.appointment(id)).sync).toEqual({ state: 'synced' });
});

test('[R1] so it is when both sides come to agree by an edit here', async () => {
  const id = await disputed();
  await job.edit(id, { ...euros(50), ...hourOf(12) });
  expect(await item()).toMatchObject({ status: 'agreed' });
  await job.push(id);
  expect(job.live()[0]).toMatchObject({ start: twelve, description: 'Price: 50.00 EUR' });
});

test('[R6] decided after its calendar was switched off, it goes to the one that takes the bookings now', async () => {
  const id = await disputed();
  const deps = { ...job.stores, queue: { send: async () => undefined } };
  await chooseCalendar(deps, { userId, calendarId: shopId, enabled: true, role: 'bookings' }, stamp);
  await chooseCalendar(deps, { userId, calendarId, enabled: false, role: 'blocks' }, stamp);
  await decide(id, 'bookedbarber');
  expect((await job.appointment(id)).sync).toMatchObject({ state: 'pending', target: { calendarKey: shopKey } });
  await job.push(id, {}, shopKey);
  expect(job.live()).toEqual([]);
  expect(job.live(shopId)).toMatchObject([{ start: eleven }]);
});

test('[R1][R5] one that was moved in Google while it was in dispute is known where it lies, and stays in dispute until then', async () => {
  const id = await disputed();
  await job.moveTo(shopId, id);
  await job.sync(shopKey);
  await job.sync();
  expect(await item()).toMatchObject({ status: 'open' });
  await decide(id, 'google');
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
