/** Another account takes over, over HTTP with the stand-in: what goes, what stays, and the way back. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planChannel } from '../../shared/channels/renewal-plan.ts';
import { decideConflict } from '../../shared/conflicts/decide-conflict.ts';
import { seenOf } from '../../shared/conflicts/review.ts';
import { bookingIdOf, eventIdFor } from '../../shared/domain/derived-ids.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { day, hour, plusMs } from '../../shared/domain/instant.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import { Crash, failingAt } from '../support/faulty.ts';
import { aBooking, calendarId, calendarKey, now, userId } from '../support/samples.ts';
import { type AccountJob, first, openConnectedJob, other, otherKey } from './account-job.ts';
import { hourOf, inGoogle } from './google-job.ts';

let job: AccountJob;
beforeEach(async () => {
  job = await openConnectedJob();
});
afterEach(() => job.stop());

describe('[F11] another account', () => {
  test('is refused unless the user has said so, and nothing is touched', async () => {
    const id = await job.begin();
    const before = [await job.connection(), await job.calendars(), await job.appointment(id)];
    expect(await job.connect(other)).toEqual({ kind: 'refused', because: 'other_account', account: first });
    expect([await job.connection(), await job.calendars(), await job.appointment(id)]).toEqual(before);
    expect(job.stopped).toEqual([]);
  });

  test('takes the place: its calendars are listed, the blocks of the old one go, and the bookings come over', async () => {
    const id = await job.begin();
    const old = await job.connection();
    const channels = await job.channelIds();
    await job.connect(other, true);
    await job.agree(other);

    expect(await job.connection()).toMatchObject({ account: other, connectGeneration: 2, realTimeSync: true });
    expect((await job.calendars()).map(({ key }) => key)).toEqual([otherKey]);
    await job.lookOnceMore();
    expect(await job.due()).toEqual([otherKey]);
    expect(await job.held()).toEqual([`Haircut ${(await job.appointment(id)).startsAt}`]);
    expect(await job.blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
    expect(await job.appointment(id)).toMatchObject({ link: { calendarKey: otherKey }, sync: { state: 'synced' } });

    expect(job.stopped.toSorted()).toEqual(channels);
    expect(job.control.requests({ path: '/revoke' }).map(({ status }) => status)).toEqual([200]);
    expect(old).toMatchObject({ account: first });
    expect(job.shown(first)).toHaveLength(2); // What lies there is its owner's.
  });

  test('[F37] takes the place although Google is down for the old one', async () => {
    const id = await job.begin();
    const down = new GoogleError('channels.stop', 503, undefined, undefined);
    const google = { ...job.google, stop: async () => Promise.reject(down) };
    const oauth = async () => ({ refresh: () => Promise.reject(down), revoke: () => Promise.reject(down) });
    const outcome = await job.connect(other, true, { google, oauth });
    const failures = [expect.anything(), expect.anything()];
    expect(outcome).toMatchObject({ kind: 'connected', left: { grant: 'not_told', failures } });
    await job.agree(other);
    await job.synced(id);
  });

  test('[R13] a pull of the old one that was under way brings nothing in', async () => {
    await job.begin();
    job.insert('Late', 18);
    const reached = Promise.withResolvers<void>();
    const thawed = Promise.withResolvers<void>();
    const listEvents: typeof job.google.listEvents = async (...given) => {
      const page = await job.google.listEvents(...given);
      reached.resolve();
      await thawed.promise;
      return page;
    };
    const late = job.sync(calendarKey, { google: { ...job.google, listEvents } });
    await reached.promise;
    await job.connect(other, true);
    thawed.resolve();
    await expect(late).rejects.toThrow('moved on');
    await job.agree(other);
    expect(await job.calendar(first)).not.toHaveProperty('cursor');
    expect(await job.calendars()).toHaveLength(1);
  });

  test('[R13] a push of the old one that hears late of its success changes nothing', async () => {
    await job.begin();
    const id = await job.book('late', hourOf(17));
    const insertEvent: typeof job.google.insertEvent = async (...given) => {
      const answer = await job.google.insertEvent(...given);
      await job.connect(other, true);
      await job.edit(id, { title: 'Beard' }); // It is on its way to the other account now.
      return answer;
    };
    await job.push(id, { google: { ...job.google, insertEvent } });
    expect(await job.appointment(id)).toMatchObject({ sync: { state: 'pending', target: { calendarKey: otherKey } } });
    expect((await job.appointment(id)).link).toBeUndefined();
    await job.agree(other);
  });

  test('a notification of the old one’s channels is acknowledged', async () => {
    await job.begin();
    await job.connect(other, true);
    await job.settle();
    const hint = { calendarKey, reason: 'notification', connectGeneration: 1 } as const;
    expect(await job.run(hint)).toEqual({ kind: 'acknowledged', because: 'retired' });
  });

  test('a booking that is over stays as it is, and an edit of it goes nowhere', async () => {
    const id = await job.begin();
    job.passMs(3 * day);
    await job.connect(other, true);
    await job.settle();
    expect(await job.appointment(id)).toMatchObject({ link: { calendarKey } });
    await job.edit(id, { notes: 'paid' });
    expect(await job.appointment(id)).toMatchObject({ sync: { state: 'local' }, fields: { notes: 'paid' } });
    expect((await job.appointment(id)).link).toBeUndefined();
    await job.settle();
    expect(job.shown(other)).toEqual([]);
  });

  test('a booking that waits for a person goes over, and there is nothing to decide any more', async () => {
    const id = await job.begin();
    await job.edit(id, hourOf(16));
    await job.patch(id, inGoogle(hourOf(17)));
    await job.sync();
    expect((await job.conflicts()).filter(({ status }) => status === 'open')).toHaveLength(1);
    await job.connect(other, true);
    await job.agree(other);
    expect((await job.conflicts()).filter(({ status }) => status === 'open')).toEqual([]);
  });

  test('[R3] that has a calendar of the old one as well: an event there is still the booking’s, edits included', async () => {
    const shop = 'shop@group.calendar.google.com';
    const id = await job.begin();
    const owned = await job.calendars();
    const next = owned.find(({ calendarId }) => calendarId === shop) ?? expect.fail('There is no shop');
    await job.stores.calendars.chooseBookingsCalendar(
      next,
      owned.find(({ role }) => role === 'bookings'),
    );
    const inShop = await job.book('in the shop', { title: 'Shave', ...hourOf(12) });
    await job.settle();
    job.control.addCalendar({ email: other, calendar: { id: shop } });
    job.control.setAccessRole({ email: other, calendar: shop, accessRole: 'owner' });
    await job.connect(other, true);
    await job.patch(inShop, { location: 'Main St 1' });
    await job.settle();
    expect((await job.appointment(inShop)).fields.location).toBe('Main St 1');
    expect(job.shown(shop)).toHaveLength(1);
    expect(job.shown(other)).toEqual([`Haircut ${(await job.appointment(id)).startsAt}`]);
  });

  test('[R1] that takes the place of the old one while a client books: the booking goes to the new one', async () => {
    await job.begin();
    const { calendars } = job.stores;
    const retire: typeof calendars.retire = async (...given) => {
      await calendars.retire(...given);
      await job.book('meanwhile', { title: 'Shave', ...hourOf(12) });
    };
    await job.connect(other, true, { calendars: { ...calendars, retire } });
    await job.agree(other);
    expect(job.shown(other)).toContainEqual(expect.stringContaining('Shave'));
  });

  test('[R11] more bookings than one run can send over are sent by the next ones', async () => {
    for (let nth = 0; nth < 2_100; nth++) {
      const startsAt = plusMs(now, day + nth * hour);
      const id = bookingIdOf(userId, `${nth}`);
      const link = { calendarKey, calendarId, connectGeneration: 1, eventId: eventIdFor(id, 1), idGeneration: 1 };
      await job.stores.appointments.save(aBooking({ id, link, startsAt, endsAt: plusMs(startsAt, hour) }));
    }
    await job.connect(other, true);
    const hints = job.sent
      .splice(0)
      .filter(({ hint }) => hint.reason === 'disabled' && hint.calendarKey === calendarKey);
    for (const { hint } of hints) await job.run(hint);
    const waiting = async () => (await job.stores.appointments.listPending(otherKey, plusMs(now, day), 5_000)).length;
    expect(await waiting()).toBe(2_000);
    for (const { hint } of job.sent.splice(0)) await job.run(hint);
    expect(await waiting()).toBe(2_100);
  });
});

const decide = async (choice: 'google' | 'bookedbarber') => {
  const [conflict = expect.fail('There is no review item')] = await job.conflicts();
  const seen = seenOf({ conflict, appointment: await job.appointment(conflict.appointmentId) });
  const stamp = { now: job.passMinute(), chainId: asId<never>('person'), userId };
  expect(await decideConflict(job.stores, conflict.id, { choice, seen, allowOverlap: true }, stamp)).toEqual({
    kind: 'done',
  });
};

describe('[R3] there and back again', () => {
  let id: AppointmentId;
  const away = async () => {
    id = await job.begin();
    await job.connect(other, true);
    await job.settle();
  };
  const back = async () => {
    await job.connect(first, true);
    await job.agree(first);
  };
  const eventBefore = async () => {
    const [event] = (await job.appointment(id)).former ?? [];
    return { calendar: calendarId, eventId: event?.eventId ?? expect.fail('It had no event') };
  };

  test('each booking meets its event of before, and no account has two', async () => {
    await away();
    await back();
    expect(job.shown(first)).toHaveLength(2);
    await job.connect(other, true);
    await job.agree(other);
    expect(job.shown(other)).toHaveLength(1);
    await back();
    expect(job.shown(first)).toHaveLength(2);
    expect(await job.conflicts()).toEqual([]);
  });

  test.each(['the listing', 'the push'])(
    'what was edited meanwhile here holds, whichever of both %s sees first',
    async (which) => {
      await away();
      await job.edit(id, { title: 'Beard', ...hourOf(12) });
      await job.settle();
      const stale = await eventBefore();
      job.control.patchEvent({ ...stale, event: { summary: 'Haircut?' } });
      await job.connect(first, true);
      const order = which === 'the listing' ? ['connected', 'disabled'] : ['disabled', 'connected'];
      const hints = job.sent.splice(0);
      for (const reason of order) job.sent.push(...hints.filter(({ hint }) => hint.reason === reason));
      await job.agree(first);
      const { startsAt } = await job.appointment(id);
      const { provenance } = await job.appointment(id);
      expect(provenance.settled).toMatchObject({ policy: 'person', theirs: { title: 'Haircut?' } }); // On record [R2].
      expect(job.shown(first)).toContain(`Beard ${startsAt}`);
      expect(job.shown(first)).toHaveLength(2);
    },
  );

  test('[R2] a booking whose event of before was deleted meanwhile is neither cancelled nor lost', async () => {
    await away();
    job.control.deleteEvent(await eventBefore());
    await back();
    expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', link: { idGeneration: 2 } });
    await job.connect(other, true);
    await job.agree(other);
    await back();
    expect(job.shown(first)).toHaveLength(2);
  });

  test('[R1] whatever is decided meanwhile about a block that was left there, it takes no time until it is back', async () => {
    await job.begin();
    const { id: block } = await job.blockOf('Dentist');
    await job.cancel(block);
    await job.patch(block, { summary: 'Dentist, for sure' });
    await job.settle();
    await job.connect(other, true);
    await job.settle();
    await decide('google');
    expect(await job.appointment(block)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
    await back();
    expect(await job.appointment(block)).toMatchObject({ status: 'confirmed', fields: { title: 'Dentist, for sure' } });
  });

  test('[R3] a stranger that has taken the id of a booking there is a block of its own again', async () => {
    const booked = bookingIdOf(userId, 'b2');
    const stranger = { id: eventIdFor(booked, 1), summary: 'Stranger', ...inGoogle(hourOf(18)) };
    job.control.insertEvent({ calendar: calendarId, event: stranger });
    await job.settle();
    await job.connect(other, true);
    await job.settle();
    await job.book('b2', { title: 'Shave', ...hourOf(11) });
    await job.settle();
    expect((await job.appointment(booked)).link).toMatchObject({ eventId: stranger.id, calendarId: other });
    await job.cancel(booked);
    await job.settle();
    await back();
    expect(await job.blockOf('Stranger')).toMatchObject({ status: 'confirmed', link: { eventId: stranger.id } });
  });

  test('[R5] the deletion of such a stranger is not taken for one of the booking, whose event lies in the account before', async () => {
    const booked = bookingIdOf(userId, 'b2');
    const stranger = { id: eventIdFor(booked, 1), summary: 'Stranger', ...inGoogle(hourOf(18)) };
    job.control.insertEvent({ calendar: calendarId, event: stranger });
    await job.connect(other, true);
    await job.settle();
    await job.book('b2', { title: 'Shave', ...hourOf(11) });
    await job.settle();
    await job.connect(first, true);
    const hints = job.sent.splice(0);
    job.sent.push(...hints.filter(({ hint }) => hint.reason === 'connected')); // What is to be brought along comes later.
    await job.settle();
    job.control.deleteEvent({ calendar: calendarId, eventId: stranger.id });
    await job.sync();
    expect(await job.blockOf('Stranger')).toMatchObject({ status: 'cancelled' });
    job.sent.push(...hints);
    await job.settle();
    expect(await job.appointment(booked)).toMatchObject({ status: 'confirmed', link: { calendarId } });
  });

  test('[R1] a booking that was cancelled meanwhile takes its event of before with it', async () => {
    await away();
    await job.cancel(id);
    await job.settle();
    await back();
    expect(job.shown(first)).toEqual([expect.stringContaining('Dentist')]);
    expect(await job.appointment(id)).toMatchObject({ status: 'cancelled' });
  });
});

test('[R13] a change of account that is so slow that its user has gone back retires nothing of the new consent', async () => {
  await job.begin();
  let isFirst = true;
  const listOf: typeof job.stores.calendars.listOf = async (user) => {
    const { account } = await job.connection();
    if (account === other && isFirst) {
      isFirst = false;
      await job.connect(first, true);
      await job.settle();
    }
    return job.stores.calendars.listOf(user);
  };
  await job.connect(other, true, { calendars: { ...job.stores.calendars, listOf } });
  await job.drain();
  expect(await job.connection()).toMatchObject({ account: first, connectGeneration: 3 });
  expect(await job.calendar(first)).toMatchObject({ enabled: true, connectGeneration: 3 });
  await job.agree(first);
});

describe('[R1] whoever connects with another account and is cut off', () => {
  test.each([1, 2, 3, 4, 5, 6, 7])('at write %i of the stores, consents again and all is done', async (nth) => {
    const id = await job.begin();
    const { startAfresh } = job.stores.connections;
    const { retire, register } = job.stores.calendars;
    const writes = failingAt({ startAfresh, retire, register, send: job.deps().queue.send }, nth, 'after');
    const overrides = {
      connections: { ...job.stores.connections, startAfresh: writes.startAfresh },
      calendars: { ...job.stores.calendars, retire: writes.retire, register: writes.register },
      queue: { send: writes.send },
    };
    await expect(job.connect(other, true, overrides)).rejects.toThrow(Crash);
    await job.drain();
    await job.connect(other, true);
    await job.agree(other);
    expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', link: { calendarKey: otherKey } });
    await job.lookOnceMore();
    expect(await job.due()).toEqual([otherKey]);
  });
});

test('[R7] whoever is cut off while leaving an account gets new channels for those that were stopped', async () => {
  await job.begin();
  const stop: AccountJob['google']['stop'] = async () => {
    throw new Crash('while a channel is stopped');
  };
  const startAfresh = async () => {
    throw new Crash('before anything is written');
  };
  const overrides = { google: { ...job.google, stop }, connections: { ...job.stores.connections, startAfresh } };
  await expect(job.connect(other, true, overrides)).rejects.toThrow(Crash);
  const calendar = await job.calendar(first);
  const at = job.passMinute();
  expect(planChannel(calendar, at)).toBe('create');
  expect(await job.stores.calendars.listDue(dueShardOf(calendar.key), at, 9)).toContain(calendar.key);
});
