/** [F58][F59] Changes in Google that double-book the barber: applied, because Google shows them, and raised once. Over HTTP. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import { failingAt } from '../support/faulty.ts';
import { calendarKey } from '../support/samples.ts';
import { type GoogleJob, hourOf, inGoogle, openGoogleJob } from './google-job.ts';

let job: GoogleJob;
let id: AppointmentId;
beforeEach(() => open());
afterEach(() => job.stop());
const open = async () => {
  job = await openGoogleJob();
  await job.sync();
  id = await job.book('booking');
  await job.push(id);
  await job.sync();
};

test('a block that comes onto a booking is applied, and names both', async () => {
  job.insert('Dentist', 10);
  expect(await job.sync()).toMatchObject({ pull: { tally: { create: 1 } } });
  const block = (await job.appointments()).find(({ kind }) => kind === 'block');
  expect(await job.conflicts()).toMatchObject([
    {
      kind: 'overlap',
      status: 'open',
      calendarKey,
      appointmentId: block?.id,
      ours: 'gone',
      theirs: { title: 'Dentist' },
      other: { appointmentId: id, fields: { title: 'Haircut' } },
    },
  ]);
});

test('a booking that is moved in Google onto another is applied, and says where it was', async () => {
  const other = await job.book('other', hourOf(14));
  await job.push(other);
  await job.patch(id, inGoogle(hourOf(14)));
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ fields: { start: '2026-03-03T14:00:00-05:00' } });
  expect(await job.conflicts()).toMatchObject([
    {
      kind: 'overlap',
      appointmentId: id,
      ours: { start: '2026-03-03T10:00:00-05:00' },
      theirs: { start: '2026-03-03T14:00:00-05:00' },
      other: { appointmentId: other },
    },
  ]);
});

test('a booking that is moved in Google onto a block is raised', async () => {
  job.insert('Dentist', 14);
  await job.sync();
  await job.patch(id, inGoogle(hourOf(14)));
  await job.sync();
  expect(await job.conflicts()).toMatchObject([{ kind: 'overlap', other: { fields: { title: 'Dentist' } } }]);
});

test('a block that the push of another change finds moved onto a booking is raised as well', async () => {
  job.insert('Dentist', 14);
  await job.sync();
  const block = (await job.appointments()).find(({ kind }) => kind === 'block')?.id ?? expect.fail();
  await job.patch(block, inGoogle(hourOf(10)));
  await job.edit(block, { title: 'Doctor' });
  await job.push(block);
  expect(job.live()).toMatchObject([{}, { summary: 'Doctor' }]);
  expect(await job.conflicts()).toMatchObject([{ kind: 'overlap', appointmentId: block }]);
});

test('two that come onto each other’s time in one page are raised once', async () => {
  const other = await job.book('other', hourOf(12));
  await job.push(other);
  await job.patch(id, inGoogle(hourOf(15)));
  await job.patch(other, inGoogle(hourOf(15)));
  await job.sync();
  expect(await job.conflicts()).toMatchObject([{ kind: 'overlap' }]);
});

test('further changes bring the item up to date, and do not pile up', async () => {
  const { id: eventId } = job.insert('Dentist', 10);
  await job.sync();
  const calendar = 'barber-1@example.com';
  job.control.patchEvent({ calendar, eventId, event: { summary: 'Doctor' } });
  await job.sync();
  expect(await job.conflicts()).toHaveLength(1);
  const { start } = inGoogle(hourOf(10));
  const end = { ...start, dateTime: '2026-03-03T10:30:00' };
  job.control.patchEvent({ calendar, eventId, event: { end } });
  await job.sync();
  expect(await job.conflicts()).toMatchObject([
    { status: 'open', theirs: { title: 'Doctor', end: '2026-03-03T10:30:00-05:00' } },
  ]);
});

test('one that is moved apart again closes its item, and moved back opens it anew', async () => {
  const { id: eventId } = job.insert('Dentist', 10);
  const dentistAt = (hour: number) =>
    job.control.patchEvent({ calendar: 'barber-1@example.com', eventId, event: inGoogle(hourOf(hour)) });
  await job.sync();
  dentistAt(15);
  await job.sync();
  expect(await job.conflicts()).toMatchObject([{ status: 'agreed' }]);
  dentistAt(10);
  await job.sync();
  expect(await job.conflicts()).toMatchObject([{ status: 'open' }]);
  job.control.deleteEvent({ calendar: 'barber-1@example.com', eventId });
  await job.sync();
  expect(await job.conflicts()).toMatchObject([{ status: 'agreed' }]);
});

test('one whose other booking is moved away through our API closes its item as well', async () => {
  job.insert('Dentist', 10);
  await job.sync();
  await job.edit(id, hourOf(15));
  expect(await job.conflicts()).toMatchObject([{ status: 'agreed' }]);
});

test('[R11] an event that lasts until the year 9999 is looked at no further than bookings go', async () => {
  job.insert('Sabbatical', 10, { start: { date: '2026-03-03' }, end: { date: '9999-12-31' } });
  expect(await job.sync()).toMatchObject({ kind: 'synced' });
  expect(await job.conflicts()).toMatchObject([{ kind: 'overlap', theirs: { title: 'Sabbatical' } }]);
});

describe('is none', () => {
  test('a block upon a block', async () => {
    job.insert('Dentist', 14);
    job.insert('Lunch', 14);
    await job.sync();
    expect(await job.conflicts()).toEqual([]);
  });

  test('what begins when the other ends', async () => {
    job.insert('Dentist', 11);
    job.insert('Lunch', 9);
    await job.sync();
    expect(await job.conflicts()).toEqual([]);
  });

  test('a block upon a cancelled booking', async () => {
    await job.cancel(id);
    await job.push(id);
    job.insert('Dentist', 10);
    await job.sync();
    expect(await job.conflicts()).toEqual([]);
  });

  test('what a person has double-booked here, knowing it: its echo is no change from outside', async () => {
    const other = await job.book('other', hourOf(10));
    await job.push(other);
    await job.sync();
    await job.edit(other, { title: 'Shave' });
    await job.push(other);
    await job.sync();
    expect(await job.conflicts()).toEqual([]);
  });

  test('a new title in Google for what a person has double-booked here, knowing it', async () => {
    const other = await job.book('other', hourOf(10));
    await job.push(other);
    await job.patch(other, { summary: 'Shave' });
    await job.sync();
    expect((await job.appointment(other)).fields.title).toBe('Shave');
    expect(await job.conflicts()).toEqual([]);
  });
});

test.each(['appointments', 'conflicts', 'calendars'] as const)(
  'a run that crashes at any call of %s raises it all the same, once',
  async (port) => {
    for (const when of ['before', 'after'] as const) {
      let crashed = true;
      for (let call = 1; crashed; call++) {
        expect(call).toBeLessThan(20);
        await job.stop();
        await open();
        job.insert('Dentist', 10);
        const faulty = { [port]: failingAt<never>(job.stores[port] as never, call, when) };
        const outcome = await job.sync(calendarKey, faulty).catch(() => undefined);
        crashed = outcome?.kind !== 'synced';
        await job.sync();
        expect(await job.appointments()).toHaveLength(2);
        expect(await job.conflicts()).toMatchObject([{ kind: 'overlap', theirs: { title: 'Dentist' } }]);
      }
    }
  },
);
