/** Workers that freeze between Google's answer and their own writes, and answers that are older than what we know. Over HTTP. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventIdFor } from '../../shared/domain/derived-ids.ts';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import { minute, plusMs } from '../../shared/domain/instant.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import type { GoogleCalendar } from '../../shared/google/calendar-api.ts';
import { Crash } from '../support/faulty.ts';
import { calendarId, calendarKey, now } from '../support/samples.ts';
import { type GoogleJob, hourOf, inGoogle, openGoogleJob } from './google-job.ts';

let job: GoogleJob;
let id: AppointmentId;
beforeEach(async () => {
  job = await openGoogleJob();
  await job.sync();
  id = await job.book('booking');
  await job.push(id);
  await job.sync();
});
afterEach(() => job.stop());

type Call = keyof GoogleJob['google'];

/** Its id is used up, which Google does not promise to notice. */
const insertUnnoticed: GoogleJob['google']['insertEvent'] = async (caller, { calendarId: calendar, eventId }) => {
  job.control.restoreEvent({ calendar, eventId });
  const { change } = await job.google.readEvent(caller, { calendarId: calendar, eventId });
  return change.kind === 'event' ? { kind: 'written', event: change.event } : expect.fail(change.kind);
};

/** Its event is made, deleted by a person, and made anew, because ours wins. */
const madeAnew = async (other: AppointmentId) => {
  await job.push(other);
  await job.remove(other);
  const settings = { ...defaultSettings, conflictPolicy: 'bookedbarber_wins' as const };
  await job.stores.connections.saveSettings(await job.connectionNow(), settings);
  await job.edit(other, { title: 'Shave' });
  await job.push(other);
  expect((await job.appointment(other)).link).toMatchObject({ idGeneration: 2 });
};

/** A Google whose answer to this call is held back until `thaw`. `reached`: it has answered. */
const freezing = (call: Call) => {
  const reached = Promise.withResolvers<void>();
  const thawed = Promise.withResolvers<void>();
  const frozen = async (caller: never, request: never) => {
    const answer = await (job.google[call] as GoogleCalendar['getEvent'])(caller, request);
    reached.resolve();
    await thawed.promise;
    return answer;
  };
  return { google: { ...job.google, [call]: frozen }, reached: reached.promise, thaw: thawed.resolve };
};

/** Before its saves, the worker sleeps while this is done. */
const beforeSaving = (meanwhile: () => Promise<void>) => {
  let slept: Promise<void> | undefined;
  const save: typeof job.stores.appointments.save = async (next, beside) => {
    slept ??= meanwhile();
    await slept;
    return job.stores.appointments.save(next, beside);
  };
  return { appointments: { ...job.stores.appointments, save } };
};

const restore = async () => {
  const { link } = await job.appointment(id);
  job.passMs(minute);
  job.control.restoreEvent({ calendar: calendarId, eventId: link?.eventId ?? '' });
};

test('[R13][R2] a pull that thaws with an old deletion writes nothing over what has been restored since', async () => {
  await job.remove(id);
  const { google, reached, thaw } = freezing('listEvents');
  const late = job.sync(calendarKey, { google });
  await reached;
  await job.sync();
  await restore();
  await job.sync();
  const restored = await job.appointment(id);
  expect(restored).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });

  thaw();
  await expect(late).rejects.toThrow('moved on');
  expect(await job.appointment(id)).toEqual(restored);
});

test('[R13][R8] nor does one that has found it missing from a generation', async () => {
  await job.remove(id);
  job.control.expireSyncTokens({ calendar: calendarId });
  const { google, reached, thaw } = freezing('getEvent');
  const late = job.sync(calendarKey, { google });
  await reached;
  await job.sync();
  await restore();
  await job.sync();
  const restored = await job.appointment(id);
  expect(restored).toMatchObject({ status: 'confirmed' });

  thaw();
  await expect(late).rejects.toThrow('moved on');
  expect(await job.appointment(id)).toEqual(restored);
});

test('[R13] a pull that lost a race looks where its calendar is before it tries again', async () => {
  await job.remove(id);
  let overtaken = false;
  const save: typeof job.stores.appointments.save = async (next, beside) => {
    if (!overtaken) {
      overtaken = true;
      await job.sync();
      await restore();
      await job.sync();
    }
    return job.stores.appointments.save(next, beside);
  };
  const late = job.sync(calendarKey, { appointments: { ...job.stores.appointments, save } });
  await expect(late).rejects.toThrow('moved on');
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed' });
});

test('[R13][R2] a deletion that lost a race against another look at the event is looked at anew', async () => {
  await job.remove(id);
  let overtaken = false;
  const save: typeof job.stores.appointments.save = async (next, beside) => {
    if (!overtaken) {
      overtaken = true;
      await restore();
      const calendars = { ...job.stores.calendars, commitListing: () => Promise.reject(new Crash()) };
      await job.sync(calendarKey, { calendars });
    }
    return job.stores.appointments.save(next, beside);
  };
  const late = await job.sync(calendarKey, { appointments: { ...job.stores.appointments, save } });
  expect(late).toMatchObject({ kind: 'failed', error: { name: 'RetryLater' } });
  await job.sync();
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', version: 1, sync: { state: 'synced' } });
});

/** A pull that has listed the event, and saves what came of it after another has met the event's deletion. */
const outrunByDeletionOf = async (eventId: string) => {
  const overtaking = beforeSaving(async () => {
    job.control.deleteEvent({ calendar: calendarId, eventId });
    await job.sync();
  });
  await expect(job.sync(calendarKey, overtaking)).rejects.toThrow('moved on');
};

test('[R13][R2] a block that is made after its event’s deletion has been met is cancelled by who made it', async () => {
  const { id: eventId } = job.insert('Dentist', 15);
  await outrunByDeletionOf(eventId);
  const [block] = (await job.appointments()).filter(({ kind }) => kind === 'block');
  expect(block).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
});

test('[R13][R2] also when another event of its page was what it was outrun with', async () => {
  const { id: eventId } = job.insert('Dentist', 15);
  await job.patch(id, { summary: 'Shave' });
  await outrunByDeletionOf(eventId);
  const blocks = (await job.appointments()).filter(({ kind }) => kind === 'block');
  expect(blocks.map(({ status }) => status)).not.toContain('confirmed');
});

test('[R13][R2] and a block that is restored so is cancelled again', async () => {
  const { id: eventId } = job.insert('Dentist', 15);
  await job.sync();
  job.control.deleteEvent({ calendar: calendarId, eventId });
  await job.sync();
  job.passMs(minute);
  job.control.restoreEvent({ calendar: calendarId, eventId });
  await outrunByDeletionOf(eventId);
  const [block] = (await job.appointments()).filter(({ kind }) => kind === 'block');
  expect(block).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
});

test.each([
  ['an insert that is answered', 'insertEvent', 0],
  ['an event of ours that is found', 'readEvent', 1],
] as const)('[R13][R5] %s after its time is not taken for there', async (_, call, inserted) => {
  const other = await job.book('other', hourOf(12));
  const hint = { calendarKey, reason: 'appointment', appointment: { id: other } } as const;
  const lost = async (...given: Parameters<GoogleJob['google']['insertEvent']>) => {
    await job.google.insertEvent(...given);
    throw new Crash();
  };
  const push = (google: GoogleJob['google']) => job.syncAt(now, hint, { google });
  if (inserted > 0) await push({ ...job.google, insertEvent: lost });

  const { google, reached, thaw } = freezing(call);
  let leftMs = minute;
  const late = job.syncFor(() => leftMs, now, hint, { google });
  await reached;
  await job.remove(other);
  await job.syncAt(plusMs(now, 5 * minute), { calendarKey, reason: 'notification' }, { google: job.google });
  leftMs = 0;
  thaw();
  await late;
  await job.sync();
  expect(await job.appointment(other)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
});

test('[R13][R2] an event that is made too late for a booking that was cancelled meanwhile is deleted', async () => {
  const other = await job.book('other', hourOf(12));
  const hint = { calendarKey, reason: 'appointment', appointment: { id: other } } as const;
  const asleep = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const insertEvent: GoogleJob['google']['insertEvent'] = async (...given) => {
    reached.resolve();
    await asleep.promise;
    return job.google.insertEvent(...given);
  };
  let leftMs = minute;
  const late = job.syncFor(() => leftMs, now, hint, { google: { ...job.google, insertEvent } });
  await reached.promise;
  await job.cancel(other);
  await job.push(other);
  expect((await job.appointment(other)).sync).toEqual({ state: 'synced' });
  leftMs = 0;
  asleep.resolve();
  await late;
  await job.sync();
  expect(await job.appointment(other)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
  expect(job.live()).toHaveLength(1);
});

test('[R3] an event that is made too late, after a deletion and under an id that was used up, goes again', async () => {
  const other = await job.book('other', hourOf(12));
  const hint = { calendarKey, reason: 'appointment', appointment: { id: other } } as const;
  const asleep = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  let leftMs = minute;
  const insertEvent: GoogleJob['google']['insertEvent'] = async (...given) => {
    reached.resolve();
    await asleep.promise;
    return insertUnnoticed(...given);
  };
  const late = job.syncFor(() => leftMs, now, hint, { google: { ...job.google, insertEvent } });
  await reached.promise;
  await madeAnew(other);
  leftMs = 0;
  asleep.resolve();
  await late;
  expect(job.live()).toHaveLength(2);
  expect(job.live()).toContainEqual(expect.objectContaining({ summary: 'Shave' }));
});

test.each([
  ['as it was', async () => undefined],
  ['and it has been edited there', async (other: AppointmentId) => void (await job.patch(other, { summary: 'Shave' }))],
] as const)(
  '[R13][R2] nor does it bring the booking back when nobody hears that it was made, %s',
  async (how, meanwhile) => {
    const other = await job.book('other', hourOf(12));
    const insertEvent: GoogleJob['google']['insertEvent'] = async (...given) => {
      await job.cancel(other);
      await job.push(other);
      await job.google.insertEvent(...given);
      throw new Crash();
    };
    expect(await job.push(other, { google: { ...job.google, insertEvent } })).toMatchObject({ kind: 'failed' });
    job.passMs(minute);
    await meanwhile(other);
    await job.sync();
    expect(await job.appointment(other)).toMatchObject({ status: 'cancelled' });
    const isGone = job.live().every(({ id }) => id !== eventIdFor(other, 1));
    expect(isGone).toBe(how === 'as it was');
    expect((await job.conflicts()).map(({ kind }) => kind)).toEqual(isGone ? [] : ['deleted_in_bookedbarber']);
  },
);

test('[R2] nor is it deleted again when a person has taken its event out of the bin', async () => {
  const other = await job.book('other', hourOf(12));
  const { insertEvent } = job.google;
  const lost: typeof insertEvent = async (...given) => {
    await insertEvent(...given);
    throw new Crash();
  };
  await job.push(other, { google: { ...job.google, insertEvent: lost } });
  job.passMs(minute);
  await job.remove(other);
  await job.cancel(other);
  await job.push(other);
  await job.sync();
  job.control.restoreEvent({ calendar: calendarId, eventId: eventIdFor(other, 1) });
  await job.sync();
  expect(await job.appointment(other)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
});

test('[R13] a page that finds its calendar switched off meanwhile is not stored', async () => {
  job.insert('Dentist', 15);
  const { google, reached, thaw } = freezing('listEvents');
  const late = job.sync(calendarKey, { google });
  await reached;
  const { setSwitches } = job.stores.calendars;
  const calendar = await job.calendarNow();
  await setSwitches(calendar, { enabled: false, role: 'blocks' }, calendar.lastSyncAt ?? expect.fail());
  thaw();
  await expect(late).rejects.toThrow('moved on');
  expect(await job.appointments()).toHaveLength(1);
});

test.each(['updateEvent', 'readEvent'] as const)(
  '[R13][R2] a push that thaws after %s notes nothing over what is known by then',
  async (call) => {
    await job.edit(id, hourOf(11));
    const { google, reached, thaw } = freezing(call);
    const late = job.push(id, { google });
    await reached;
    await job.push(id);
    await job.edit(id, hourOf(12));
    await job.push(id);
    await job.sync();
    const known = await job.appointment(id);
    thaw();
    await late;
    expect(await job.appointment(id)).toEqual(known);

    await job.patch(id, inGoogle(hourOf(14)));
    await job.sync();
    expect(await job.conflicts()).toEqual([]);
    expect((await job.appointment(id)).fields).toMatchObject({ start: '2026-03-03T14:00:00-05:00' });
  },
);

test('[R1] nor is a deletion that a replica still shows after a person has taken the event out of the bin', async () => {
  await job.remove(id);
  const reading = await job.reading(id);
  await restore();
  await job.sync();
  await job.edit(id, { title: 'Shave' });
  const lagging = { ...job.google, readEvent: async () => reading };
  expect(await job.push(id, { google: lagging })).toMatchObject({ kind: 'failed' });
  job.passMs(minute);
  await job.push(id);
  expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', sync: { state: 'synced' } });
  expect(job.live()).toMatchObject([{ summary: 'Shave' }]);
});

test('[R1] a get that lags behind what we know is no agreement: it is read again later', async () => {
  const { link } = await job.appointment(id);
  const caller = {
    accessToken: (await job.connectionNow()).accessToken?.replace('sealed:', '') ?? '',
    quotaUser: 'ann',
  };
  const old = await job.google.readEvent(caller, { calendarId, eventId: link?.eventId ?? expect.fail() });
  await job.edit(id, { title: 'Shave' });
  await job.push(id);
  await job.edit(id, { title: 'Haircut' });
  expect(await job.push(id, { google: { ...job.google, readEvent: async () => old } })).toMatchObject({
    kind: 'failed',
    error: { name: 'RetryLater' },
  });
  expect(job.live()).toMatchObject([{ summary: 'Shave' }]);
  await job.push(id);
  expect(job.live()).toMatchObject([{ summary: 'Haircut' }]);
  expect(await job.appointment(id)).toMatchObject({ sync: { state: 'synced' }, fields: { title: 'Haircut' } });
});

const crash = async (): Promise<never> => {
  throw new Crash();
};

test('[R3] frozen before its insert, while others made the event, and it was deleted and made anew: one event', async () => {
  const other = await job.book('other', hourOf(12));
  await job.push(other, { google: { ...job.google, insertEvent: crash } });
  const hint = { calendarKey, reason: 'appointment', appointment: { id: other } } as const;
  let leftMs: number = minute;
  let froze = false;
  const loadMany: typeof job.stores.appointments.loadMany = async (...given) => {
    const answer = await job.stores.appointments.loadMany(...given);
    if (froze) return answer;
    froze = true;
    await madeAnew(other);
    leftMs = -minute;
    return answer;
  };
  await job.syncFor(() => leftMs, job.passMinute(), hint, {
    appointments: { ...job.stores.appointments, loadMany },
    google: { ...job.google, insertEvent: insertUnnoticed },
  });
  expect(job.live()).toHaveLength(2); // With the other booking's.
});

test('[R5] frozen before its insert, whose event is deleted before that is noted: the booking goes with it', async () => {
  const other = await job.book('other', hourOf(12));
  await job.push(other, { google: { ...job.google, insertEvent: crash } });
  const hint = { calendarKey, reason: 'appointment', appointment: { id: other } } as const;
  let leftMs: number = minute;
  const loadMany: typeof job.stores.appointments.loadMany = async (...given) => {
    const answer = await job.stores.appointments.loadMany(...given);
    leftMs = -minute;
    return answer;
  };
  const insertEvent: GoogleJob['google']['insertEvent'] = async (...given) => {
    const answer = await job.google.insertEvent(...given);
    await job.remove(other);
    await job.sync(calendarKey, { google: { ...job.google, insertEvent: crash, readEvent: crash } });
    return answer;
  };
  await job.syncFor(() => leftMs, job.passMinute(), hint, {
    appointments: { ...job.stores.appointments, loadMany },
    google: { ...job.google, insertEvent },
  });
  await job.sync();
  await job.push(other);
  await job.sync();
  const { status, sync } = await job.appointment(other);
  expect({ status, sync, live: job.live().length }).toMatchObject({ status: 'cancelled', live: 1 });
});
