/** Many hints for one calendar, over stores in memory: how few listings they cost, and that none goes unanswered. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { asId } from '../../shared/domain/ids.ts';
import { epochMsOf, hour, type Instant, plusMs, second } from '../../shared/domain/instant.ts';
import type { Hint } from '../../shared/queue/hint.ts';
import { syncCalendar } from '../../shared/sync/sync-calendar.ts';
import { now } from '../support/samples.ts';
import { receiveBurst, spread } from './burst.ts';
import { openSyncJob, received, type SyncJob } from './sync-job.ts';

let job: SyncJob;
beforeEach(async () => {
  job = await openSyncJob();
});

const receiveAll = (sentMs: number[], listingMs = 80, reason: Hint['reason'] = 'notification') =>
  receiveBurst(job, { sentMs, listingMs, reason });

test('[R11] a person who asks for a sync as fast as the gateway lets through costs a listing a second, not one each', async () => {
  await job.register({ watchable: false });
  const fiftyEachSecond = spread(500, 10_000);
  expect(await receiveAll(fiftyEachSecond, 80, 'manual')).toBeLessThanOrEqual(12);
});

describe('[R11] a burst of notifications', () => {
  test.each([
    [50, 3_000, 80, 5],
    [50, 200, 80, 2],
    [10, 200, 200, 2],
    [5, 1_500, 200, 3],
    [50, 200, 400, 2],
    [500, 10_000, 80, 12],
    [10_000, 10_000, 80, 12],
    [2, 900, 80, 2],
  ])(
    '[F22] %i within %i ms, each listing taking %i ms, costs at most %i',
    async (count, overMs, listingMs, listings) => {
      await job.register({ watchable: false });
      expect(await receiveAll(spread(count, overMs), listingMs)).toBeLessThanOrEqual(listings);
    },
  );

  test('costs at most one more, where the clocks leave a doubt, however it is spread', async () => {
    const moments = fc.constantFrom(300, 3_000, 20_000).chain((max) => fc.array(fc.integer({ min: 1, max })));
    await fc.assert(
      fc.asyncProperty(moments, fc.integer({ min: 0, max: 3_000 }), async (moreMs, listingMs) => {
        job = await openSyncJob();
        await job.register({ watchable: false });
        const sentMs = [0, ...moreMs].sort((a, b) => a - b);
        expect(await receiveAll(sentMs, listingMs)).toBeLessThanOrEqual(3 + Math.max(...sentMs) / second);
      }),
    );
  });

  test('[R6] is followed by a listing that began after the last of them', async () => {
    await job.register({ watchable: false });
    await receiveAll(spread(50, 3_000));
    expect(epochMsOf((await job.calendarNow()).coveredBefore ?? now)).toBeGreaterThan(epochMsOf(now) + 3_000);
  });

  test('whose changes are apart gain no delay: each is listed as it comes', async () => {
    await job.register({ watchable: false });
    expect(await receiveAll([0, 5_000, 10_000])).toBe(3);
  });

  test('[R6][F14] one that comes while the calendar is being listed is followed by another listing', async () => {
    await job.register({ watchable: false });
    expect(await receiveAll([0, 150], 300)).toBe(2);
    expect(epochMsOf((await job.calendarNow()).coveredBefore ?? now)).toBeGreaterThan(epochMsOf(now) + 150);
  });
});

test('[R11][F20] a channel that was stopped and fires on, or is replayed, costs no more than the current one', async () => {
  await job.register();
  await job.sync();
  const renewal = plusMs(now, 23 * hour);
  await job.syncAt(renewal, {}, { newChannelId: () => asId('channel-2') });
  job.forgetCalls();

  const hint: Partial<Hint> = { reason: 'notification', channel: { id: asId('channel-1'), resourceId: 'resource' } };
  const upAgain = plusMs(renewal, hour);
  expect(await job.syncAt(upAgain, hint)).toMatchObject({ kind: 'synced' });
  for (let index = 1; index < 200; index++) {
    const replay = { ...received(hint, plusMs(upAgain, -index * second - 1)), now: plusMs(upAgain, 2 * second) };
    expect(await syncCalendar(job.deps(), replay)).toEqual({ kind: 'acknowledged', because: 'covered' });
  }
  expect(job.called()).toEqual(['listEvents']);
});

test('[F44] a backlog keeps no one waiting: the first listing answers a person’s request and all that came before', async () => {
  await job.register({ watchable: false });
  const [requestedAt, upAgain] = [plusMs(now, hour), plusMs(now, hour + 5 * second)];
  const receive = (hint: Partial<Hint>, sentAt: Instant) =>
    syncCalendar(job.deps(), { ...received(hint, sentAt), now: upAgain });

  expect(await receive({ reason: 'notification' }, now)).toMatchObject({ pull: { coveredBefore: upAgain } });
  for (let index = 1; index < 200; index++) {
    const outcome = await receive({ reason: 'notification' }, plusMs(now, index * second));
    expect(outcome).toEqual({ kind: 'acknowledged', because: 'covered' });
  }
  expect(await receive({ reason: 'manual' }, requestedAt)).toEqual({ kind: 'acknowledged', because: 'covered' });
  expect(job.called()).toEqual(['listEvents']);
});
