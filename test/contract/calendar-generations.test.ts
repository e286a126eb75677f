/** What becomes of calendars from one connect generation to the next, whichever implementation it is. */
import { describe, expect, test } from 'vitest';
import { Superseded } from '../../shared/domain/errors.ts';
import { hour, plusMs } from '../../shared/domain/instant.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import { aCalendar, aChannel, calendarKey, now, userId } from '../support/samples.ts';
import { implementations } from './implementations.ts';

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
