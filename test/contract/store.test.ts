/** What the stores promise whoever uses them, whichever implementation it is. */
import { describe, expect, test } from 'vitest';
import type { Checkpoint } from '../../shared/domain/calendar.ts';
import type { Sealed } from '../../shared/domain/connection.ts';
import { Superseded } from '../../shared/domain/errors.ts';
import { asId, type UserId } from '../../shared/domain/ids.ts';
import { day, hour, type Instant, plusMs, second } from '../../shared/domain/instant.ts';
import { defaultSettings, type Settings } from '../../shared/domain/settings.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import type { Stores } from '../support/memory-store.ts';
import { aCalendar, aChannel, aConnection, anAppointment, at, calendarKey, now, userId } from '../support/samples.ts';
import { implementations } from './implementations.ts';

describe.each(implementations)('appointments %s', (_, fresh) => {
  test('are found by id, absent ones left out, whatever their number', async () => {
    const { appointments } = await fresh();
    const many = Array.from({ length: 230 }, (_, index) => anAppointment({ id: asId(`a${index}`) }));
    for (const appointment of many) expect(await appointments.save(appointment)).toBe('saved');

    const found = await appointments.loadMany(userId, [asId('absent'), ...many.map(({ id }) => id)]);
    expect(found.length).toBe(230);
    expect(found.find(({ id }) => id === 'a7')).toEqual(many[7]);
  });

  test('[R13] are written only over the revision that was read', async () => {
    const { appointments } = await fresh();
    const first = anAppointment();
    expect(await appointments.save(first)).toBe('saved');
    expect(await appointments.save(first)).toBe('conflict');
    expect(await appointments.save(anAppointment({ revision: 2, version: 2 }))).toBe('saved');
    expect(await appointments.save(anAppointment({ revision: 2, version: 2 }))).toBe('conflict');
    expect(await appointments.save(anAppointment({ revision: 9, id: asId('never-seen') }))).toBe('conflict');
  });

  test('[R15] of one user are not seen by another', async () => {
    const { appointments } = await fresh();
    await appointments.save(anAppointment());
    const stranger = asId<UserId>('barber-2');
    expect(await appointments.loadMany(stranger, [anAppointment().id])).toEqual([]);
    expect((await appointments.list({ ...march, userId: stranger })).items).toEqual([]);
    expect((await appointments.listOf(stranger, { limit: 10 })).items).toEqual([]);
  });

  test('are listed whole, page by page, whenever they are and cancelled ones too', async () => {
    const { appointments } = await fresh();
    const all = Array.from({ length: 7 }, (_, index) => anAppointment({ id: asId(`-A_a${index}`) }));
    const cancelled = anAppointment({ id: asId('0z'), status: 'cancelled', startsAt: at('2020-01-01') });
    for (const appointment of [...all, cancelled]) await appointments.save(appointment);

    const first = await appointments.listOf(userId, { limit: 5 });
    expect(first.items).toHaveLength(5);
    const { after } = first;
    const second = await appointments.listOf(userId, { limit: 5, ...(after !== undefined && { after }) });
    expect([...first.items, ...second.items]).toEqual([...all, cancelled]);
    expect(second).not.toHaveProperty('after');
  });

  const march = { userId, from: at('2026-03-01'), to: at('2026-04-01'), limit: 10, includeCancelled: false };
  const spanning = (id: string, startsAt: Instant, endsAt: Instant) =>
    anAppointment({ id: asId(id), startsAt, endsAt });

  test('are listed when they overlap the span, both ends exclusive, in order of start', async () => {
    const { appointments } = await fresh();
    const saved = [
      spanning('ends-as-it-begins', at('2026-02-28'), march.from),
      spanning('long-before', at('2026-01-01'), at('2026-03-02')),
      spanning('overlaps-start', at('2026-02-27'), at('2026-03-01T00:00:01Z')),
      spanning('inside', at('2026-03-10'), at('2026-03-11')),
      spanning('long-inside', at('2026-03-05'), at('2026-03-25')),
      spanning('begins-as-it-ends', march.to, at('2026-04-02')),
    ];
    for (const appointment of saved) await appointments.save(appointment);

    const { items, after } = await appointments.list(march);
    expect(items.map(({ id }) => id)).toEqual(['long-before', 'overlaps-start', 'long-inside', 'inside']);
    expect(after).toBeUndefined();
  });

  test('are listed page by page, each once, ties and long ones included', async () => {
    const { appointments } = await fresh();
    const days = Array.from({ length: 25 }, (_, index) => {
      const startsAt = plusMs(march.from, Math.floor(index / 3) * day); // Three begin at the same moment.
      return spanning(`d${index}`, startsAt, plusMs(startsAt, index % 5 === 0 ? 10 * day : hour));
    });
    for (const appointment of days) await appointments.save(appointment);

    const seen: string[] = [];
    let page = await appointments.list({ ...march, limit: 4 });
    for (let pages = 1; pages <= 10; pages++) {
      seen.push(...page.items.map(({ startsAt, id }) => `${startsAt}#${id}`));
      if (page.after === undefined) break;
      page = await appointments.list({ ...march, limit: 4, after: page.after });
    }
    expect(seen.length).toBe(25);
    expect(seen).toEqual([...new Set(seen)].sort());
  });

  test('that are cancelled are listed on demand only', async () => {
    const { appointments } = await fresh();
    await appointments.save(anAppointment({ status: 'cancelled' }));
    expect((await appointments.list(march)).items).toEqual([]);
    expect((await appointments.list({ ...march, includeCancelled: true })).items).toHaveLength(1);
  });
});

describe.each(implementations)('calendars %s', (_, fresh) => {
  const commit = { cursor: 'c1', queryVersion: 1, coveredBefore: now, lastSyncAt: now };

  test('are kept as registered; absent means not written yet', async () => {
    const { calendars } = await fresh();
    expect(await calendars.load(calendarKey)).toBeUndefined();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    expect(await calendars.load(calendarKey)).toEqual(aCalendar());
    expect(await calendars.listOf(userId)).toEqual([aCalendar()]);
    expect(await calendars.listOf(asId('barber-2'))).toEqual([]);
  });

  test('are found by key, absent ones left out, whatever their number', async () => {
    const { calendars } = await fresh();
    const all = Array.from({ length: 120 }, (_, index) => aCalendar({ key: asId(`key-${index}`) }));
    for (const calendar of all) await calendars.register(calendar, { dueAt: now, renewChannel: false });
    const found = await calendars.loadMany([...all.map(({ key }) => key), asId('absent')]);
    expect(found.map(({ key }) => key).sort()).toEqual(all.map(({ key }) => key).sort());
  });

  test('registered again keep their progress and learn their new name', async () => {
    const { calendars } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    await calendars.commitListing(aCalendar(), commit);
    const renamed = aCalendar({ summary: 'Renamed', realTimeSync: false, enabled: false });
    await calendars.register(renamed, { dueAt: now, renewChannel: false });
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ ...commit, recentSyncs: '+', summary: 'Renamed' }));
  });

  test('registered again learn whether they can only be read', async () => {
    const { calendars } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    await calendars.register(aCalendar({ writable: false }), { dueAt: now, renewChannel: false });
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ writable: false }));
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    expect(await calendars.load(calendarKey)).toEqual(aCalendar());
  });

  test('[R5] move their cursor on from the one that was read, and from no other', async () => {
    const { calendars } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    await calendars.commitListing(aCalendar(), commit);
    await expect(calendars.commitListing(aCalendar(), { ...commit, cursor: 'late' })).rejects.toThrow(Superseded);
    await calendars.commitListing(aCalendar({ cursor: 'c1' }), { ...commit, cursor: 'c2' });
    expect(await calendars.load(calendarKey)).toMatchObject({ cursor: 'c2' });
  });

  test('[R13] are not moved by a worker of an older connection', async () => {
    const { calendars } = await fresh();
    await calendars.register(aCalendar({ connectGeneration: 2 }), { dueAt: now, renewChannel: false });
    await expect(calendars.commitListing(aCalendar(), commit)).rejects.toThrow(Superseded);
  });

  test('keep a checkpoint until the listing is complete', async () => {
    const { calendars } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    const step = { kind: 'list', pageToken: 'p2' } as const;
    const checkpoint = { startedAt: now, window: { from: now, to: now }, page: 1, step };
    await calendars.saveCheckpoint(aCalendar(), checkpoint);
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ checkpoint }));
    await calendars.commitListing(aCalendar({ checkpoint }), commit);
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ ...commit, recentSyncs: '+' }));
    await expect(calendars.saveCheckpoint(aCalendar(), checkpoint)).rejects.toThrow(Superseded);
  });

  test.each<[string, Partial<Checkpoint> | undefined]>([
    ['none', undefined],
    ['an earlier one', { startedAt: plusMs(now, -hour) }],
    ['an earlier page', { page: 0 }],
  ])('[R13] are not brought on by who has read %s of a listing that another has begun', async (_, read) => {
    const { calendars } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    const step = { kind: 'list' } as const;
    const checkpoint: Checkpoint = { startedAt: now, window: { from: now, to: now }, page: 1, step };
    await calendars.saveCheckpoint(aCalendar(), checkpoint);
    const late = aCalendar(read && { checkpoint: { ...checkpoint, ...read } });
    await expect(calendars.commitListing(late, commit)).rejects.toThrow(Superseded);
    await expect(calendars.saveCheckpoint(late, { ...checkpoint, page: 2 })).rejects.toThrow(Superseded);
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ checkpoint }));
  });

  test('are due from their time on, until postponed', async () => {
    const { calendars } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    const shard = dueShardOf(calendarKey);
    expect(await calendars.listDue(shard, plusMs(now, -1), 10)).toEqual([]);
    expect(await calendars.listDue(shard, now, 10)).toEqual([calendarKey]);
    expect(await calendars.listDue((shard + 1) % 8, now, 10)).toEqual([]);
    await calendars.postpone(calendarKey, plusMs(now, hour));
    expect(await calendars.listDue(shard, now, 10)).toEqual([]);
    await expect(calendars.postpone(asId('never-seen'), now)).rejects.toThrow(Superseded);
  });

  test('remember their trouble until a listing is complete, and for longer how their syncs ended', async () => {
    const { calendars } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    const trouble = { since: now, failures: 2, reason: 'backendError', leftToSweep: true } as const;
    await calendars.noteTrouble(aCalendar(), trouble);
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ trouble, recentSyncs: '-' }));
    await calendars.commitListing(aCalendar({ recentSyncs: '-' }), commit);
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ ...commit, recentSyncs: '-+' }));
    await expect(calendars.noteTrouble(aCalendar(), trouble)).rejects.toThrow(Superseded); // It is over already.
  });

  test('[R13] keep how far they were apart until it is counted again, by whoever read them last', async () => {
    const { calendars } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    const drift = { at: now, compared: 9, differing: 0, nextAt: plusMs(now, day) };
    await calendars.noteDrift(aCalendar(), drift);
    expect(await calendars.load(calendarKey)).toEqual({ ...aCalendar(), drift });
    await calendars.noteDrift(aCalendar(), { ...drift, differing: 1, partial: true });
    await calendars.noteDrift(aCalendar(), { ...drift, differing: 2 });
    expect(await calendars.load(calendarKey)).toEqual({
      ...aCalendar(),
      drift: { ...drift, differing: 2 },
      nextGenerationAt: plusMs(now, -second), // A difference has everything listed anew.
    });
    await expect(calendars.noteDrift(aCalendar({ cursor: 'older' }), drift)).rejects.toThrow(Superseded);
  });

  test('[F25] that are gone are switched off: no channel, no listing, never due; until Google lists them again', async () => {
    const { calendars, channels } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    const slot = { id: aChannel().id, state: 'active', expiresAt: aChannel().expiresAt, renewAt: now } as const;
    await channels.begin(aCalendar(), aChannel(), slot);
    await calendars.noteTrouble(aCalendar(), { since: now, failures: 1, reason: 'notFound' });
    await expect(calendars.switchOff(aCalendar({ cursor: 'other' }), 'calendar_gone')).rejects.toThrow(Superseded);
    await calendars.switchOff(aCalendar(), 'calendar_gone');
    const gone = aCalendar({ enabled: false, disabledBecause: 'calendar_gone' });
    expect(await calendars.load(calendarKey)).toEqual(gone);
    expect(await calendars.listDue(dueShardOf(calendarKey), plusMs(now, day), 10)).toEqual([]);

    await calendars.register(aCalendar({ enabled: false }), { dueAt: now, renewChannel: false });
    expect(await calendars.load(calendarKey)).toEqual(gone);
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    expect(await calendars.load(calendarKey)).toEqual(aCalendar());
    expect(await calendars.listDue(dueShardOf(calendarKey), now, 10)).toEqual([calendarKey]);
  });

  test('that are not synced are never due', async () => {
    const { calendars } = await fresh();
    await calendars.register(aCalendar({ enabled: false }), { dueAt: now, renewChannel: false });
    expect(await calendars.listDue(dueShardOf(calendarKey), now, 10)).toEqual([]);
  });
});

describe.each(implementations)('channels %s', (_, fresh) => {
  const slot = { id: aChannel().id, state: 'creating' as const, expiresAt: aChannel().expiresAt, renewAt: now };
  const watched = { resourceId: 'r1', state: 'active' as const };

  test('[R7] take the one slot of their calendar', async () => {
    const { calendars, channels } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    await channels.begin(aCalendar(), aChannel(), slot);
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ channel: slot }));
    const rival = aChannel({ id: asId('channel-2') });
    await expect(channels.begin(aCalendar(), rival, { ...slot, id: rival.id })).rejects.toThrow(Superseded);
    expect(await channels.listOf(userId, calendarKey)).toEqual([aChannel()]);

    const dueAt = plusMs(now, hour);
    await channels.activate(aCalendar(), aChannel(watched), { ...slot, ...watched }, dueAt);
    const shard = dueShardOf(calendarKey);
    expect(await calendars.listDue(shard, plusMs(dueAt, -1), 1)).toEqual([]);
    expect(await calendars.listDue(shard, dueAt, 1)).toEqual([calendarKey]);
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ channel: { ...slot, ...watched } }));
    expect(await channels.listOf(userId, calendarKey)).toEqual([aChannel(watched)]);
  });

  test('[R7][R13] are not begun for a calendar that has been switched off since it was read', async () => {
    const { calendars, channels } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    await calendars.retire(aCalendar(), plusMs(now, 2 * day));
    await expect(channels.begin(aCalendar(), aChannel(), slot)).rejects.toThrow(Superseded);
    expect(await calendars.load(calendarKey)).not.toHaveProperty('channel');
    expect(await calendars.listDue(dueShardOf(calendarKey), plusMs(now, day), 1)).toEqual([]);
    expect(await channels.listOf(userId, calendarKey)).toEqual([]);
  });

  test('[R7] are settled by who holds the slot', async () => {
    const { calendars, channels } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    await channels.begin(aCalendar(), aChannel(), { ...slot, unsettled: true });
    const another = aCalendar({ channel: { ...slot, id: asId('channel-2') } });
    await expect(channels.settle(another)).rejects.toThrow(Superseded);
    await channels.settle(aCalendar({ channel: slot }));
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ channel: slot }));
  });

  test('that could not be created are due again when the slot says', async () => {
    const { calendars, channels } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    await channels.begin(aCalendar(), aChannel(), slot);
    const postponed = { ...slot, failures: 1, renewAt: plusMs(now, hour) };
    await channels.postpone(aCalendar(), postponed);
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ channel: postponed }));
    expect(await calendars.listDue(dueShardOf(calendarKey), plusMs(now, hour - 1), 1)).toEqual([]);
    await expect(channels.postpone(aCalendar(), { ...postponed, id: asId('channel-2') })).rejects.toThrow(Superseded);
  });

  test('give way to a new one when the grant had died', async () => {
    const { calendars, channels } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    await channels.begin(aCalendar(), aChannel(), slot);
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: true });
    expect(await calendars.load(calendarKey)).toEqual(aCalendar());
    expect(await channels.listOf(userId, calendarKey)).toEqual([aChannel()]);
  });

  test('give the slot up and are remembered', async () => {
    const { calendars, channels } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    await channels.begin(aCalendar(), aChannel(), slot);
    await expect(channels.vacate(aCalendar())).rejects.toThrow(Superseded);
    await channels.vacate(aCalendar({ channel: slot }));
    expect(await calendars.load(calendarKey)).toEqual(aCalendar());
    await channels.note(aChannel({ state: 'superseded', resourceId: 'resource' }));
    await channels.note(aChannel({ state: 'stopped' })); // A late worker may not have read the resource id.
    expect(await channels.listOf(userId, calendarKey)).toEqual([
      aChannel({ state: 'stopped', resourceId: 'resource' }),
    ]);
    await channels.note(aChannel({ id: asId('long-gone'), state: 'stopped' }));
    expect(await channels.listOf(userId, calendarKey)).toHaveLength(1);
  });

  test('[F26] are given up for a calendar that cannot be watched, until its user connects again or asks', async () => {
    const { calendars, channels } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    await channels.begin(aCalendar(), aChannel(), slot);
    await expect(channels.giveUp(aCalendar(), now)).rejects.toThrow(Superseded);
    await channels.giveUp(aCalendar({ channel: slot }), now);
    const unwatchable = aCalendar({ watchable: false, unwatchableSince: now });
    expect(await calendars.load(calendarKey)).toEqual(unwatchable);

    await channels.renewNow(unwatchable, now);
    expect(await calendars.load(calendarKey)).toMatchObject({ watchable: true });
    expect(await calendars.listDue(dueShardOf(calendarKey), now, 1)).toEqual([calendarKey]);

    await channels.begin(aCalendar(), aChannel(), slot);
    await channels.giveUp(aCalendar({ channel: slot }), now);
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    expect(await calendars.load(calendarKey)).toEqual(aCalendar());
  });

  test('[R7] that a person wants anew are due at once, if they are the ones that were read', async () => {
    const { calendars, channels } = await fresh();
    await calendars.register(aCalendar(), { dueAt: plusMs(now, hour), renewChannel: false });
    await channels.begin(aCalendar(), aChannel(), { ...slot, renewAt: plusMs(now, hour) });
    const another = aCalendar({ channel: { ...slot, id: asId('channel-2') } });
    await expect(channels.renewNow(another, now)).rejects.toThrow(Superseded);
    await expect(channels.renewNow(aCalendar(), now)).rejects.toThrow(Superseded);
    expect(await calendars.listDue(dueShardOf(calendarKey), now, 1)).toEqual([]);

    await channels.renewNow(aCalendar({ channel: slot }), now);
    expect(await calendars.load(calendarKey)).toMatchObject({ channel: { renewAt: now } });
    expect(await calendars.listDue(dueShardOf(calendarKey), now, 1)).toEqual([calendarKey]);
  });

  test('[R7] are due again when their maker is taken to have died', async () => {
    const { calendars, channels } = await fresh();
    await calendars.register(aCalendar(), { dueAt: plusMs(now, hour), renewChannel: false });
    await channels.begin(aCalendar(), aChannel(), { ...slot, renewAt: plusMs(now, 1) });
    expect(await calendars.listDue(dueShardOf(calendarKey), now, 1)).toEqual([]);
    expect(await calendars.listDue(dueShardOf(calendarKey), plusMs(now, 1), 1)).toEqual([calendarKey]);
  });

  test('[R7] whose stops are put off are due when those are to be tried again; settled, there is nothing left of it', async () => {
    const { calendars, channels } = await fresh();
    await calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
    await channels.begin(aCalendar(), aChannel(), { ...slot, unsettled: true });
    const another = aCalendar({ channel: { ...slot, id: asId('channel-2') } });
    await expect(channels.deferSettling(another, now, now)).rejects.toThrow(Superseded);

    const settleAt = plusMs(now, hour);
    await channels.deferSettling(aCalendar({ channel: slot }), settleAt, settleAt);
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ channel: { ...slot, unsettled: true, settleAt } }));
    expect(await calendars.listDue(dueShardOf(calendarKey), plusMs(settleAt, -1), 1)).toEqual([]);
    expect(await calendars.listDue(dueShardOf(calendarKey), settleAt, 1)).toEqual([calendarKey]);

    await channels.settle(aCalendar({ channel: slot }));
    expect(await calendars.load(calendarKey)).toEqual(aCalendar({ channel: slot }));
  });
});

const ended = { at: now, because: 'testing_period' } as const;

describe.each(implementations)('connections %s', (_, fresh) => {
  const grant = {
    refreshToken: 'another' as Sealed,
    accessToken: 'fresh' as Sealed,
    accessTokenExpiresAt: plusMs(now, 2 * hour),
  };

  test('are created once and resumed only by who has read them', async () => {
    const { connections } = await fresh();
    expect(await connections.load(userId)).toBeUndefined();
    await connections.create(aConnection());
    await expect(connections.create(aConnection())).rejects.toThrow(Superseded);
    await connections.markNeedsReauth(aConnection(), ended);
    await connections.setRealTimeSync(aConnection(), false);

    await connections.resume(aConnection(), grant, now);
    const resumed = aConnection({ ...grant, realTimeSync: false, since: now });
    expect(await connections.load(userId)).toEqual(resumed);
    await expect(connections.resume(aConnection(), grant, now)).rejects.toThrow(Superseded);
    await expect(connections.markNeedsReauth(aConnection(), ended)).rejects.toThrow(Superseded);
  });

  test('are found by user, absent ones left out', async () => {
    const { connections } = await fresh();
    const other = aConnection({ userId: asId('barber-2') });
    for (const connection of [aConnection(), other]) await connections.create(connection);
    const found = await connections.loadMany([userId, other.userId, asId('nobody')]);
    expect(new Set(found)).toEqual(new Set([aConnection(), other]));
  });

  test('[R13] tokens of an older grant are not saved over a newer one', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection());
    const tokens = { accessToken: 'fresh' as Sealed, accessTokenExpiresAt: now };
    await connections.saveTokens(aConnection(), tokens);
    expect(await connections.load(userId)).toEqual(aConnection(tokens));
    const older = [aConnection({ refreshToken: 'old' as Sealed }), aConnection({ connectGeneration: 9 })];
    for (const read of older) await expect(connections.saveTokens(read, tokens)).rejects.toThrow(Superseded);
  });
});

describe.each(implementations)('sealed tokens %s', (_, fresh) => {
  const sealed = (dataKey: string, text: string) => `v1.${dataKey}.${text}` as Sealed;
  const old = aConnection({ refreshToken: sealed('k1', 'refresh'), accessToken: sealed('k1', 'access') });
  const anew = { refreshToken: sealed('k2', 'refresh'), accessToken: sealed('k2', 'access') };
  const under = async ({ connections }: Stores) =>
    Object.fromEntries(
      await Promise.all(['k1', 'k2'].map(async (key) => [key, await connections.listSealedUnder(key, 10)] as const)),
    );

  test('are found by the data key that they need, as far as is asked for', async () => {
    const stores = await fresh();
    const users = ['a', 'b', 'c'].map((name) => asId<UserId>(name));
    for (const user of users) await stores.connections.create({ ...old, userId: user });
    expect(await stores.connections.listSealedUnder('k1', 10)).toEqual(users);
    expect(await stores.connections.listSealedUnder('k1', 2)).toEqual(users.slice(0, 2));
    expect(await stores.connections.listSealedUnder('k2', 10)).toEqual([]);
  });

  test('move to another key with every write that brings a new refresh token', async () => {
    const stores = await fresh();
    await stores.connections.create(old);
    await stores.connections.saveTokens(old, { accessToken: anew.accessToken });
    expect(await under(stores)).toEqual({ k1: [userId], k2: [] });
    await stores.connections.resume(old, { accessTokenExpiresAt: now, ...anew }, now);
    expect(await under(stores)).toEqual({ k1: [], k2: [userId] });
  });

  test('are sealed anew only over those that were read: a refresh meanwhile wins', async () => {
    const stores = await fresh();
    await stores.connections.create(old);
    const refreshed = sealed('k1', 'fresher');
    await stores.connections.saveTokens(old, { accessToken: refreshed });
    await expect(stores.connections.reseal(old, anew)).rejects.toThrow(Superseded);
    expect(await stores.connections.load(userId)).toMatchObject({ accessToken: refreshed });

    await stores.connections.reseal({ ...old, accessToken: refreshed }, anew);
    expect(await stores.connections.load(userId)).toEqual({ ...old, ...anew });
    expect(await under(stores)).toEqual({ k1: [], k2: [userId] });
  });
});

describe.each(implementations)('connections that end and begin anew %s', (_, fresh) => {
  const settings: Settings = { ...defaultSettings, conflictPolicy: 'google_wins' };
  const grant = {
    refreshToken: 'r2' as Sealed,
    accessToken: 'a2' as Sealed,
    accessTokenExpiresAt: now,
    grantedAt: now,
  };
  const {
    refreshToken: _r,
    accessToken: _a,
    accessTokenExpiresAt: _e,
    state: _s,
    ...lasting
  } = aConnection({ settings });
  const ended = { ...lasting, state: 'disconnected' as const, connectGeneration: 2, since: now };

  test('[R13] leave no token behind, and no worker of before writes any more', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection({ settings, refreshTokenExpiresAt: now }));
    await connections.disconnect(aConnection(), now);
    expect(await connections.load(userId)).toEqual(ended);
    const late = aConnection();
    await expect(connections.saveTokens(late, grant)).rejects.toThrow(Superseded);
    await expect(connections.markNeedsReauth(late, { at: now, because: 'revoked' })).rejects.toThrow(Superseded);
    await expect(connections.disconnect(late, now)).rejects.toThrow(Superseded);
    await expect(connections.resume(late, grant, now)).rejects.toThrow(Superseded);
    expect(await connections.load(userId)).toEqual(ended);
  });

  test('keep the settings, and nothing of an older grant', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection({ settings, refreshTokenExpiresAt: now, endedBecause: 'time_limit' }));
    const next = { account: 'other@example.com', realTimeSync: true, grant };
    const later = plusMs(now, hour);
    await connections.startAfresh(aConnection(), next, later);
    const { grant: _g, ...named } = next;
    const afresh = aConnection({ settings, ...named, ...grant, connectGeneration: 2, since: later });
    expect(await connections.load(userId)).toEqual(afresh);
    await expect(connections.startAfresh(aConnection(), next, later)).rejects.toThrow(Superseded);
  });

  test('begin anew from having been ended', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection());
    await connections.disconnect(aConnection(), now);
    const read = (await connections.load(userId)) ?? expect.fail('There is no connection');
    await connections.startAfresh(read, { account: 'barber-1@example.com', realTimeSync: false, grant }, now);
    expect(await connections.load(userId)).toMatchObject({ state: 'connected', connectGeneration: 3, ...grant });
    await expect(connections.startAfresh(read, { account: 'x', realTimeSync: true, grant }, now)).rejects.toThrow(
      Superseded,
    );
  });
});

describe.each(implementations)('calendars between connect generations %s', (_, fresh) => {
  const progress = {
    cursor: 'c1',
    queryVersion: 1,
    coveredBefore: now,
    lastSyncAt: now,
    recentSyncs: '+',
    writesPausedUntil: now,
    trouble: { since: now, failures: 1, reason: 'x' },
    checkpoint: { startedAt: now, window: { from: now, to: now }, page: 1, step: { kind: 'list' } } as const,
    channel: { id: aChannel().id, state: 'active', expiresAt: now, renewAt: now } as const,
  };
  const known = aCalendar({ ...progress, enabled: true, role: 'blocks', writable: false, watchable: false });
  const shard = dueShardOf(calendarKey);
  const how = { dueAt: plusMs(now, hour), renewChannel: false };
  const lastDueAt = plusMs(now, 2 * hour);

  test('[R13] that are let go are never due, have no channel, and are moved by no worker of before', async () => {
    const { calendars } = await fresh();
    await calendars.register(known, how);
    await calendars.letGo(known, 2);
    const { channel: _channel, ...rest } = known;
    expect(await calendars.load(calendarKey)).toEqual({ ...rest, connectGeneration: 2 });
    expect(await calendars.listDue(shard, how.dueAt, 10)).toEqual([]);
    await expect(calendars.saveCheckpoint(known, progress.checkpoint)).rejects.toThrow(Superseded);
    await expect(calendars.letGo(known, 2)).rejects.toThrow(Superseded);
    await calendars.letGo({ ...known, connectGeneration: 2 }, 2);
  });

  test('[F11] that begin anew lose their progress and the channel, and keep the switches of their user', async () => {
    const { calendars } = await fresh();
    await calendars.register(known, how);
    const listed = aCalendar({ connectGeneration: 2, summary: 'Renamed', role: 'bookings' });
    await calendars.register({ ...listed, ...progress }, how);
    expect(await calendars.load(calendarKey)).toEqual({ ...listed, role: 'blocks' });
    expect(await calendars.listDue(shard, how.dueAt, 10)).toEqual([calendarKey]);
  });

  test('that were switched off by their user stay off', async () => {
    const { calendars } = await fresh();
    await calendars.register({ ...known, enabled: false }, how);
    await calendars.register(aCalendar({ connectGeneration: 2 }), how);
    expect(await calendars.load(calendarKey)).toMatchObject({ enabled: false, connectGeneration: 2 });
    expect(await calendars.listDue(shard, how.dueAt, 10)).toEqual([]);
  });

  test('[R13] are not registered by who is of an older generation', async () => {
    const { calendars } = await fresh();
    const newer = aCalendar({ connectGeneration: 3 });
    await calendars.register(newer, how);
    await expect(calendars.register(aCalendar({ connectGeneration: 2 }), how)).rejects.toThrow(Superseded);
    expect(await calendars.load(calendarKey)).toEqual(newer);
  });

  test('[F11] that are retired are off, due once more, and listed apart', async () => {
    const { calendars } = await fresh();
    await calendars.register({ ...known, role: 'bookings' }, how);
    await calendars.retire(known, lastDueAt);
    expect(await calendars.listOf(userId)).toEqual([]);
    const [retired, ...others] = await calendars.listReplaced(userId);
    expect(others).toEqual([]);
    expect(retired).toEqual(
      aCalendar({
        enabled: false,
        role: 'blocks',
        disabledBecause: 'account_replaced',
        writable: false,
        watchable: false,
      }),
    );
    expect(await calendars.listDue(shard, how.dueAt, 10)).toEqual([]);
    expect(await calendars.listDue(shard, lastDueAt, 10)).toEqual([calendarKey]);
    await calendars.postpone(calendarKey, lastDueAt);
    expect(await calendars.listDue(shard, lastDueAt, 10)).toEqual([]);
    await expect(calendars.retire(aCalendar({ connectGeneration: 9 }), lastDueAt)).rejects.toThrow(Superseded);
  });

  test('that come back with their account are as new', async () => {
    const { calendars } = await fresh();
    await calendars.register(known, how);
    await calendars.retire(known, lastDueAt);
    const again = aCalendar({ connectGeneration: 3 });
    await calendars.register(again, how);
    expect(await calendars.load(calendarKey)).toEqual(again);
    expect(await calendars.listOf(userId)).toEqual([again]);
    expect(await calendars.listReplaced(userId)).toEqual([]);
    expect(await calendars.listDue(shard, how.dueAt, 10)).toEqual([calendarKey]);
  });
});

describe.each(implementations)('settings of a connection %s', (_, fresh) => {
  const settings: Settings = { ...defaultSettings, conflictPolicy: 'google_wins' };
  const tokens = { accessToken: 'fresh' as Sealed, refreshToken: 'rotated' as Sealed, accessTokenExpiresAt: now };

  test('outlive new tokens and a new consent', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection());
    await connections.saveSettings(aConnection(), settings);
    await connections.saveTokens(aConnection(), tokens);
    const renewed = aConnection({ ...tokens, settings });
    expect(await connections.load(userId)).toEqual(renewed);
    await connections.markNeedsReauth(renewed, ended);
    expect(await connections.load(userId)).toMatchObject({
      state: 'needs_reauth',
      since: now,
      endedBecause: ended.because,
    });
    await connections.resume(renewed, tokens, now);
    expect(await connections.load(userId)).toEqual({ ...renewed, since: now });
  });

  test('are saved although the tokens have been renewed meanwhile', async () => {
    const { connections } = await fresh();
    await connections.create(aConnection());
    await connections.saveTokens(aConnection(), tokens);
    await connections.saveSettings(aConnection(), settings);
    expect(await connections.load(userId)).toEqual(aConnection({ ...tokens, settings }));
  });

  test('[R13] are not saved over another connection', async () => {
    const { connections } = await fresh();
    await expect(connections.saveSettings(aConnection(), settings)).rejects.toThrow(Superseded);
    await connections.create(aConnection({ connectGeneration: 2 }));
    await expect(connections.saveSettings(aConnection(), settings)).rejects.toThrow(Superseded);
    expect(await connections.load(userId)).toEqual(aConnection({ connectGeneration: 2 }));
  });
});

describe.each(implementations)('quarantine %s', (_, fresh) => {
  test('remembers events until they are released', async () => {
    const { quarantine } = await fresh();
    await quarantine.park(calendarKey, asId('e1'), 'why', now);
    await quarantine.park(calendarKey, asId('e1'), 'why', now);
    await quarantine.park(calendarKey, asId('e2'), 'why', now);
    await quarantine.release(calendarKey, asId('e1'));
    expect(await quarantine.list(calendarKey)).toEqual(new Set(['e2']));
    expect(await quarantine.list(asId('another'))).toEqual(new Set());
  });
});

describe.each(implementations)('what a generation has seen %s', (_, fresh) => {
  test('is kept page by page, apart from other generations', async () => {
    const { seen } = await fresh();
    await seen.add(calendarKey, { startedAt: now, page: 1 }, ['a', 'b']);
    await seen.add(calendarKey, { startedAt: now, page: 1 }, ['a', 'b']);
    await seen.add(calendarKey, { startedAt: now, page: 2 }, ['c']);
    await seen.add(calendarKey, { startedAt: plusMs(now, 1), page: 1 }, ['d']);
    expect(await seen.load(calendarKey, { startedAt: now })).toEqual(new Set(['a', 'b', 'c']));
    expect(await seen.load(calendarKey, { startedAt: plusMs(now, 2) })).toEqual(new Set());
  });
});

describe.each(implementations)('OAuth states %s', (_, fresh) => {
  test('[R15] are given back once', async () => {
    const { states } = await fresh();
    const consent = { userId, codeVerifier: 'verifier', expiresAt: now };
    await states.save('hash', consent);
    expect(await states.take('hash')).toEqual(consent);
    expect(await states.take('hash')).toBeUndefined();
  });
});
