/** Events that change their calendar, and calendars that two barbers share. Over HTTP. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventMarkOf } from '../../shared/domain/derived-ids.ts';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import { minute } from '../../shared/domain/instant.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import { calendarId, calendarKey } from '../support/samples.ts';
import { type GoogleJob, hourOf, inGoogle, openGoogleJob, shopId, shopKey } from './google-job.ts';

let job: GoogleJob;
let id: AppointmentId;
beforeEach(async () => {
  job = await openGoogleJob();
  await job.addShop();
  await job.sync();
  await job.sync(shopKey);
  id = await job.book('booking');
  await job.push(id);
  await job.sync();
});
afterEach(() => job.stop());

const syncBoth = async () => [await job.sync(), await job.sync(shopKey)];
const place = (calendar: typeof calendarKey) => ({ status: 'confirmed', link: { calendarKey: calendar } });
/** [R4] Nothing is left to do. */
const expectQuiet = async () => {
  const before = await job.appointments();
  job.control.clearLogs();
  await syncBoth();
  expect(job.control.requests().map(({ operation }) => operation)).toEqual(Array(2).fill('calendar.events.list'));
  expect(await job.appointments()).toEqual(before);
  expect(await job.conflicts()).toEqual([]);
};

const orders: [string, (typeof calendarKey)[]][] = [
  ['its tombstone', [calendarKey, shopKey]],
  ['its arrival', [shopKey, calendarKey]],
];

test.each(orders)(
  '[R2][R3][R12] a booking that a person moves is followed, once and on record, when %s is seen first',
  async (_, [first, second]) => {
    await job.moveTo(shopId, id);
    await job.sync(first);
    const moved = { id, version: 2, provenance: { actor: 'google', reason: 'move' }, ...place(shopKey) };
    expect(await job.appointments()).toMatchObject([moved]);
    await job.sync(second);
    expect(await job.appointments()).toMatchObject([{ ...moved, sync: { state: 'synced' } }]);
    await expectQuiet();

    await job.edit(id, { title: 'Shave' });
    await job.push(id);
    expect(job.live(shopId)).toMatchObject([{ summary: 'Shave' }]);
  },
);

test.each(orders)(
  'a booking that is moved and changed at once is both, when %s is seen first',
  async (_, [first, second]) => {
    await job.moveTo(shopId, id);
    job.control.patchEvent({
      calendar: shopId,
      eventId: (await job.appointment(id)).link?.eventId ?? '',
      event: { summary: 'Shave', ...inGoogle(hourOf(14)) },
    });
    await job.sync(first);
    await job.sync(second);
    expect(await job.appointments()).toMatchObject([{ id, fields: { title: 'Shave' }, ...place(shopKey) }]);
    await expectQuiet();
  },
);

test.each(orders)(
  '[R2] a booking that a person moves while an edit of ours waits stays there, and is told, when %s is seen first',
  async (_, [first, second]) => {
    await job.edit(id, { title: 'Shave' });
    await job.moveTo(shopId, id);
    await job.sync(first);
    await job.sync(second);
    await job.push(id);
    expect(job.live()).toEqual([]);
    expect(job.live(shopId)).toMatchObject([{ summary: 'Shave' }]);
    expect(await job.appointments()).toMatchObject([{ id, ...place(shopKey), sync: { state: 'synced' } }]);
    await expectQuiet();
  },
);

test.each([
  ['the tombstone', () => job.sync()],
  ['the arrival', () => job.sync(shopKey)],
  ['the push', () => job.push(id)],
])(
  '[R2] a booking that is cancelled here and moved in Google is deleted there, when %s is seen first',
  async (_, look) => {
    await job.cancel(id);
    await job.moveTo(shopId, id);
    await look();
    await job.push(id);
    await syncBoth();
    expect([job.live(), job.live(shopId)]).toEqual([[], []]);
    expect(await job.appointments()).toMatchObject([
      { id, status: 'cancelled', version: 2, sync: { state: 'synced' } },
    ]);
    await expectQuiet();
  },
);

test.each([
  ['its arrival', () => job.sync(shopKey)],
  ['nothing', async () => undefined],
])(
  '[R2][R3] a foreign event that is edited here and moved in Google is one block there, and the edit waits for a person, when %s has been seen',
  async (_, look) => {
    const event = job.insert('Dentist', 15);
    await job.sync();
    const block =
      (await job.appointments()).find(({ kind }) => kind === 'block')?.id ?? expect.fail('There is no block');
    await job.edit(block, { title: 'Doctor' });
    job.control.moveEvent({ calendar: calendarId, eventId: event.id, destination: shopId });
    await look();
    await job.push(block);
    await syncBoth();
    const confirmed = (await job.appointments()).filter(
      ({ link, status }) => link?.eventId === event.id && status === 'confirmed',
    );
    expect(confirmed.filter(({ link }) => link?.calendarKey === shopKey)).toMatchObject([
      { fields: { title: 'Dentist' } },
    ]);
    expect(await job.conflicts()).toMatchObject([{ kind: 'deleted_in_google', status: 'open', appointmentId: block }]);
  },
);

test.each(orders)(
  '[R2] a booking whose cancellation waits for a person, and that is moved in Google, waits still, when %s is seen first',
  async (_, [first, second]) => {
    await job.cancel(id);
    await job.patch(id, { summary: 'Shave' });
    await job.push(id);
    expect(await job.conflicts()).toMatchObject([{ kind: 'deleted_in_bookedbarber', status: 'open' }]);
    await job.moveTo(shopId, id);
    await job.sync(first);
    await job.sync(second);
    expect(await job.conflicts()).toMatchObject([{ kind: 'deleted_in_bookedbarber', status: 'open' }]);
    expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'conflict' } });
    expect(job.live(shopId)).toMatchObject([{ summary: 'Shave' }]);
  },
);

test('[R2][R12] a booking that a person has moved is found by the push of an edit, and that is on record', async () => {
  await job.moveTo(shopId, id);
  await job.edit(id, { title: 'Shave' });
  await job.push(id);
  expect(await job.appointment(id)).toMatchObject({ version: 3, provenance: { actor: 'google', reason: 'move' } });
  await job.push(id);
  await syncBoth();
  expect(job.live(shopId)).toMatchObject([{ summary: 'Shave' }]);
  expect(await job.appointments()).toMatchObject([{ id, ...place(shopKey), sync: { state: 'synced' } }]);
  await expectQuiet();
});

test('[R3] a booking that a person moves before we know of its event is found by its mark', async () => {
  const other = await job.book('other', hourOf(12));
  job.control.orderFault({ kind: 'commit-then-drop', method: 'POST', path: '/events' });
  await job.push(other);
  await job.moveTo(shopId, other);
  await job.edit(other, { title: 'Shave' });
  await job.push(other);
  expect([job.live().length, job.live(shopId).length]).toEqual([1, 1]);
  expect(await job.appointment(other)).toMatchObject({ ...place(shopKey), sync: { state: 'synced' } });
  await syncBoth();
  await expectQuiet();
});

test('[R3] a booking that is moved to and fro, and back between two looks, is never doubled or cancelled', async () => {
  await job.moveTo(shopId, id);
  await syncBoth();
  await job.moveTo(calendarId, id);
  await syncBoth();
  await job.moveTo(shopId, id);
  job.control.moveEvent({
    calendar: shopId,
    eventId: (await job.appointment(id)).link?.eventId ?? '',
    destination: calendarId,
  });
  await syncBoth();
  expect(await job.appointments()).toMatchObject([
    { id, version: 3, ...place(calendarKey), sync: { state: 'synced' } }, // The last two were back before anybody looked.
  ]);
  expect([job.live().length, job.live(shopId).length]).toEqual([1, 0]);
  await expectQuiet();
});

test('[R5] a booking moved to and fro, of which a replica shows an old version there, is looked for again', async () => {
  const { link } = await job.appointment(id);
  const { accessToken } = job.control.mintAccessToken({ email: calendarId, expiresInSeconds: 3_600 });
  const ref = { calendarId, eventId: link?.eventId ?? expect.fail('There is no event') };
  const before = await job.google.getEvent({ accessToken, quotaUser: 'person' }, ref);
  await job.moveTo(shopId, id);
  await job.sync();
  await job.sync(shopKey);
  await job.moveTo(calendarId, id);
  const lagging = { ...job.google, getEvent: async () => before };
  expect(await job.sync(shopKey, { google: lagging })).toMatchObject({ kind: 'failed' });
  job.passMs(minute);
  await syncBoth();
  expect(await job.appointments()).toMatchObject([{ id, sync: { state: 'synced' }, ...place(calendarKey) }]);
});

test('[R1] a booking that is moved and then deleted there is cancelled', async () => {
  await job.moveTo(shopId, id);
  await syncBoth();
  await job.remove(id);
  await syncBoth();
  expect(await job.appointments()).toMatchObject([{ id, status: 'cancelled', sync: { state: 'synced' } }]);
});

test('a booking that is moved to a calendar which is not synced is cancelled: nobody would see it', async () => {
  const elsewhere = job.control.addCalendar({ email: calendarId, calendar: {} }).calendar;
  await job.moveTo(elsewhere as typeof calendarId, id);
  await syncBoth();
  expect(await job.appointments()).toMatchObject([{ id, status: 'cancelled' }]);
});

test('a block that is moved takes its time in the new calendar only', async () => {
  const { id: eventId } = job.insert('Dentist', 15);
  await job.sync();
  job.control.moveEvent({ calendar: calendarId, eventId, destination: shopId });
  await syncBoth();
  const blocks = (await job.appointments()).filter(({ kind }) => kind === 'block');
  expect(blocks.map(({ status, link }) => [link?.calendarKey, status]).sort()).toEqual(
    [
      [calendarKey, 'cancelled'],
      [shopKey, 'confirmed'],
    ].sort(),
  );
});

test('[F52] a booking whose target changes is moved, never deleted and made anew', async () => {
  const before = await job.appointment(id);
  const target = { calendarKey: shopKey, calendarId: shopId };
  const since = before.updatedAt;
  const sync = { state: 'pending', target, since, notBefore: since, attempts: 0 } as const;
  await job.stores.appointments.save({ ...before, revision: before.revision + 1, sync }, { before });
  job.control.clearLogs();
  await job.push(id);
  expect(job.control.requests()).toMatchObject([
    { operation: 'calendar.events.move', query: { sendUpdates: 'none' } },
    { operation: 'calendar.events.get' },
  ]);
  expect(job.live(shopId)).toMatchObject([{ id: before.link?.eventId }]);
  expect(await job.appointment(id)).toMatchObject({ version: 1, ...place(shopKey), sync: { state: 'synced' } });
  await syncBoth();
  await expectQuiet();
});

test('an event that another barber’s booking has put there takes time, and tells no text', async () => {
  const mark = eventMarkOf('another-owner', id);
  const extendedProperties = { private: { bookedBarber: mark } };
  job.insert('Shave – Bob', 15, { description: 'Secret', location: 'Here', extendedProperties });
  await job.sync();
  const [, block] = await job.appointments();
  expect(block).toMatchObject({ kind: 'block', status: 'confirmed', fields: { start: '2026-03-03T15:00:00-05:00' } });
  expect(JSON.stringify(block)).not.toMatch(/Bob|Secret|Here/);
});

test('a copy that a person makes of our event is a block, and no second booking [R3]', async () => {
  const [event] = job.live();
  const { id: _, etag: __, ...copy } = event ?? {};
  job.insert('Haircut', 12, { ...copy, ...inGoogle(hourOf(12)) });
  await job.sync();
  expect((await job.appointments()).map(({ kind }) => kind)).toEqual(['booking', 'block']);
});

test('text of a private event stays in Google, unless the barber wants it here', async () => {
  job.insert('Dentist', 15, { visibility: 'private' });
  await job.sync();
  expect(JSON.stringify(await job.appointments())).not.toContain('Dentist');

  await job.stop();
  job = await openGoogleJob({ ...defaultSettings, readPrivateText: true });
  job.insert('Dentist', 15, { visibility: 'private' });
  await job.sync();
  expect(JSON.stringify(await job.appointments())).toContain('Dentist');
});
