/** The life of a connection, over HTTP with the stand-in: consent that dies and is given again, another account, no account. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planChannel } from '../../shared/channels/renewal-plan.ts';
import { decideConflict } from '../../shared/conflicts/decide-conflict.ts';
import { seenOf } from '../../shared/conflicts/review.ts';
import { switchRealTimeSync } from '../../shared/connections/real-time-sync.ts';
import { bookingIdOf, eventIdOf } from '../../shared/domain/derived-ids.ts';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { day, hour, plusMs } from '../../shared/domain/instant.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import { dueShardOf, dueShards } from '../../shared/store/keys.ts';
import { Crash, failingAt } from '../support/faulty.ts';
import { aBooking, calendarId, calendarKey, now, userId } from '../support/samples.ts';
import { type AccountJob, first, openAccountJob, other, otherKey } from './account-job.ts';
import { hourOf, inGoogle, shopId, shopKey } from './google-job.ts';

let job: AccountJob;
beforeEach(async () => {
  job = await openAccountJob();
  await job.connect(first);
  await job.drain();
});
afterEach(() => job.stop());

/** A booking that both sides agree on, and a foreign event. */
const begin = async () => {
  const id = await job.book('booking');
  job.insert('Dentist', 14);
  await job.settle();
  await job.synced(id);
  return id;
};
const agree = async (email: string) => {
  await job.settle();
  expect(await job.held()).toEqual(job.shown(email));
};
const blockOf = async (title: string) =>
  (await job.appointments()).find(({ fields }) => fields.title === title) ?? expect.fail(`There is no ${title}`);
/** Those of both calendars. */
const channelIds = async () => {
  const ids = (await job.calendars()).flatMap(({ channel }) => (channel === undefined ? [] : [channel.id]));
  expect(ids).toHaveLength(2);
  return ids.toSorted();
};
/** At each calendar that is off, as the renewal worker has it done. */
const lookOnceMore = async () => {
  for (const { key } of await job.stores.calendars.listReplaced(userId)) {
    await job.stores.calendars.postpone(key, job.passMinute());
    await job.run({ calendarKey: key, reason: 'disabled' });
  }
};
const due = async () => {
  const shards = Array.from({ length: dueShards }, (_, shard) =>
    job.stores.calendars.listDue(shard, plusMs(now, 99 * day), 9),
  );
  return (await Promise.all(shards)).flat();
};

describe('[R14] a grant that has died', () => {
  const die = async () => {
    job.control.revokeGrant({ email: first });
    expect(await job.run({ calendarKey, reason: 'sweep' })).toEqual({ kind: 'acknowledged', because: 'needs_reauth' });
    job.forgetCalls();
  };

  test('costs no call to Google, and what both sides have changed meanwhile comes together once there is another', async () => {
    const edited = await begin();
    const [cancelled, moved, deleted] = [await job.book('b2'), await job.book('b3'), await job.book('b4')];
    await job.settle();
    await die();

    await job.edit(edited, hourOf(16));
    await job.cancel(cancelled);
    const made = await job.book('b5', { title: 'Shave', ...hourOf(11) });
    await job.patch(moved, { ...inGoogle(hourOf(9)) });
    await job.remove(deleted);
    await job.patch((await blockOf('Dentist')).id, { summary: 'Dentist at last' });
    job.insert('Bank', 18);
    await job.settle();
    for (const id of [edited, made]) expect((await job.appointment(id)).sync).toMatchObject({ state: 'pending' });
    expect(job.called()).toEqual([]);
    expect(job.control.requests({ path: '/token' }).filter(({ status }) => status === 200)).toEqual([]);

    await job.connect(first);
    await agree(first);
    const statuses = await Promise.all([cancelled, deleted].map(async (id) => (await job.appointment(id)).status));
    expect(statuses).toEqual(['cancelled', 'cancelled']);
    expect(job.shown(first)).toHaveLength(5);
    expect(await job.connection()).toMatchObject({ state: 'connected', connectGeneration: 1 });
  });

  test('[F36] says since when, and why as far as Google tells', async () => {
    await die();
    expect(await job.connection()).toMatchObject({ state: 'needs_reauth', endedBecause: 'revoked' });
    expect(await job.connection()).toHaveProperty('since');
  });

  test('[F38] after seven days says that the app is in testing', async () => {
    job.passMs(7 * day);
    await die();
    expect(await job.connection()).toMatchObject({ endedBecause: 'testing_period' });
  });

  test('[F34] leaves what is to be freed to be freed all the same', async () => {
    await begin();
    await die();
    const read = await job.calendar(first);
    await job.stores.calendars.retire(read, now);
    expect(await job.run({ calendarKey, reason: 'disabled' })).toEqual({ kind: 'closed', channel: { kind: 'none' } });
    expect(await blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
    expect(job.called()).toEqual([]);
  });
});

describe('[F11] another account', () => {
  test('is refused unless the user has said so, and nothing is touched', async () => {
    const id = await begin();
    const before = [await job.connection(), await job.calendars(), await job.appointment(id)];
    await expect(job.connect(other)).rejects.toMatchObject({ slug: 'other-account' });
    expect([await job.connection(), await job.calendars(), await job.appointment(id)]).toEqual(before);
    expect(job.stopped).toEqual([]);
  });

  test('takes the place: its calendars are listed, the blocks of the old one go, and the bookings come over', async () => {
    const id = await begin();
    const old = await job.connection();
    const channels = await channelIds();
    await job.connect(other, true);
    await agree(other);

    expect(await job.connection()).toMatchObject({ account: other, connectGeneration: 2, realTimeSync: true });
    expect((await job.calendars()).map(({ key }) => key)).toEqual([otherKey]);
    await lookOnceMore();
    expect(await due()).toEqual([otherKey]);
    expect(await job.held()).toEqual([`Haircut ${(await job.appointment(id)).startsAt}`]);
    expect(await blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
    expect(await job.appointment(id)).toMatchObject({ link: { calendarKey: otherKey }, sync: { state: 'synced' } });

    expect(job.stopped.toSorted()).toEqual(channels);
    expect(job.control.requests({ path: '/revoke' }).map(({ status }) => status)).toEqual([200]);
    expect(old).toMatchObject({ account: first });
    expect(job.shown(first)).toHaveLength(2); // What lies there is its owner's.
  });

  test('[F37] takes the place although Google is down for the old one', async () => {
    const id = await begin();
    const down = new GoogleError('channels.stop', 503, undefined, undefined);
    const google = { ...job.google, stop: async () => Promise.reject(down) };
    const oauth = async () => ({ refresh: () => Promise.reject(down), revoke: () => Promise.reject(down) });
    const { left } = await job.connect(other, true, { google, oauth });
    expect(left).toMatchObject({ grant: 'not_told' });
    expect(left?.failures).toHaveLength(2);
    await agree(other);
    await job.synced(id);
  });

  test('[R13] a pull of the old one that was under way brings nothing in', async () => {
    await begin();
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
    await agree(other);
    expect(await job.calendar(first)).not.toHaveProperty('cursor');
    expect(await job.calendars()).toHaveLength(1);
  });

  test('[R13] a push of the old one that hears late of its success changes nothing', async () => {
    await begin();
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
    await agree(other);
  });

  test('a notification of the old one’s channels is acknowledged', async () => {
    await begin();
    await job.connect(other, true);
    await job.settle();
    const hint = { calendarKey, reason: 'notification', connectGeneration: 1 } as const;
    expect(await job.run(hint)).toEqual({ kind: 'acknowledged', because: 'retired' });
  });

  test('a booking that is over stays as it is, and an edit of it goes nowhere', async () => {
    const id = await begin();
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
    const id = await begin();
    await job.edit(id, hourOf(16));
    await job.patch(id, inGoogle(hourOf(17)));
    await job.sync();
    expect((await job.conflicts()).filter(({ status }) => status === 'open')).toHaveLength(1);
    await job.connect(other, true);
    await agree(other);
    expect((await job.conflicts()).filter(({ status }) => status === 'open')).toEqual([]);
  });

  test('[R3] that has a calendar of the old one as well: an event there is still the booking’s, edits included', async () => {
    const shop = 'shop@group.calendar.google.com';
    const id = await begin();
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

  test('[R11] more bookings than one run can send over are sent by the next ones', async () => {
    for (let nth = 0; nth < 2_100; nth++) {
      const startsAt = plusMs(now, day + nth * hour);
      const id = bookingIdOf(userId, `${nth}`);
      const link = { calendarKey, calendarId, connectGeneration: 1, eventId: eventIdOf(id, 1), idGeneration: 1 };
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

describe('[R3] there and back again', () => {
  let id: AppointmentId;
  const away = async () => {
    id = await begin();
    await job.connect(other, true);
    await job.settle();
  };
  const back = async () => {
    await job.connect(first, true);
    await agree(first);
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
    await agree(other);
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
      await agree(first);
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
    await agree(other);
    await back();
    expect(job.shown(first)).toHaveLength(2);
  });

  test('[R1] whatever is decided meanwhile about a block that was left there, it takes no time until it is back', async () => {
    await begin();
    const { id: block } = await blockOf('Dentist');
    await job.cancel(block);
    await job.patch(block, { summary: 'Dentist, for sure' });
    await job.settle();
    await job.connect(other, true);
    await job.settle();
    const [conflict = expect.fail('There is no review item')] = await job.conflicts();
    const seen = seenOf({ conflict, appointment: await job.appointment(block) });
    const asked = { choice: 'google', seen, allowOverlap: true } as const;
    const stamp = { now: job.passMinute(), chainId: asId<never>('person'), userId };
    expect(await decideConflict(job.stores, conflict.id, asked, stamp)).toEqual({ kind: 'done' });
    expect(await job.appointment(block)).toMatchObject({ status: 'cancelled', sync: { state: 'synced' } });
    await back();
    expect(await job.appointment(block)).toMatchObject({ status: 'confirmed', fields: { title: 'Dentist, for sure' } });
  });

  test('[R3] a stranger that has taken the id of a booking there is a block of its own again', async () => {
    const booked = bookingIdOf(userId, 'b2');
    const stranger = { id: eventIdOf(booked, 1), summary: 'Stranger', ...inGoogle(hourOf(18)) };
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
    expect(await blockOf('Stranger')).toMatchObject({ status: 'confirmed', link: { eventId: stranger.id } });
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

describe('[R1] whoever connects with another account and is cut off', () => {
  test.each([1, 2, 3, 4, 5, 6, 7])('at write %i of the stores, consents again and all is done', async (nth) => {
    const id = await begin();
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
    await agree(other);
    expect(await job.appointment(id)).toMatchObject({ status: 'confirmed', link: { calendarKey: otherKey } });
    await lookOnceMore();
    expect(await due()).toEqual([otherKey]);
  });
});

test('[R7] whoever is cut off while leaving an account gets new channels for those that were stopped', async () => {
  await begin();
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

describe('disconnecting', () => {
  test('[F37] holds although Google is down, and says so', async () => {
    const id = await begin();
    const before = await job.appointment(id);
    job.control.orderFault({ kind: 'reset', path: '/revoke', times: null });
    const google = {
      ...job.google,
      stop: async () => Promise.reject(new GoogleError('stop', 503, undefined, undefined)),
    };
    const left = await job.disconnect('keep', { google });
    expect(left).toMatchObject({ grant: 'not_told', more: false });
    expect(await job.connection()).toMatchObject({ state: 'disconnected', connectGeneration: 2 });
    expect(await job.connection()).not.toHaveProperty('refreshToken');
    expect(await job.appointment(id)).toEqual(before);
    expect(await blockOf('Dentist')).toMatchObject({ status: 'confirmed' });
    expect(await due()).toEqual([]);
  });

  test('[R1] releases blocks that the index does not show yet as well', async () => {
    await begin();
    const blind = { ...job.stores.appointments, list: async () => ({ items: [] }) };
    await job.disconnect('release', { appointments: blind });
    expect(await blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
  });

  test('stops the channels and revokes the grant, and doing so again does no harm', async () => {
    await begin();
    const channels = await channelIds();
    expect(await job.disconnect()).toEqual({ grant: 'ended', failures: [], more: false });
    expect(job.stopped.toSorted()).toEqual(channels);
    expect(job.control.requests({ path: '/revoke' }).map(({ status }) => status)).toEqual([200]);
    const ended = [await job.connection(), await job.calendars()];
    expect(await job.disconnect()).toEqual({ grant: 'forgotten', failures: [], more: false });
    expect([await job.connection(), await job.calendars()]).toEqual(ended);
  });

  test('[R13] that is so slow that its user has connected again lets go of nothing that belongs to the new consent', async () => {
    await begin();
    const listOf: typeof job.stores.calendars.listOf = async (user) => {
      await job.connect(first);
      await job.settle();
      return job.stores.calendars.listOf(user);
    };
    await job.disconnect('release', { calendars: { ...job.stores.calendars, listOf } });
    const { connectGeneration } = await job.connection();
    expect((await job.calendars()).map((calendar) => calendar.connectGeneration)).toEqual([
      connectGeneration,
      connectGeneration,
    ]);
    for (const id of await channelIds()) expect(job.stopped).not.toContain(id);
    expect(await blockOf('Dentist')).toMatchObject({ status: 'confirmed' });
  });

  test('a user who never connected is told so', async () => {
    const stores = (await openAccountJob()).stores;
    const stranger = { ...stores.connections, load: async () => undefined };
    expect(await job.disconnect('keep', { connections: stranger })).toBe('not-connected');
  });

  test('releases the blocks ahead when asked to, and no booking', async () => {
    const id = await begin();
    await job.disconnect('release');
    expect(await blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
    expect(await job.appointment(id)).toMatchObject({ status: 'confirmed' });
    await job.connect(first);
    await agree(first);
    expect(await blockOf('Dentist')).toMatchObject({ status: 'confirmed' });
  });

  test('[R14] leaves Google in peace: hints are acknowledged, whatever is changed here', async () => {
    const id = await begin();
    await job.disconnect();
    job.forgetCalls();
    await job.edit(id, { title: 'Beard' });
    for (const reason of ['sweep', 'appointment', 'notification', 'enabled'] as const) {
      expect(await job.run({ calendarKey, reason })).toEqual({ kind: 'acknowledged', because: 'disconnected' });
    }
    expect(job.called()).toEqual([]);
    expect(await due()).toEqual([]);
  });

  test('[R1] and connecting again, what both sides have changed comes together, and deletions are found', async () => {
    const edited = await begin();
    const deleted = await job.book('b2', hourOf(11));
    await job.settle();
    await job.disconnect();
    await job.edit(edited, hourOf(16));
    const made = await job.book('b3', { title: 'Shave', ...hourOf(17) });
    expect((await job.appointment(made)).sync).toEqual({ state: 'local' });
    await job.patch(edited, { location: 'Main St 1' });
    await job.remove(deleted);
    job.control.deleteEvent({ calendar: first, eventId: (await blockOf('Dentist')).link?.eventId ?? '' });
    job.insert('Bank', 18);

    await job.connect(first);
    await job.settle();
    expect(await job.connection()).toMatchObject({ state: 'connected', connectGeneration: 3 });
    expect(await job.appointment(edited)).toMatchObject({
      fields: { location: 'Main St 1' },
      sync: { state: 'synced' },
    });
    expect((await job.appointment(deleted)).status).toBe('cancelled');
    expect((await blockOf('Dentist')).status).toBe('cancelled');
    expect((await job.appointment(made)).sync).toEqual({ state: 'local' }); // As before a first connect: push-existing sends it.
    expect((await job.held()).filter((held) => !held.startsWith('Shave'))).toEqual(job.shown(first));
    expect(await due()).toHaveLength(2);
  });

  test('and connecting another account needs no further word', async () => {
    const id = await begin();
    await job.disconnect();
    await job.connect(other);
    await agree(other);
    expect(await job.appointment(id)).toMatchObject({ link: { calendarKey: otherKey } });
    expect(await blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
  });

  test('[F25][F60] and connecting again, a calendar that Google lists no more is not taken for one that is synced', async () => {
    job.control.insertEvent({ calendar: shopId, event: { summary: 'Delivery', ...inGoogle(hourOf(15)) } });
    await job.settle();
    await job.disconnect();
    job.control.removeCalendar({ email: first, calendar: shopId });
    await job.connect(first);
    await job.drain();
    const shop = (await job.stores.calendars.load(shopKey)) ?? expect.fail('There is no calendar');
    expect(shop).toMatchObject({ connectGeneration: 3, enabled: false, disabledBecause: 'calendar_gone' });
    expect(await due()).toEqual([calendarKey]);
  });

  test('[R6] and connecting again, a calendar that only its user’s choice has switched on is synced at once too', async () => {
    job.control.setAccessRole({ email: first, calendar: shopId, accessRole: 'reader' });
    await job.disconnect();
    await job.connect(first);
    expect(job.sent.splice(0).map(({ hint }) => [hint.calendarKey, hint.reason])).toEqual([
      [calendarKey, 'connected'],
      [shopKey, 'connected'],
    ]);
  });

  test('keeps the switches of the user for the same account', async () => {
    await begin();
    const shop = (await job.calendars()).find(({ key }) => key !== calendarKey) ?? expect.fail('There is no shop');
    await job.stores.calendars.setSwitches(shop, { enabled: false, role: 'blocks' }, now);
    await job.disconnect();
    await job.connect(first);
    expect((await job.calendars()).map(({ enabled, connectGeneration }) => [enabled, connectGeneration])).toEqual([
      [true, 3],
      [false, 3],
    ]);
  });

  test.each([1, 2, 3])('[R13] cut off at write %i, is finished by the job or by being repeated', async (nth) => {
    await begin();
    const { disconnect } = job.stores.connections;
    const writes = failingAt({ disconnect, letGo: job.stores.calendars.letGo }, nth, 'after');
    const connections = { ...job.stores.connections, disconnect: writes.disconnect };
    const calendars = { ...job.stores.calendars, letGo: writes.letGo };
    await expect(job.disconnect('keep', { connections, calendars })).rejects.toThrow(Crash);
    for (const { key } of await job.calendars()) await job.run({ calendarKey: key, reason: 'sweep' });
    expect(await due()).toEqual([]);
    expect((await job.calendars()).map(({ connectGeneration }) => connectGeneration)).toEqual([2, 2]);
  });
});

test('real-time sync switched twice is switched once: one channel, and then none', async () => {
  const deps = { ...job.stores, queue: job.deps().queue };
  const channels = async () => (await job.calendars()).flatMap(({ channel }) => channel?.id ?? []);
  const before = await channels();
  for (const _ of [1, 2]) await switchRealTimeSync(deps, userId, true, asId('on'));
  await job.drain();
  expect(await channels()).toEqual(before);
  for (const _ of [1, 2]) await switchRealTimeSync(deps, userId, false, asId('off'));
  await job.drain();
  expect(await channels()).toEqual([]);
  expect(job.stopped).toEqual(before);
});

test('[R13] a calendar that a connect has not come to begins anew by its next hint', async () => {
  const id = await begin();
  await job.disconnect();
  const register = async () => Promise.reject(new Crash());
  await expect(job.connect(first, false, { calendars: { ...job.stores.calendars, register } })).rejects.toThrow(Crash);
  await job.edit(id, { title: 'Beard' });
  await job.run({ calendarKey, reason: 'appointment' });
  await agree(first);
  expect(await job.calendar(first)).toMatchObject({ connectGeneration: 3, realTimeSync: true });
});

test('[R13] a calendar of a replaced account that is still on is retired by its next hint', async () => {
  await begin();
  const retire = async () => Promise.reject(new Crash());
  await expect(job.connect(other, true, { calendars: { ...job.stores.calendars, retire } })).rejects.toThrow(Crash);
  job.forgetCalls();
  expect(await job.run({ calendarKey, reason: 'sweep' })).toEqual({ kind: 'acknowledged', because: 'old-connection' });
  await job.drain();
  expect(await blockOf('Dentist')).toMatchObject({ status: 'cancelled' });
  expect(await job.stores.calendars.listReplaced(userId)).toHaveLength(1);
  expect(job.called()).toEqual([]);
});
