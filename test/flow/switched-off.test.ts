/** A calendar is switched off, also while a pull of it is under way, and what that leaves behind. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastLookAt } from '../../shared/channels/next-due.ts';
import { chooseCalendar } from '../../shared/connections/choose-calendar.ts';
import type { EventLink } from '../../shared/domain/appointment.ts';
import { blockIdOf } from '../../shared/domain/derived-ids.ts';
import { Superseded } from '../../shared/domain/errors.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, plusMs } from '../../shared/domain/instant.ts';
import type { AgendaReader, AppointmentStore } from '../../shared/ports.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import { anAppointment, at, userId } from '../support/samples.ts';
import { type GoogleJob, hourOf, inGoogle, openGoogleJob, shopId, shopKey } from './google-job.ts';

let job: GoogleJob;
beforeEach(async () => {
  job = await openGoogleJob();
  await job.addShop();
  for (const hour of [10, 11, 12]) {
    job.control.insertEvent({ calendar: shopId, event: { summary: 'Elsewhere', ...inGoogle(hourOf(hour)) } });
  }
});
afterEach(() => job.stop());

const stamp = { now: at('2026-03-02T12:30:00Z'), chainId: asId<never>('request-2') };
const queue = { send: async () => undefined };
const turn = (enabled: boolean, appointments = job.stores.appointments) =>
  chooseCalendar(
    { ...job.stores, appointments, queue },
    { userId, calendarId: shopId, enabled, role: 'blocks' },
    stamp,
  );
const switchOff = () => turn(false);
/** Blocks of the calendar, an hour each from now on. */
const store = async (count: number) => {
  const event = (nth: number) => asId<EventLink['eventId']>(`event-${nth}`);
  for (let nth = 0; nth < count; nth++) {
    const startsAt = plusMs(stamp.now, nth * hour);
    const link = { calendarKey: shopKey, calendarId: shopId, connectGeneration: 1, eventId: event(nth) };
    const block = { id: blockIdOf(shopKey, event(nth)), link, startsAt, endsAt: plusMs(startsAt, hour) };
    expect(await job.stores.appointments.save(anAppointment(block))).toBe('saved');
  }
};

const closing = { calendarKey: shopKey, reason: 'disabled' } as const;
const statuses = async () => (await job.appointments()).map(({ status }) => status);

test('[R13] the pull does not commit, and what it brought in is freed by the hint of the switch', async () => {
  let off: ReturnType<typeof switchOff> | undefined;
  const save: AppointmentStore['save'] = async (...given) => {
    off ??= switchOff(); // Nothing is stored yet that it could free.
    await off;
    return job.stores.appointments.save(...given);
  };
  const appointments = { ...job.stores.appointments, save };
  await expect(job.sync(shopKey, { appointments })).rejects.toThrow(Superseded);
  expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed']);
  expect(await job.stores.calendars.load(shopKey)).not.toHaveProperty('cursor');

  const outcome = await job.syncAt(at('2026-03-02T13:00:00Z'), closing, { google: job.google });
  expect(outcome).toEqual({ kind: 'closed', channel: { kind: 'none' } });
  expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
});

test('[R11] more blocks than one run can free are freed by the next ones', async () => {
  await store(4_300);
  expect(await switchOff()).toEqual({ kind: 'done' });
  await job.syncAt(stamp.now, closing, { google: job.google });
  expect((await statuses()).filter((status) => status === 'confirmed')).toHaveLength(300);
  const [next] = job.sent.splice(0);
  await job.syncAt(stamp.now, next?.hint, { google: job.google });
  expect(await statuses()).not.toContain('confirmed');
  expect(job.sent).toEqual([]);
});

test('[R1] a block that the index does not show yet is freed all the same', async () => {
  await job.sync(shopKey);
  const list: AgendaReader['list'] = async () => ({ items: [] });
  await turn(false, { ...job.stores.appointments, list });
  expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
});

test('[R1][R13] blocks that a late pull has stored after the switch and its hint are freed by the last look', async () => {
  await turn(false);
  await job.syncAt(stamp.now, closing, { google: job.google });
  await store(3);
  expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed']);

  const dueAt = lastLookAt(stamp.now);
  expect(await job.stores.calendars.listDue(dueShardOf(shopKey), dueAt, 10)).toEqual([shopKey]);
  await job.syncAt(dueAt, closing, { google: job.google });
  expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
});

test('[R1][R13] switched off and on again while a pull is under way, it is listed anew all the same', async () => {
  await job.sync(shopKey);
  const listEvents: GoogleJob['google']['listEvents'] = async (...given) => {
    const page = await job.google.listEvents(...given);
    await switchOff();
    expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
    await turn(true);
    return page;
  };
  await expect(job.sync(shopKey, { google: { ...job.google, listEvents } })).rejects.toThrow(Superseded);
  await job.sync(shopKey);
  expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed']);
});

test('[F59] bookings that its blocks were in the way of are in no one’s way any more', async () => {
  await job.sync();
  await job.push(await job.book('booking', hourOf(11)));
  await job.sync(shopKey);
  expect(await job.conflicts()).toMatchObject([{ kind: 'overlap', status: 'open' }]);
  await switchOff();
  expect(await job.conflicts()).toMatchObject([{ kind: 'overlap', status: 'agreed' }]);
});

test('[F60] how far both sides were apart before it was switched off says nothing once it is on again', async () => {
  await job.sync(shopKey);
  const calendar = (await job.stores.calendars.load(shopKey)) ?? expect.fail('There is no calendar');
  await job.stores.calendars.noteDrift(calendar, { at: stamp.now, compared: 3, differing: 2, nextAt: stamp.now });
  await switchOff();
  await turn(true);
  expect(await job.stores.calendars.load(shopKey)).not.toHaveProperty('drift');
});
