/** What the store of calendars promises, whichever implementation it is. */
import { describe, expect, test } from 'vitest';
import type { Checkpoint } from '../../shared/domain/calendar.ts';
import { Superseded } from '../../shared/domain/errors.ts';
import { asId } from '../../shared/domain/ids.ts';
import { day, hour, plusMs, second } from '../../shared/domain/instant.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import { aCalendar, aChannel, calendarKey, now, userId } from '../support/samples.ts';
import { implementations } from './implementations.ts';

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
