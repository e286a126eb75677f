/** A calendar is switched off while a pull of it is under way. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseCalendar } from '../../shared/connections/choose-calendar.ts';
import type { EventLink } from '../../shared/domain/appointment.ts';
import { blockIdOf } from '../../shared/domain/derived-ids.ts';
import { Superseded } from '../../shared/domain/errors.ts';
import { asId } from '../../shared/domain/ids.ts';
import { hour, plusMs } from '../../shared/domain/instant.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import { lastLookAt } from '../../shared/sync/next-due.ts';
import type { AgendaReader, AppointmentStore } from '../../shared/sync/ports.ts';
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
const off = { enabled: false, role: 'blocks' } as const;
const switchOff = () => chooseCalendar({ ...job.stores, queue }, { userId, calendarId: shopId, ...off }, stamp);
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

test('[R1] a block that the index does not show yet is freed by the last look', async () => {
  await job.sync(shopKey);
  const list: AgendaReader['list'] = async () => ({ items: [] });
  const blind = { ...job.stores.appointments, list };
  await chooseCalendar({ ...job.stores, appointments: blind, queue }, { userId, calendarId: shopId, ...off }, stamp);
  await job.syncAt(stamp.now, closing, { google: job.google, appointments: blind });
  expect(await statuses()).toEqual(['confirmed', 'confirmed', 'confirmed']);

  const dueAt = lastLookAt(stamp.now);
  expect(await job.stores.calendars.listDue(dueShardOf(shopKey), dueAt, 10)).toEqual([shopKey]);
  await job.syncAt(dueAt, closing, { google: job.google });
  expect(await statuses()).toEqual(['cancelled', 'cancelled', 'cancelled']);
});
