/** The sweep over stores in memory: it finds what is due, and nothing else. */
import { beforeEach, expect, test } from 'vitest';
import { asId, type CalendarKey } from '../../shared/domain/ids.ts';
import { day, hour, minute, plusMs, second } from '../../shared/domain/instant.ts';
import { queryVersion } from '../../shared/google/query.ts';
import type { Envelope } from '../../shared/queue/hint.ts';
import { sweep } from '../../shared/renewal/sweep.ts';
import { dueShardOf } from '../../shared/store/keys.ts';
import { Crash } from '../support/faulty.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aCalendar, aChannel, now } from '../support/samples.ts';

let stores: Stores;
let sent: Envelope[];
beforeEach(() => {
  stores = memoryStores();
  sent = [];
});

const queue = { send: async (envelope: Envelope) => void sent.push(envelope) };
const run = (at = now, ports = {}) =>
  sweep(
    { ...stores, queue, random: () => 0.5, clock: () => at, ...ports },
    { chainId: asId('sweep'), now: at, until: plusMs(at, minute) },
  );
const swept = () => sent.map(({ hint }) => hint.calendarKey).sort();

test('hints every calendar that is due, in every shard, and looks again an hour later', async () => {
  const due = Array.from({ length: 40 }, (_, index) => asId<CalendarKey>(`${String.fromCharCode(65 + index)}-key`));
  for (const key of due) await stores.calendars.register(aCalendar({ key }), { dueAt: now, renewChannel: false });
  await stores.calendars.register(aCalendar({ key: asId('later') }), {
    dueAt: plusMs(now, minute),
    renewChannel: false,
  });

  expect(await run()).toEqual({ hints: 40 });
  expect(swept()).toEqual(due.toSorted());
  expect(await run(plusMs(now, minute - 1))).toEqual({ hints: 0 });
  expect(await run(plusMs(now, hour))).toEqual({ hints: 41 });
});

test('[R1] has a calendar that is switched off closed, and looked at for as long as its channel is there', async () => {
  await stores.calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
  await stores.calendars.setSwitches(aCalendar(), { enabled: false, role: 'blocks' }, plusMs(now, minute));
  expect(await run(plusMs(now, minute))).toEqual({ hints: 1 });
  expect(sent.map(({ hint }) => hint.reason)).toEqual(['disabled']);
  expect(await run(plusMs(now, day))).toEqual({ hints: 0 });
});

test('[R7] reads on while calendars are due, and comes to none twice, however much the index lags', async () => {
  const due = Array.from({ length: 1_200 }, (_, index) => asId<CalendarKey>(`A-${index}`));
  for (const key of due) await stores.calendars.register(aCalendar({ key }), { dueAt: now, renewChannel: false });
  expect(await run()).toEqual({ hints: 1_200 });

  const shardOfAll = dueShardOf(asId('A-0'));
  const listDue = async (shard: number) => (shard === shardOfAll ? due.slice(0, 500) : []);
  expect(await run(now, { calendars: { ...stores.calendars, listDue } })).toEqual({ hints: 500 });
});

test('[R7] comes back sooner for a channel that must be renewed before', async () => {
  await stores.calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
  const renewAt = plusMs(now, 20 * minute);
  const slot = { id: aChannel().id, state: 'active', expiresAt: aChannel().expiresAt, renewAt } as const;
  await stores.channels.begin(aCalendar(), aChannel(), slot);
  await run();
  expect(await run(plusMs(renewAt, -1))).toEqual({ hints: 0 });
  expect(await run(renewAt)).toEqual({ hints: 1 });
});

test('[R1] has both sides compared about once a day, after they have been synced', async () => {
  const listed = aCalendar({ cursor: 'cursor', queryVersion });
  await stores.calendars.register(listed, { dueAt: now, renewChannel: false });
  expect(await run()).toEqual({ hints: 1 });
  expect(sent.map(({ hint }) => hint.reason)).toEqual(['sweep', 'compare']);

  await stores.calendars.noteDrift(listed, { at: now, compared: 0, differing: 0, nextAt: plusMs(now, day) });
  sent = [];
  for (let passed = hour; passed < day; passed += hour) await run(plusMs(now, passed));
  expect(sent.map(({ hint }) => hint.reason)).toEqual(Array(23).fill('sweep'));
  await run(plusMs(now, day));
  expect(sent.at(-1)?.hint.reason).toBe('compare');
});

test('[R7] a channel that is overdue is looked after by the next round of the worker, should the hint be lost', async () => {
  const overdue = { ...aCalendar(), coveredBefore: plusMs(now, -5 * minute) };
  await stores.calendars.register(overdue, { dueAt: now, renewChannel: false });
  const slot = {
    id: aChannel().id,
    state: 'active',
    expiresAt: plusMs(now, 10 * minute),
    renewAt: plusMs(now, -hour),
  } as const;
  await stores.channels.begin(overdue, aChannel(), slot);
  await run();
  expect(await run(plusMs(now, 5 * minute))).toEqual({ hints: 1 });
});

test('a calendar whose hint could not be sent stays due', async () => {
  await stores.calendars.register(aCalendar(), { dueAt: now, renewChannel: false });
  const down = {
    send: async () => {
      throw new Crash();
    },
  };
  await expect(run(now, { queue: down })).rejects.toThrow(Crash);
  expect(await run()).toEqual({ hints: 1 });
});

test('[R11] has an end: what it has not come to when its time is up stays due', async () => {
  const due = Array.from({ length: 40 }, (_, index) => asId<CalendarKey>(`${String.fromCharCode(65 + index)}-key`));
  for (const key of due) await stores.calendars.register(aCalendar({ key }), { dueAt: now, renewChannel: false });
  let clock = now;
  const slow = {
    send: async (envelope: Envelope) => {
      sent.push(envelope);
      clock = plusMs(clock, 10 * second);
    },
  };
  const { hints } = await run(now, { queue: slow, clock: () => clock });
  expect(hints).toBe(sent.length);
  expect(hints).toBeGreaterThanOrEqual(6); // One in ten seconds, and those that were begun beside it.
  expect(hints).toBeLessThan(12);
  expect(await run()).toEqual({ hints: 40 - hints });
  expect(swept()).toEqual(due.toSorted());
});

test('[F42] calendars that fail for good do not stand before the others: to be tried puts them behind', async () => {
  const failing = Array.from({ length: 5_000 }, (_, index) => asId<CalendarKey>(`A-${index}`));
  const healthy = asId<CalendarKey>('A-healthy'); // The first letter decides on the shard.
  for (const key of failing) {
    const dueAt = plusMs(now, -10 * hour);
    await stores.calendars.register(aCalendar({ key }), { dueAt, renewChannel: false });
    const trouble = { since: dueAt, failures: 9, reason: 'forbidden', leftToSweep: true } as const;
    await stores.calendars.noteTrouble(aCalendar({ key }), trouble);
  }
  await stores.calendars.register(aCalendar({ key: healthy }), { dueAt: now, renewChannel: false });

  expect(await run()).toEqual({ hints: failing.length });
  sent = [];
  expect(await run()).toEqual({ hints: 1 });
  expect(swept()).toEqual([healthy]);
});
