/** The life of a channel over stores in memory, cut off at every step. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type ChannelDeps, reconcileChannel } from '../../shared/channels/reconcile-channel.ts';
import { stopStray } from '../../shared/channels/stop-stray.ts';
import { asId, type ChannelId } from '../../shared/domain/ids.ts';
import { day, hour, type Instant, minute, plusMs } from '../../shared/domain/instant.ts';
import { GoogleError } from '../../shared/google/google-error.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import { Crash, failingAt } from '../support/faulty.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aCalendar, calendarKey, now, userId } from '../support/samples.ts';

let stores: Stores;
/** The channels that fire, at Google. */
let atGoogle: Set<ChannelId>;
let drawn: number;
beforeEach(async () => {
  stores = memoryStores();
  atGoogle = new Set();
  drawn = 0;
  await stores.calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
});

const google = (): Pick<ChannelDeps, 'watch' | 'stop'> => ({
  async watch({ channelId, expiresAt }) {
    atGoogle.add(channelId);
    return { resourceId: 'resource', expiresAt };
  },
  async stop({ id }) {
    atGoogle.delete(id);
  },
});

/** Google is not to be asked. */
const never: ChannelDeps['stop'] = () => expect.fail('Google was asked to stop a channel');

const deps = (overrides: Partial<ChannelDeps> = {}): ChannelDeps => ({
  ...google(),
  channels: stores.channels,
  channelToken: () => 'token',
  newChannelId: () => asId(`channel-${++drawn}`),
  channelLifetimeMs: day,
  random: () => 0.5,
  ...overrides,
});
const calendar = async () => (await stores.calendars.load(calendarKey)) ?? expect.fail('There is no calendar');
const reconcile = async (overrides: Partial<ChannelDeps> = {}, at: Instant = now) =>
  reconcileChannel(deps(overrides), await calendar(), at);
const states = async () =>
  Object.fromEntries((await stores.channels.listOf(userId, calendarKey)).map(({ id, state }) => [id, state]));

test('a calendar without a channel gets one, and keeps it', async () => {
  expect(await reconcile()).toEqual({ kind: 'created' });
  expect(await calendar()).toMatchObject({ channel: { id: 'channel-1', state: 'active', resourceId: 'resource' } });
  expect(await reconcile()).toEqual({ kind: 'kept' });
  expect(await states()).toEqual({ 'channel-1': 'active' });
});

test('[F13] the channel and the slot are saved before Google hears of it', async () => {
  const watch: ChannelDeps['watch'] = async ({ channelId, expiresAt }) => {
    expect(await states()).toEqual({ [channelId]: 'creating' });
    expect(await calendar()).toMatchObject({ channel: { id: channelId, state: 'creating' } });
    return { resourceId: 'resource', expiresAt };
  };
  expect(await reconcile({ watch })).toEqual({ kind: 'created' });
});

test('the expiry that Google grants counts, not the one asked for', async () => {
  const granted = plusMs(now, 2 * hour);
  await reconcile({ watch: async () => ({ resourceId: 'resource', expiresAt: granted }) });
  expect(await calendar()).toMatchObject({ channel: { expiresAt: granted } });
});

test('[R7][F33] near its end a channel is replaced by one with a new id, then stopped', async () => {
  await reconcile();
  expect(await reconcile({}, plusMs(now, 23 * hour))).toEqual({ kind: 'created' });
  expect(atGoogle).toEqual(new Set(['channel-2']));
  expect(await states()).toEqual({ 'channel-1': 'stopped', 'channel-2': 'active' });
});

test('[R7] there is no moment without a channel while one is replaced', async () => {
  await reconcile();
  const stop: ChannelDeps['stop'] = async ({ id }) => {
    expect(atGoogle).toEqual(new Set(['channel-1', 'channel-2']));
    atGoogle.delete(id);
  };
  await reconcile({ stop }, plusMs(now, 23 * hour));
});

test('[F26] a calendar that cannot be watched is asked once and never again', async () => {
  const body = { error: { errors: [{ reason: 'pushNotSupportedForRequestedResource' }] } };
  const refuse: ChannelDeps['watch'] = async () => {
    throw new GoogleError('events.watch', 400, body.error.errors[0]?.reason, undefined);
  };
  expect(await reconcile({ watch: refuse })).toEqual({ kind: 'unwatchable' });
  expect(await calendar()).toMatchObject({ watchable: false });
  expect((await calendar()).channel).toBeUndefined();
  expect(await reconcile()).toEqual({ kind: 'none' });
  expect(await states()).toEqual({ 'channel-1': 'stopped' });
});

test('real-time sync switched off gives the slot up and stops the channel', async () => {
  await reconcile();
  await stores.calendars.setRealTimeSync(aCalendar(), false);
  expect(await reconcile()).toEqual({ kind: 'removed' });
  expect(atGoogle).toEqual(new Set());
  expect((await calendar()).channel).toBeUndefined();
  expect(await reconcile()).toEqual({ kind: 'none' });
});

test('a channel that has expired is not stopped at Google, only marked', async () => {
  await reconcile();
  const stop: ChannelDeps['stop'] = () => expect.fail('Google was asked to stop an expired channel');
  await reconcile({ stop }, plusMs(now, 2 * day));
  expect(await states()).toEqual({ 'channel-1': 'stopped', 'channel-2': 'active' });
});

describe('Google refuses or does not answer', () => {
  const down: ChannelDeps['watch'] = async () => {
    throw new GoogleError('events.watch', 503, undefined, undefined);
  };

  test('the channel is tried again after a while, ever longer, and the sweep knows when', async () => {
    expect(await reconcile({ watch: down })).toMatchObject({ kind: 'failed', error: { status: 503 } });
    const retryAt = plusMs(now, minute);
    expect(await calendar()).toMatchObject({ channel: { state: 'creating', failures: 1, renewAt: retryAt } });
    expect(await stores.calendars.listDue(dueShardOf(calendarKey), retryAt, 1)).toEqual([calendarKey]);
    expect(await reconcile({ watch: () => expect.fail('Too early') }, plusMs(retryAt, -1))).toEqual({ kind: 'kept' });

    await reconcile({ watch: down }, retryAt);
    expect(await calendar()).toMatchObject({ channel: { failures: 2, renewAt: plusMs(retryAt, 2 * minute) } });
    expect(await reconcile({}, plusMs(retryAt, hour))).toEqual({ kind: 'created' });
    expect((await calendar()).channel).not.toHaveProperty('failures');
  });

  test('a stop that is refused is left for the next run', async () => {
    await reconcile();
    const refuse: ChannelDeps['stop'] = async () => {
      throw new GoogleError('channels.stop', 500, undefined, undefined);
    };
    expect(await reconcile({ stop: refuse }, plusMs(now, 23 * hour))).toMatchObject({ kind: 'failed' });
    expect(await reconcile({}, plusMs(now, 23 * hour))).toEqual({ kind: 'kept' });
    expect(atGoogle).toEqual(new Set(['channel-2']));
  });

  test('a token that is no good is not the channel’s trouble', async () => {
    const unauthorized = new GoogleError('events.watch', 401, 'authError', undefined);
    const watch: ChannelDeps['watch'] = async () => {
      throw unauthorized;
    };
    await expect(reconcile({ watch })).rejects.toBe(unauthorized);
  });
});

describe('a channel that fires', () => {
  const firing = (id: string) => ({ id: asId<ChannelId>(id), resourceId: 'resource' });

  test('is left alone when it is the current one', async () => {
    await reconcile();
    await stopStray(deps({ stop: never }), await calendar(), firing('channel-1'));
  });

  test('is left alone while there is no active one to take over [R7]', async () => {
    await stopStray(deps({ stop: never }), await calendar(), firing('channel-9'));
  });

  test('[F20] is stopped when it is no longer the current one, even if nothing is known of it', async () => {
    await reconcile();
    atGoogle.add(asId('channel-9'));
    await stopStray(deps(), await calendar(), firing('channel-9'));
    expect(atGoogle).toEqual(new Set(['channel-1']));
  });
});

describe('[R7] cut off at any step, the next run leaves exactly one active channel', () => {
  const cuts = ['before', 'after'] as const;
  /** begin, activate, list, superseded, stopped, settle. */
  const callsOfARenewal = 6;

  test.each([1, 2, 3, 4, 5, 6, 7])('store call %i of a renewal', async (call) => {
    for (const when of cuts) {
      stores = memoryStores();
      await stores.calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
      await reconcile();
      const renewal = plusMs(now, 23 * hour);
      const channels = failingAt(stores.channels, call, when);
      const isCut = await reconcile({ channels }, renewal).then(
        () => false,
        (error) => error instanceof Crash,
      );
      expect(isCut).toBe(call <= callsOfARenewal);

      await reconcile({}, plusMs(renewal, 1));
      const active = Object.entries(await states()).filter(([, state]) => state === 'active');
      expect(active).toHaveLength(1);
      expect((await calendar()).channel).toMatchObject({ id: active[0]?.[0], state: 'active' });
      expect(atGoogle.has(active[0]?.[0] as ChannelId)).toBe(true);
    }
  });

  test.each(cuts)('%s watch', async (when) => {
    await expect(reconcile(failingAt(google(), 1, when))).rejects.toThrow(Crash);
    expect(await reconcile()).toEqual({ kind: 'created' });
    expect(await calendar()).toMatchObject({ channel: { id: 'channel-2', state: 'active' } });
    expect(await states()).toEqual({ 'channel-1': 'superseded', 'channel-2': 'active' });

    const firing = { id: asId<ChannelId>('channel-1'), resourceId: 'resource' };
    await stopStray(deps(), await calendar(), firing); // If it came to be, it fires, and says how to stop it.
    expect(atGoogle).toEqual(new Set(['channel-2']));
    expect(await states()).toEqual({ 'channel-1': 'stopped', 'channel-2': 'active' });
    await stopStray(deps({ stop: never }), await calendar(), firing); // [R11] Once is enough, however often it fires.
  });

  test('a stop that fails is tried again by the next run', async () => {
    await reconcile();
    await expect(reconcile(failingAt(google(), 2, 'before'), plusMs(now, 23 * hour))).rejects.toThrow(Crash);
    expect(await calendar()).toMatchObject({ channel: { id: 'channel-2', state: 'active' } });
    expect(await states()).toEqual({ 'channel-1': 'superseded', 'channel-2': 'active' });
    expect(await reconcile({}, plusMs(now, 23 * hour))).toEqual({ kind: 'kept' });
    expect(await states()).toEqual({ 'channel-1': 'stopped', 'channel-2': 'active' });
    expect(atGoogle).toEqual(new Set(['channel-2']));
  });
});
