/** The one job of `sync-job.ts`, but over HTTP: the real client, and the stand-in for Google at the other end. */
import { expect } from 'vitest';
import { cancelAppointment } from '../../shared/bookings/cancel-appointment.ts';
import { createBooking } from '../../shared/bookings/create-booking.ts';
import { type AskedEdit, editAppointment } from '../../shared/bookings/edit-appointment.ts';
import { changeSettings } from '../../shared/connections/change-settings.ts';
import type { Appointment, BookingDetails, OwnedFields } from '../../shared/domain/appointment.ts';
import type { Conflict } from '../../shared/domain/conflict.ts';
import { bookingIdOf, calendarKeyOf } from '../../shared/domain/derived-ids.ts';
import { type AppointmentId, asId, type CalendarId, type CalendarKey } from '../../shared/domain/ids.ts';
import { epochMsOf, type Instant, minute, plusMs } from '../../shared/domain/instant.ts';
import { defaultSettings, type Settings } from '../../shared/domain/settings.ts';
import { googleCalendar } from '../../shared/google/calendar-client.ts';
import { refOf } from '../../shared/push/push-place.ts';
import type { SyncDeps } from '../../shared/sync/sync-calendar.ts';
import { startGoogle } from '../google/server.ts';
import { aConnection, calendarId, calendarKey, now, userId } from '../support/samples.ts';
import { openSyncJob, sealed } from './sync-job.ts';

export type GoogleJob = Awaited<ReturnType<typeof openGoogleJob>>;

/** A second calendar of the same barber. */
export const shopId = asId<CalendarId>('shop@group.calendar.google.com');
export const shopKey = calendarKeyOf(userId, 'barber-1@example.com', shopId);

const timeZone = 'America/New_York';
/** At this hour of tomorrow, or of as many days later; an hour long. */
export const hourOf = (atHour: number, daysLater = 0) => {
  const moment = (hour: number) =>
    `2026-03-${String(3 + daysLater).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00`;
  return { start: moment(atHour), end: moment(atHour + 1) };
};
/** The same, as Google wants it. */
export const inGoogle = ({ start, end }: { start: string; end: string }) => ({
  start: { dateTime: start, timeZone },
  end: { dateTime: end, timeZone },
});

/** What a person books or changes here. */
/** Without a title one is composed. */
export type Asked = Partial<Pick<OwnedFields, 'start' | 'end' | 'location' | 'notes'> & BookingDetails> & {
  title?: string | undefined;
};

const toEdit = ({ title, start, end, location, notes, ...details }: Asked): AskedEdit['edit'] => ({
  ...(title !== undefined && { title }),
  text: { ...(location !== undefined && { location }), ...(notes !== undefined && { notes }) },
  details,
  times: { ...(start !== undefined && { start }), ...(end !== undefined && { end }) },
});

/** One calendar without a channel; a minute passes before each thing that is done. */
export const openGoogleJob = async (settings?: Settings) => {
  let clock = now;
  const passMinute = (): Instant => {
    clock = plusMs(clock, minute);
    return clock;
  };
  const stamp = () => ({ now: passMinute(), chainId: asId<Appointment['provenance']['chainId']>('request') });
  const { control, url, stop } = await startGoogle({ now: () => epochMsOf(clock) });
  control.createAccount({
    email: calendarId,
    calendars: [
      { primary: true, timeZone },
      { id: shopId, timeZone },
    ],
  });

  const job = await openSyncJob(aConnection({ ...(settings && { settings }) }));
  const { accessToken } = control.mintAccessToken({ email: calendarId, expiresInSeconds: 1e9 });
  const lasting = { accessToken: sealed(accessToken), accessTokenExpiresAt: plusMs(now, 1e9) };
  await job.stores.connections.saveTokens(await job.connectionNow(), lasting);
  await job.register({ watchable: false });

  const google = job.google(googleCalendar(url));
  const { stores } = job;
  const appointment = async (id: AppointmentId): Promise<Appointment> =>
    (await stores.appointments.loadMany(userId, [id]))[0] ?? expect.fail('There is no such appointment');

  return {
    ...job,
    control,
    url,
    stop,
    passMinute,
    /** The real client. */
    google,
    passMs: (ms: number) => {
      clock = plusMs(clock, ms);
    },
    addShop: () =>
      job.register({ key: shopKey, calendarId: shopId, summary: 'Shop', role: 'blocks', watchable: false }),
    /** The sweep's hint, which pulls, and then the hints that it has sent to push what is pending. */
    sync: async (key: CalendarKey = calendarKey, overrides: Partial<SyncDeps> = {}) => {
      job.sent.splice(0);
      const outcome = await job.syncAt(passMinute(), { calendarKey: key, reason: 'sweep' }, { google, ...overrides });
      const hints = job.sent.splice(0).filter(({ hint }) => hint.reason === 'appointment');
      const push = { pushed: 0, parked: 0, settled: 0, more: false };
      for (const { hint } of hints) {
        const told = await job.syncAt(passMinute(), hint, { google, ...overrides });
        if (told.kind === 'pushed') Object.assign(push, told.push);
      }
      return { ...outcome, push };
    },
    /** The hint that the table's stream sends for a changed appointment, to the calendar where it was when it was changed. */
    push: async (id: AppointmentId, overrides: Partial<SyncDeps> = {}, key: CalendarKey = calendarKey) => {
      const hint = { calendarKey: key, reason: 'appointment', appointment: { id } } as const;
      return job.syncAt(passMinute(), hint, { google, ...overrides });
    },

    /** A person's new event at this hour of tomorrow. */
    insert: (summary: string, atHour: number, event: object = {}) => {
      passMinute();
      return control.insertEvent({ calendar: calendarId, event: { summary, ...inGoogle(hourOf(atHour)), ...event } });
    },
    /** A person changes, deletes or moves the appointment's event. */
    patch: async (id: AppointmentId, event: Record<string, unknown>) => {
      const { link } = await appointment(id);
      passMinute();
      return control.patchEvent({ calendar: link?.calendarId ?? '', eventId: link?.eventId ?? '', event });
    },
    remove: async (id: AppointmentId) => {
      const { link } = await appointment(id);
      passMinute();
      control.deleteEvent({ calendar: link?.calendarId ?? '', eventId: link?.eventId ?? '' });
    },
    moveTo: async (destination: CalendarId, id: AppointmentId) => {
      const { link } = await appointment(id);
      passMinute();
      control.moveEvent({ calendar: link?.calendarId ?? '', eventId: link?.eventId ?? '', destination });
    },
    /** What Google shows of the appointment's event now. */
    reading: async (id: AppointmentId) => {
      const caller = {
        accessToken: control.mintAccessToken({ email: calendarId, expiresInSeconds: 3_600 }).accessToken,
      };
      return google.readEvent({ ...caller, quotaUser: 'person' }, refOf(await appointment(id)));
    },
    /** The events that are not deleted. */
    live: (calendar: CalendarId = calendarId) =>
      control.events({ calendar }).filter(({ status }) => status !== 'cancelled'),

    /** From now on, Google is told of this, or not. */
    share: async (shared: Partial<Settings['shared']>) => {
      const { settings = defaultSettings } = await job.connectionNow();
      const next = { ...settings, shared: { ...settings.shared, ...shared } };
      await changeSettings(stores, userId, next, stamp());
    },

    /** A person books, edits or cancels here, through what the appointments API calls. */
    book: async (key: string, asked: Asked = {}, by: Partial<typeof stores> = {}): Promise<AppointmentId> => {
      const id = bookingIdOf(userId, key);
      const { times, ...rest } = toEdit({ title: 'Haircut', ...hourOf(10), ...asked });
      const request = { ...rest, times: { allDay: false, timeZone, start: '', end: '', ...times } };
      const made = await createBooking({ ...stores, ...by }, { id, userId, request, allowOverlap: true }, stamp());
      expect(made).toMatchObject({ kind: 'done' });
      return id;
    },
    edit: async (id: AppointmentId, asked: Asked, by: Partial<typeof stores> = {}) => {
      const asking = { edit: toEdit(asked), allowOverlap: true };
      const changed = await editAppointment({ ...stores, ...by }, { userId, id, versions: [] }, asking, stamp());
      expect(changed).toMatchObject({ kind: 'done' });
    },
    cancel: async (id: AppointmentId) => {
      expect(await cancelAppointment(stores, { userId, id, versions: [] }, stamp())).toMatchObject({ kind: 'done' });
    },
    appointment,
    /** Of the whole window, the cancelled ones too. */
    appointments: async (): Promise<Appointment[]> => {
      const window = { from: plusMs(now, -1e10), to: plusMs(now, 1e11) };
      return (await stores.appointments.list({ userId, ...window, limit: 5_000, includeCancelled: true })).items;
    },
    conflicts: async (): Promise<Conflict[]> => (await stores.conflicts.list({ userId, limit: 100 })).items,
  };
};
