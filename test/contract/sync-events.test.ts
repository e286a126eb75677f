/** The audit log on a real engine: what is appended is kept, each sync event once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { epochSecondsOf, hour, plusMs } from '../../shared/domain/instant.ts';
import { type SyncEvent, syncEventOf } from '../../shared/domain/sync-event.ts';
import { keys } from '../../shared/store/keys.ts';
import { syncLog } from '../../shared/store/sync-events.ts';
import { fromItem, type Item, queryAll, type Table } from '../../shared/store/table.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { anAppointment, at, now, userId } from '../support/samples.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

const versionOf = (version: number) =>
  anAppointment({ version, revision: version, updatedAt: plusMs(now, version * hour) });

/** Of one appointment that went through many versions, oldest first. */
const syncEvents = (count: number): SyncEvent[] =>
  Array.from({ length: count }, (_, index) => {
    const before = index === 0 ? undefined : versionOf(index);
    return syncEventOf(before, versionOf(index + 1)) as SyncEvent;
  });

const kept = (table: Table): Promise<Item[]> => {
  const { pk } = keys.syncEvent(userId, now, anAppointment().id, 1);
  return queryAll(table, { pk, sk: 'SYNC_EVENT#' });
};

test.each([0, 1, 25, 26, 60])('%i sync events appended at once are all kept, in order of time', async (count) => {
  const table = await engine.freshTable();
  await syncLog(table).append(syncEvents(count));
  expect((await kept(table)).map(fromItem)).toEqual(syncEvents(count));
});

test('[R12] sync events appended again, in other batches, are the same items', async () => {
  const table = await engine.freshTable();
  const log = syncLog(table);
  await log.append(syncEvents(40));
  const before = await kept(table);
  await log.append(syncEvents(40).slice(10));
  await log.append(syncEvents(40).reverse());
  expect(await kept(table)).toEqual(before);
});

test('[R12] two appointments written in the same moment have a sync event each', async () => {
  const table = await engine.freshTable();
  const [one] = syncEvents(1);
  const other = { ...one, appointmentId: 'another' } as SyncEvent;
  await syncLog(table).append([one as SyncEvent, other]);
  expect(await kept(table)).toHaveLength(2);
});

test('a sync event expires a year after its change', async () => {
  const table = await engine.freshTable();
  await syncLog(table).append([{ ...(syncEvents(1)[0] as SyncEvent), at: at('2026-03-02T12:00:00Z') }]);
  expect(await kept(table)).toMatchObject([{ expiresAt: epochSecondsOf(at('2027-03-02T12:00:00Z')) }]);
});
