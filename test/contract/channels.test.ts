/** What the store of channels promises, whichever implementation it is. */
import { describe, expect, test } from 'vitest';
import { Superseded } from '../../shared/domain/errors.ts';
import { asId } from '../../shared/domain/ids.ts';
import { day, hour, plusMs } from '../../shared/domain/instant.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import { aCalendar, aChannel, calendarKey, now, userId } from '../support/samples.ts';
import { implementations } from './implementations.ts';

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
