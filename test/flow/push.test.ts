/** Bookings → Google over HTTP: the real client and the stand-in. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventIdFor, eventMarkOf } from '../../shared/domain/derived-ids.ts';
import type { AppointmentId } from '../../shared/domain/ids.ts';
import { minute } from '../../shared/domain/instant.ts';
import { Crash } from '../support/faulty.ts';
import { calendarId, calendarKey } from '../support/samples.ts';
import { type GoogleJob, hourOf, shopId, shopKey } from './google-job.ts';
import { openPushJob, type PushJob } from './push-job.ts';

let job: PushJob;
beforeEach(async () => {
  job = await openPushJob();
});
afterEach(() => job.stop());

describe('a new booking', () => {
  test('[R3][F57] becomes one event that bears our mark and zone, by one call that mails nobody', async () => {
    const id = await job.book('booking', { title: 'Haircut – Ann', location: 'Main St 1', notes: 'Bring card' });
    job.control.clearLogs();
    expect(await job.push(id)).toMatchObject({ kind: 'pushed', push: { pushed: 1 } });
    expect(job.control.requests()).toMatchObject([
      { operation: 'calendar.events.insert', query: { sendUpdates: 'none' } },
    ]);
    expect(job.live()).toMatchObject([
      {
        id: eventIdFor(id, 1),
        summary: 'Haircut – Ann',
        location: 'Main St 1',
        description: 'Bring card',
        start: { dateTime: '2026-03-03T10:00:00-05:00', timeZone: 'America/New_York' },
        extendedProperties: { private: { bookedBarber: eventMarkOf('owner', id) } },
      },
    ]);
    const appointment = await job.appointment(id);
    expect(appointment).toMatchObject({ version: 1, sync: { state: 'synced' }, link: { idGeneration: 1 } });
    expect(appointment).not.toHaveProperty('base');
  });

  test('[F47] is planned, with its event’s id and what both will agree on, before Google hears of it', async () => {
    const id = await job.book('booking');
    const insertEvent: GoogleJob['google']['insertEvent'] = async (caller, request) => {
      const { link, fields, base } = await job.appointment(id);
      expect(link).toMatchObject({ calendarKey, connectGeneration: 1, idGeneration: 1, eventId: request.eventId });
      expect(link).not.toHaveProperty('observed');
      expect(base).toEqual(fields);
      return job.google.insertEvent(caller, request);
    };
    await job.push(id, { google: { ...job.google, insertEvent } });
    expect(job.live()).toHaveLength(1);
  });

  test('[R4][F45] is no news when a pull lists it', async () => {
    await job.pushed('booking');
    await job.expectQuiet();
  });

  test('[R3][F49] whose answer is lost is found again, and is no conflict', async () => {
    const id = await job.book('booking');
    job.control.orderFault({ kind: 'commit-then-drop', method: 'POST', path: '/events' });
    expect(await job.push(id)).toMatchObject({ kind: 'failed' });
    expect(await job.push(id)).toMatchObject({ kind: 'pushed' });
    expect(job.live()).toHaveLength(1);
    expect(await job.appointment(id)).toMatchObject({ version: 1, sync: { state: 'synced' } });
    await job.expectQuiet();
  });

  test('[R3][F49] whose answer is lost is taken for our own by a pull that lists it first', async () => {
    const id = await job.book('booking');
    job.control.orderFault({ kind: 'commit-then-drop', method: 'POST', path: '/events' });
    await job.push(id);
    await job.sync();
    expect(await job.appointments()).toMatchObject([{ id, version: 1, sync: { state: 'synced' } }]);
    expect(await job.conflicts()).toEqual([]);
  });

  test.each([
    ['an increment', () => undefined],
    ['everything anew', () => job.control.expireSyncTokens({ calendar: calendarId })],
  ])(
    '[R1][R11] whose answer is lost, and that a person deletes at once, is cancelled, though %s is listed',
    async (_, expire) => {
      const id = await job.book('booking');
      job.control.orderFault({ kind: 'commit-then-drop', method: 'POST', path: '/events' });
      await job.push(id);
      await job.remove(id);
      expire();
      await job.push(id);
      await job.sync();
      expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
      await job.expectQuiet();
    },
  );

  test('[R3] does not adopt a stranger’s event of its id: it takes the next id', async () => {
    const id = await job.book('booking');
    job.insert('Stranger', 15, { id: eventIdFor(id, 1) });
    await job.push(id);
    expect(job.live()).toMatchObject([
      { id: eventIdFor(id, 1), summary: 'Stranger' },
      { id: eventIdFor(id, 2), summary: 'Haircut' },
    ]);
    await job.sync();
    expect(await job.appointments()).toMatchObject([
      { id, version: 1, fields: { title: 'Haircut' }, link: { idGeneration: 2 }, sync: { state: 'synced' } },
      { kind: 'block', fields: { title: 'Stranger' } },
    ]);
  });

  test.each([
    ['before its insert', async (id: AppointmentId) => job.push(id)],
    ['before a pull that lists the deletion', async (id: AppointmentId) => [await job.sync(), await job.push(id)]],
  ])('[R2][R3] is not cancelled by a stranger’s event of its id that is deleted %s', async (_, goOn) => {
    const id = await job.book('booking');
    job.control.orderFault({ kind: 'reset', method: 'POST', path: '/events' });
    await job.push(id); // Planned; Google has not heard of it.
    job.insert('Stranger', 15, { id: eventIdFor(id, 1) });
    await job.remove(id);
    await goOn(id);
    expect(job.live()).toMatchObject([{ id: eventIdFor(id, 2), summary: 'Haircut' }]);
    expect(await job.appointments()).toMatchObject([
      { id, version: 1, status: 'confirmed', sync: { state: 'synced' } },
    ]);
    await job.sync();
    await job.expectQuiet();
  });

  test('[F48] that is cancelled before it was planned never reaches Google', async () => {
    const id = await job.book('booking');
    await job.cancel(id);
    await job.push(id);
    expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'local' } });
    expect(job.control.events({ calendar: calendarId })).toEqual([]);
  });

  test.each([
    ['before it took effect', 'reset'],
    ['after it took effect', 'commit-then-drop'],
  ] as const)('[F48] that is cancelled when its insert was lost %s leaves no event', async (_, kind) => {
    const id = await job.book('booking');
    job.control.orderFault({ kind, method: 'POST', path: '/events' });
    await job.push(id);
    await job.cancel(id);
    await job.push(id);
    expect(job.live()).toEqual([]);
    expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', version: 2, sync: { state: 'synced' } });
    await job.expectQuiet();
  });

  test('[R3] that is cancelled before it was inserted leaves a stranger’s event of its id alone', async () => {
    const id = await job.book('booking');
    job.control.orderFault({ kind: 'reset', method: 'POST', path: '/events' });
    await job.push(id);
    job.insert('Haircut', 10, { id: eventIdFor(id, 1) });
    await job.cancel(id);
    await job.push(id);
    expect(job.live()).toMatchObject([{ summary: 'Haircut' }]);
    expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
  });

  test('[F49] that is moved twice around an insert whose answer was lost is no conflict with itself', async () => {
    const id = await job.book('booking');
    job.control.orderFault({ kind: 'reset', method: 'POST', path: '/events' });
    await job.push(id); // Planned at 10 o'clock; Google has not heard of it.
    await job.edit(id, hourOf(11));
    job.control.orderFault({ kind: 'commit-then-drop', method: 'POST', path: '/events' });
    await job.push(id); // Google has heard.
    await job.edit(id, hourOf(12));
    await job.push(id);
    expect(await job.conflicts()).toEqual([]);
    expect(job.live()).toMatchObject([{ start: { dateTime: '2026-03-03T12:00:00-05:00' } }]);
    expect(await job.appointment(id)).toMatchObject({ version: 3, sync: { state: 'synced' } });
  });
});

test('a booking whose calendar changes after its insert was planned ends in the new one, once [R3]', async () => {
  await job.addShop();
  const id = await job.book('booking');
  job.control.orderFault({ kind: 'reset', method: 'POST', path: '/events' });
  await job.push(id);
  await job.retarget(id);
  await job.push(id);
  expect([job.live().length, job.live(shopId).length]).toEqual([0, 1]);
  expect(await job.appointment(id)).toMatchObject({ link: { calendarKey: shopKey }, sync: { state: 'synced' } });
});

describe('a change', () => {
  test('[R11] of the time is told by two calls that mail nobody', async () => {
    const id = await job.pushed('booking');
    await job.edit(id, hourOf(14));
    await job.push(id);
    expect(job.requests()).toEqual(['events.get', 'events.update']);
    expect(job.control.requests({ operation: 'calendar.events.update' })).toMatchObject([
      { query: { sendUpdates: 'none' } },
    ]);
    expect(job.live()).toMatchObject([{ start: { dateTime: '2026-03-03T14:00:00-05:00' } }]);
    expect(await job.appointment(id)).toMatchObject({ version: 2, sync: { state: 'synced' } });
    await job.expectQuiet();
  });

  test('[F51] leaves guests, colours and reminders as they are', async () => {
    const id = await job.pushed('booking');
    const foreign = { attendees: [{ email: 'ann@example.com' }], colorId: '5', reminders: { useDefault: false } };
    await job.patch(id, foreign);
    await job.edit(id, { title: 'Shave' });
    await job.push(id);
    expect(job.live()).toMatchObject([{ ...foreign, summary: 'Shave' }]);
  });

  test('whose answer is lost is found again, and is no conflict [F49]', async () => {
    const id = await job.pushed('booking');
    await job.edit(id, hourOf(14));
    job.control.orderFault({ kind: 'commit-then-drop', method: 'PUT' });
    expect(await job.push(id)).toMatchObject({ kind: 'failed' });
    await job.push(id);
    expect(await job.appointment(id)).toMatchObject({ version: 2, sync: { state: 'synced' } });
    await job.expectQuiet();
  });

  test('[R2][F49] whose answer is lost does not win over the next one, although a replica lags behind in between', async () => {
    const id = await job.pushed('booking');
    const { link } = await job.appointment(id);
    const { accessToken } = job.control.mintAccessToken({ email: calendarId, expiresInSeconds: 3_600 });
    const ref = { calendarId, eventId: link?.eventId ?? eventIdFor(id, 1) };
    const before = await job.google.readEvent({ accessToken, quotaUser: 'person' }, ref);
    await job.edit(id, { title: 'Shave' });
    const lost: GoogleJob['google']['updateEvent'] = async (...given) => {
      await job.google.updateEvent(...given);
      throw new Crash();
    };
    await job.push(id, { google: { ...job.google, updateEvent: lost } });
    await job.edit(id, { title: 'Beard' });
    let reads = 0;
    const readEvent: GoogleJob['google']['readEvent'] = async (...given) =>
      ++reads === 1 ? before : job.google.readEvent(...given);
    job.passMs(minute);
    await job.push(id, { google: { ...job.google, readEvent } });
    expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Beard' }, sync: { state: 'synced' } });
    expect(job.live()).toMatchObject([{ summary: 'Beard' }]);
  });

  test('[F50] that meets a newer one in Google is decided again, and both stay', async () => {
    const id = await job.pushed('booking');
    await job.edit(id, { title: 'Shave' });
    const updateEvent: GoogleJob['google']['updateEvent'] = async (caller, request) => {
      if (!('location' in (job.live()[0] ?? {}))) await job.patch(id, { location: 'Main St 1' });
      return job.google.updateEvent(caller, request);
    };
    await job.push(id, { google: { ...job.google, updateEvent } });
    expect(job.control.requests({ operation: 'calendar.events.update' })).toMatchObject([
      { status: 412 },
      { status: 200 },
    ]);
    expect(job.live()).toMatchObject([{ summary: 'Shave', location: 'Main St 1' }]);
    expect((await job.appointment(id)).fields).toMatchObject({ title: 'Shave', location: 'Main St 1' });
    await job.expectQuiet();
  });

  test.each([{ call: 'insertEvent' }, { call: 'updateEvent' }] as const)(
    '[R2] made while $call is under way is pushed as well',
    async ({ call }) => {
      const id = await job.book('booking');
      if (call === 'updateEvent') {
        await job.push(id);
        await job.edit(id, { notes: 'Bring card' });
      }
      let edited = false;
      const slow = async (caller: never, request: never) => {
        const answer = await job.google[call](caller, request);
        if (!edited) await job.edit(id, { title: 'Shave', ...hourOf(16) });
        edited = true;
        return answer;
      };
      await job.push(id, { google: { ...job.google, [call]: slow } });
      expect(job.live()).toMatchObject([{ summary: 'Shave', start: { dateTime: '2026-03-03T16:00:00-05:00' } }]);
      expect(await job.appointment(id)).toMatchObject({ fields: { title: 'Shave' }, sync: { state: 'synced' } });
      expect(await job.conflicts()).toEqual([]);
      await job.expectQuiet();
    },
  );

  test('[R11] that shows in no field of the event costs at most three calls', async () => {
    const id = await job.pushed('booking');
    await job.edit(id, hourOf(14));
    await job.edit(id, hourOf(10));
    await job.push(id);
    expect(job.requests().length).toBeLessThanOrEqual(3);
    expect(await job.appointment(id)).toMatchObject({ sync: { state: 'synced' } });
  });
});

describe('a cancellation', () => {
  test('deletes the event by two calls that mail nobody', async () => {
    const id = await job.pushed('booking');
    await job.cancel(id);
    await job.push(id);
    expect(job.requests()).toEqual(['events.get', 'events.delete']);
    expect(job.control.requests({ method: 'DELETE' })).toMatchObject([{ query: { sendUpdates: 'none' } }]);
    expect(job.live()).toEqual([]);
    expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', version: 2, sync: { state: 'synced' } });
    await job.expectQuiet();
  });

  test('[F53] of what Google has deleted already is done', async () => {
    const id = await job.pushed('booking');
    await job.cancel(id);
    await job.remove(id);
    expect(await job.push(id)).toMatchObject({ kind: 'pushed', push: { settled: 1 } });
    expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
    expect(await job.conflicts()).toEqual([]);
  });

  test('[F53] whose answer is lost is done the second time', async () => {
    const id = await job.pushed('booking');
    await job.cancel(id);
    job.control.orderFault({ kind: 'commit-then-drop', method: 'DELETE' });
    await job.push(id);
    await job.push(id);
    expect(await job.appointment(id)).toMatchObject({ status: 'cancelled', version: 2, sync: { state: 'synced' } });
  });

  test('[F50] that meets an edit in Google waits for a person', async () => {
    const id = await job.pushed('booking');
    await job.cancel(id);
    const deleteEvent: GoogleJob['google']['deleteEvent'] = async (caller, request) => {
      await job.patch(id, { location: 'Main St 1' });
      return job.google.deleteEvent(caller, request);
    };
    await job.push(id, { google: { ...job.google, deleteEvent } });
    expect(job.live()).toHaveLength(1);
    expect(await job.conflicts()).toMatchObject([{ kind: 'deleted_in_bookedbarber', status: 'open' }]);
  });
});

test('a push says since when Google was to hear of it; what was only settled is not told', async () => {
  const id = await job.book('booking');
  const { sync } = await job.appointment(id);
  const waitingSince = sync.state === 'pending' ? sync.since : expect.fail('It is not pending');
  expect(await job.push(id)).toMatchObject({ kind: 'pushed', push: { pushed: 1, toldSince: [waitingSince] } });
  expect(await job.push(id)).toMatchObject({ kind: 'pushed', push: { settled: 1, toldSince: [] } });
});
