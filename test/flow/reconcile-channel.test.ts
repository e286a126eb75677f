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
/** What a stop of this channel meets. */
let refusals: Map<string, GoogleError>;
let drawn: number;
beforeEach(async () => {
  stores = memoryStores();
  atGoogle = new Set();
  refusals = new Map();
  drawn = 0;
  await stores.calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
});

const google = (): Pick<ChannelDeps, 'watch' | 'stop'> => ({
  async watch({ channelId, expiresAt }) {
    atGoogle.add(channelId);
    return { resourceId: 'resource', expiresAt };
  },
  async stop({ id, resourceId }) {
    const refusal = refusals.get(id);
    if (refusal !== undefined) throw refusal;
    return resourceId === 'resource' && atGoogle.delete(id) ? 'stopped' : 'unknown';
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
  expect(await reconcile({}, plusMs(now, 23 * hour))).toEqual({ kind: 'renewed' });
  expect(atGoogle).toEqual(new Set(['channel-2']));
  expect(await states()).toEqual({ 'channel-1': 'stopped', 'channel-2': 'active' });
});

test('[R7] renewal is due a jittered quarter of its life before the end, and earlier after failures', async () => {
  await reconcile();
  const usual = (await calendar()).channel?.renewAt ?? now;
  expect(usual).toBe(plusMs(now, day - 6.75 * hour));
  const down: ChannelDeps['watch'] = async () => {
    throw new GoogleError('events.watch', 503, undefined, undefined);
  };
  let at = usual;
  for (let failures = 0; failures < 3; failures++) {
    await reconcile({ watch: down }, at);
    at = (await calendar()).channel?.renewAt ?? now;
  }
  await reconcile({}, at);
  expect((await calendar()).channel).toMatchObject({ failuresSeen: 3 });
  expect(((await calendar()).channel?.renewAt ?? '') < plusMs(at, day - 9 * hour)).toBe(true);
});

test('[R7] there is no moment without a channel while one is replaced', async () => {
  await reconcile();
  const stop: ChannelDeps['stop'] = async ({ id }) => {
    expect(atGoogle).toEqual(new Set(['channel-1', 'channel-2']));
    atGoogle.delete(id);
    return 'stopped';
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
  expect(await states()).toEqual({ 'channel-1': 'expired', 'channel-2': 'active' });
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

  test('why is kept in one word', async () => {
    await reconcile({ watch: down });
    expect(await calendar()).toMatchObject({ channel: { reason: 'http_503' } });
    const restored = plusMs(now, hour);
    await reconcile({}, restored);
    expect((await calendar()).channel).not.toHaveProperty('reason');
  });

  test('[R7] while a new channel cannot be made, the one before goes on firing, and the calendar knows until when', async () => {
    await reconcile();
    const ends = (await calendar()).channel?.expiresAt;
    await reconcile({ watch: down }, plusMs(now, 20 * hour));
    expect(await calendar()).toMatchObject({ channel: { state: 'creating', watchedSince: now, watchedUntil: ends } });
    expect(atGoogle).toEqual(new Set(['channel-1']));
    expect(await reconcile({}, plusMs(now, 21 * hour))).toEqual({ kind: 'renewed' });
    expect(await calendar()).toMatchObject({ channel: { state: 'active', watchedSince: now } });
    expect(atGoogle).toEqual(new Set(['channel-3']));
  });

  test.each(['push.webhookUrlUnauthorized', 'push.webhookUrlNotHttps', 'push.webhookUrlNoHostOrAddress'])(
    '[F27] an address that Google refuses (%s) is no matter of the token, whatever the status',
    async (reason) => {
      for (const status of [400, 401, 403]) {
        const watch: ChannelDeps['watch'] = async () => {
          throw new GoogleError('events.watch', status, reason, undefined);
        };
        const failed = { kind: 'failed', error: { outcome: 'rejected' } };
        expect(await reconcile({ watch }, plusMs(now, status * hour))).toMatchObject(failed);
        expect(await calendar()).toMatchObject({ channel: { state: 'creating', reason } });
      }
    },
  );

  test('a token that is no good is not the channel’s trouble', async () => {
    const unauthorized = new GoogleError('events.watch', 401, 'authError', undefined);
    const watch: ChannelDeps['watch'] = async () => {
      throw unauthorized;
    };
    await expect(reconcile({ watch })).rejects.toBe(unauthorized);
  });
});

describe('[R7] stops that fail', () => {
  const refusal = (status: number, reason?: string) => new GoogleError('channels.stop', status, reason, undefined);
  const renewal = plusMs(now, 23 * hour);
  const half = plusMs(renewal, 30 * minute);

  test('are tried again after a while, and the sweep knows when', async () => {
    await reconcile();
    refusals.set('channel-1', refusal(500));
    expect(await reconcile({}, renewal)).toMatchObject({ kind: 'renewed', unstopped: { status: 500 } });
    expect(await calendar()).toMatchObject({ channel: { id: 'channel-2', state: 'active', unsettled: true } });
    const retryAt = plusMs(renewal, 10 * minute);
    expect(await stores.calendars.listDue(dueShardOf(calendarKey), retryAt, 1)).toEqual([calendarKey]);

    refusals.clear();
    expect(await reconcile({ stop: () => expect.fail('Too early') }, plusMs(retryAt, -1))).toEqual({ kind: 'kept' });
    expect(await reconcile({}, retryAt)).toEqual({ kind: 'kept' });
    expect(atGoogle).toEqual(new Set(['channel-2']));
    expect((await calendar()).channel).not.toHaveProperty('unsettled');
    expect((await calendar()).channel).not.toHaveProperty('settleAt');
  });

  test.each([
    ['refused for good', refusal(403, 'forbidden')],
    ['wrong in Google’s eyes', refusal(400, 'invalid')],
  ])('that are %s end with the channel itself, which is not forgotten before', async (_, error) => {
    await reconcile();
    refusals.set('channel-1', error);
    await reconcile({}, renewal);
    expect(await reconcile({}, half)).toMatchObject({ kind: 'kept', unstopped: error });
    expect(await states()).toEqual({ 'channel-1': 'superseded', 'channel-2': 'active' });

    expect(await reconcile({}, plusMs(now, day))).toEqual({ kind: 'kept' });
    expect(await states()).toEqual({ 'channel-1': 'expired', 'channel-2': 'active' });
    expect((await calendar()).channel).not.toHaveProperty('unsettled');
  });

  test('do not stand in the way of others', async () => {
    await reconcile();
    await reconcile(failingAt(google(), 1, 'after'), renewal).catch(() => undefined); // channel-2: nobody heard of it.
    refusals.set('channel-1', refusal(500));
    expect(await reconcile({}, plusMs(renewal, 2 * minute))).toMatchObject({ kind: 'renewed', unstopped: {} });
    expect(await states()).toEqual({ 'channel-1': 'superseded', 'channel-2': 'stopped', 'channel-3': 'active' });
    expect(atGoogle).toEqual(new Set(['channel-1', 'channel-3']));
  });

  test('keep the slot of a calendar that wants no channel, until it is stopped or has expired', async () => {
    await reconcile();
    await stores.calendars.setRealTimeSync(aCalendar(), false);
    refusals.set('channel-1', refusal(403, 'forbidden'));
    expect(await reconcile()).toMatchObject({ kind: 'failed', error: { status: 403 } });
    expect(await reconcile({}, plusMs(now, minute))).toEqual({ kind: 'kept' });
    expect(await calendar()).toMatchObject({ channel: { id: 'channel-1' } });
    expect(await reconcile({}, plusMs(now, day))).toEqual({ kind: 'removed' });
    expect((await calendar()).channel).toBeUndefined();
    expect(await states()).toEqual({ 'channel-1': 'expired' });
  });
});

describe('[R7] two at once', () => {
  test('leave one channel: who comes second finds that someone is at it', async () => {
    const read = await calendar();
    const second = () => reconcileChannel(deps(), read, now);
    const watch: ChannelDeps['watch'] = async (request) => {
      expect(await second()).toEqual({ kind: 'overtaken' });
      expect(await reconcile({ watch: () => expect.fail('Someone is at it') })).toEqual({ kind: 'kept' });
      return google().watch(request);
    };
    expect(await reconcile({ watch })).toEqual({ kind: 'created' });
    expect(atGoogle.size).toBe(1);
    expect(await calendar()).toMatchObject({ channel: { id: [...atGoogle][0], state: 'active' } });
  });

  const slow = (at: Instant) => async (request: Parameters<ChannelDeps['watch']>[0]) => {
    const watched = await google().watch(request);
    expect(await reconcile({}, at)).toMatchObject({ kind: 'created' }); // Taken for dead, it is replaced meanwhile.
    return watched;
  };

  test('who has been given up for dead takes its own channel back', async () => {
    expect(await reconcile({ watch: slow(plusMs(now, 2 * minute)) })).toEqual({ kind: 'overtaken' });
    expect(atGoogle).toEqual(new Set(['channel-2']));
    expect(await states()).toEqual({ 'channel-1': 'stopped', 'channel-2': 'active' });
  });

  test('and if that fails, the next renewal does it', async () => {
    const watch: ChannelDeps['watch'] = async (request) => {
      const watched = await slow(plusMs(now, 2 * minute))(request);
      atGoogle.add(request.channelId); // The other one's guess at its resource id went astray.
      refusals.set(request.channelId, new GoogleError('channels.stop', 500, undefined, undefined));
      return watched;
    };
    expect(await reconcile({ watch })).toEqual({ kind: 'overtaken' });
    expect(atGoogle).toEqual(new Set(['channel-1', 'channel-2']));
    refusals.clear();
    await reconcile({}, plusMs(now, 20 * hour));
    expect(atGoogle).toEqual(new Set(['channel-3']));
  });

  test('[R13] a late one does not stop the channel that has taken the place of its own', async () => {
    await reconcile();
    refusals.set('channel-1', new GoogleError('channels.stop', 500, undefined, undefined));
    await reconcile({}, plusMs(now, 20 * hour));
    refusals.clear();
    const late = await calendar(); // It is to stop channel-1, for channel-2.
    await reconcile({}, plusMs(now, 40 * hour));
    await reconcileChannel(deps(), late, plusMs(now, 20.5 * hour));
    expect(atGoogle).toContain('channel-3');
    expect(await calendar()).toMatchObject({ channel: { id: 'channel-3', state: 'active' } });
  });
});

describe('a channel whose maker died before it could note what Google calls the resource', () => {
  const orphan = async () => {
    await reconcile(failingAt(google(), 1, 'after')).catch(() => undefined);
    expect(atGoogle).toEqual(new Set(['channel-1']));
  };

  test('[F21] is stopped by the name that the calendar’s other channels have for it', async () => {
    await orphan();
    expect(await reconcile({}, plusMs(now, minute))).toEqual({ kind: 'created' });
    expect(atGoogle).toEqual(new Set(['channel-2']));
    expect(await states()).toEqual({ 'channel-1': 'stopped', 'channel-2': 'active' });
  });

  test('[F21] if Google does not know it by that name, it is remembered until it has expired', async () => {
    await orphan();
    const another: ChannelDeps['watch'] = async ({ channelId, expiresAt }) => {
      atGoogle.add(channelId);
      return { resourceId: 'another', expiresAt };
    };
    await reconcile({ watch: another }, plusMs(now, minute));
    expect(await states()).toEqual({ 'channel-1': 'superseded', 'channel-2': 'active' });
    const never: ChannelDeps['stop'] = () => expect.fail('There is nothing new to try');
    expect(await reconcile({ stop: never }, plusMs(now, 2 * hour))).toEqual({ kind: 'kept' });

    const firing = { id: asId<ChannelId>('channel-1'), resourceId: 'resource' };
    await stopStray(deps(), await calendar(), firing); // It fires, and says itself how to stop it.
    expect(await states()).toEqual({ 'channel-1': 'stopped', 'channel-2': 'active' });
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

  describe('on, after it was replaced,', () => {
    const replaced = async () => {
      await reconcile();
      await reconcile({}, plusMs(now, 23 * hour));
      expect(await states()).toEqual({ 'channel-1': 'stopped', 'channel-2': 'active' });
    };

    test('[F20][R11] is not stopped again at each of its notifications', async () => {
      await replaced();
      await stopStray(deps({ stop: never }), await calendar(), firing('channel-1'));
    });

    test('is stopped by the name that it fires under, when it was stopped by another', async () => {
      await replaced();
      const asked: unknown[] = [];
      const stop: ChannelDeps['stop'] = async (channel) => {
        asked.push(channel);
        return 'stopped';
      };
      const other = { ...firing('channel-1'), resourceId: 'another' };
      for (let fires = 0; fires < 2; fires++) await stopStray(deps({ stop }), await calendar(), other);
      expect(asked).toEqual([other]);
    });
  });

  test('is stopped by its next notification when Google refused at this one', async () => {
    await reconcile();
    atGoogle.add(asId('channel-9'));
    refusals.set('channel-9', new GoogleError('channels.stop', 500, undefined, undefined));
    await stopStray(deps(), await calendar(), firing('channel-9'));
    refusals.clear();
    await stopStray(deps(), await calendar(), firing('channel-9'));
    expect(atGoogle).toEqual(new Set(['channel-1']));
  });
});

describe('[R7] cut off at any step, the next run leaves exactly one active channel', () => {
  const cuts = ['before', 'after'] as const;
  /** By then whoever was creating one is taken to have died. */
  const later = (at: Instant) => plusMs(at, minute);
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

      await reconcile({}, later(renewal));
      const active = Object.entries(await states()).filter(([, state]) => state === 'active');
      expect(active).toHaveLength(1);
      expect((await calendar()).channel).toMatchObject({ id: active[0]?.[0], state: 'active' });
      expect(atGoogle.has(active[0]?.[0] as ChannelId)).toBe(true);
    }
  });

  test.each(cuts)('%s watch', async (when) => {
    await expect(reconcile(failingAt(google(), 1, when))).rejects.toThrow(Crash);
    expect(await reconcile()).toEqual({ kind: 'kept' });
    expect(await reconcile({}, later(now))).toEqual({ kind: 'created' });
    expect(await calendar()).toMatchObject({ channel: { id: 'channel-2', state: 'active' } });
    expect(atGoogle).toEqual(new Set(['channel-2']));
    const cameToBe = when === 'after';
    expect(await states()).toEqual({ 'channel-1': cameToBe ? 'stopped' : 'superseded', 'channel-2': 'active' });
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
