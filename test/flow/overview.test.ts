/** What those who run the fleet are told, over stores in memory: every calendar counted once, the worst ones first. */
import { beforeEach, expect, test } from 'vitest';
import { type OverviewDeps, overviewRoute } from '../../functions/management-api/routes/overview.ts';
import { overviewReply } from '../../functions/management-api/schemas/overview.ts';
import type { Calendar } from '../../shared/domain/calendar.ts';
import type { Connection, GrantedConnection } from '../../shared/domain/connection.ts';
import { asId } from '../../shared/domain/ids.ts';
import { day, hour, plusMs } from '../../shared/domain/instant.ts';
import { aConflict } from '../contract/a-conflict.ts';
import { apiOver } from '../support/api-calls.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';
import { aConnection, now } from '../support/samples.ts';
import { ago, aSlot, aTrouble, seen } from '../unit/health/states.ts';

let stores: Stores;
beforeEach(() => {
  stores = memoryStores();
});

const deps = (): OverviewDeps => ({
  ...stores,
  deadLetters: { count: async () => 2 },
  measureQueue: async () => ({ waiting: 3, inFlight: 1 }),
});
const overview = async () => overviewReply.parse((await apiOver({ overview: overviewRoute(deps()) })('overview')).body);

let drawn = 0;
const register = async (
  calendar: Partial<Calendar> = {},
  connection: Partial<GrantedConnection> = {},
  dueAt = plusMs(now, hour),
) => {
  drawn += 1;
  const userId = asId<Connection['userId']>(`user-${drawn}`);
  await stores.connections.create(aConnection({ userId, ...connection }));
  const key = asId<Calendar['key']>(`${String.fromCharCode(65 + (drawn % 26))}-${drawn}`);
  const whole = { ...seen(calendar).calendar, key, userId, calendarId: asId<Calendar['calendarId']>(`cal-${drawn}`) };
  await stores.calendars.register(whole, { dueAt, renewChannel: false });
  return { ...whole, userId };
};

test('an empty fleet is well', async () => {
  expect(await overview()).toMatchObject({ partial: false, calendars: { total: 0 }, worst: [] });
});

test('every calendar that is switched on is counted once, by its state, channel and trouble', async () => {
  await register();
  await register({ watchable: false }, {}, ago(1));
  await register({ watchable: false, realTimeSync: false });
  await register({ realTimeSync: false });
  await register({ channel: aSlot({ expiresAt: now }) });
  await register({ channel: aSlot({ state: 'creating' }), trouble: aTrouble(3) });
  await register({}, { state: 'needs_reauth' });
  await register({ enabled: false });
  expect(await overview()).toMatchObject({
    at: now,
    partial: false,
    calendars: { total: 7, byState: { synced: 2, polled: 3, degraded: 1, needs_reauth: 1 }, due: 1 },
    channels: { active: 2, unwatchable: 1, off: 2, expired: 1, creating: 1 },
    connections: { connected: 6, needs_reauth: 1 },
    trouble: { backendError: 1 },
    queue: { waiting: 3, inFlight: 1, oldestWaitSeconds: 3_600 },
    deadLetters: 2,
  });
});

test('[R1] the drift of the fleet is the sum of what each calendar was last found to have', async () => {
  const drift = { at: ago(hour), compared: 40, differing: 0, nextAt: plusMs(now, day) };
  await register({ drift });
  await register({ drift: { ...drift, differing: 3 } });
  await register();
  expect((await overview()).drift).toEqual({
    compared: 80,
    differing: 3,
    calendarsDiffering: 1,
    calendarsNotCompared: 1,
  });
});

test('[F60] the worst calendar is named first, with its reason and the next step; those that are well are not', async () => {
  const failing = await register({ trouble: aTrouble(3), recentSyncs: '+---' });
  await register();
  const dead = await register({}, { state: 'needs_reauth' });
  const { worst } = await overview();
  expect(worst).toMatchObject([
    { calendarId: dead.calendarId, userId: dead.userId, score: 0, recommendation: { step: 'connect_again' } },
    { calendarId: failing.calendarId, recommendation: { step: 'wait' } },
  ]);
});

test('what is left to a person counts for those that are looked at closer', async () => {
  const { key, userId } = await register({ coveredBefore: ago(14 * hour) });
  const before = (await overview()).worst[0]?.score ?? 0;
  for (let nth = 0; nth < 10; nth++) {
    await stores.conflicts.save(aConflict({ id: asId(`conflict-${nth}`), userId, calendarKey: key }));
  }
  expect((await overview()).worst[0]?.score).toBe(before - 10);
});

test('[R11] a larger fleet is looked at in part, and says so', async () => {
  const userId = (await register()).userId;
  const { calendar } = seen();
  for (let nth = 0; nth < 250; nth++) {
    const key = asId<Calendar['key']>(`A-${nth}`);
    await stores.calendars.register({ ...calendar, key, userId }, { dueAt: now, renewChannel: false });
  }
  expect(await overview()).toMatchObject({ partial: true, worst: [] });
});
