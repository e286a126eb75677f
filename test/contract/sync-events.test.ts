/** The log on a real engine: what is appended is kept, each record once, and is read page by page. */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Appointment } from '../../shared/domain/appointment.ts';
import { asId } from '../../shared/domain/ids.ts';
import { epochSecondsOf, hour, plusMs } from '../../shared/domain/instant.ts';
import type { NotifiedRun } from '../../shared/domain/notified-run.ts';
import { type SyncEvent, syncEventOf } from '../../shared/domain/sync-event.ts';
import { keys, logPosition } from '../../shared/store/keys.ts';
import { appendToLog, syncHistory } from '../../shared/store/sync-events.ts';
import { syncRequestStore } from '../../shared/store/sync-requests.ts';
import { type Item, queryAll, type Table, toItem } from '../../shared/store/table.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { anAppointment, at, calendarId, calendarKey, now, userId } from '../support/samples.ts';

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

const retention = { auditDays: 365, notificationDays: 30 };
const append = (table: Table, syncEvents: SyncEvent[], notifiedRuns: NotifiedRun[] = []) =>
  appendToLog(table, { syncEvents, notifiedRuns }, retention);

const aRun: NotifiedRun = {
  userId,
  calendarKey,
  calendarId,
  at: now,
  chainId: asId('channel-1:7'),
  changes: { create: 1 },
};

const kept = (table: Table): Promise<Item[]> => {
  const { pk } = keys.syncEvent(userId, now, anAppointment().id, 1);
  return queryAll(table, { pk, sk: 'SYNC_EVENT#' });
};

test.each([0, 1, 25, 26, 60])('%i sync events appended at once are all kept, in order of time', async (count) => {
  const table = await engine.freshTable();
  await append(table, syncEvents(count));
  const { items } = await syncHistory(table).list({ userId, limit: 100 });
  expect(items).toEqual(syncEvents(count).reverse());
});

test('a record says what the appointment is, and what of it was otherwise', async () => {
  const table = await engine.freshTable();
  const [, event] = syncEvents(2) as [SyncEvent, SyncEvent];
  const before = { ...(event.before as Appointment), fields: { ...event.after.fields, notes: 'Back door' } };
  await append(table, [{ ...event, before }]);
  const [item] = await kept(table);
  expect(item?.value).toMatchObject({ after: event.after, was: { version: 1, fields: { notes: 'Back door' } } });
  expect(item?.value).not.toHaveProperty('before');
});

test('a record of the version before this one, which has all of what was, is read as ever', async () => {
  const table = await engine.freshTable();
  const [, event] = syncEvents(2) as [SyncEvent, SyncEvent];
  const key = keys.syncEvent(userId, event.at, event.appointmentId, event.version);
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...toItem(key, event), schema: 1 } }));
  expect(await syncHistory(table).list({ userId, limit: 1 })).toEqual({ items: [event] });
});

test('[R12] sync events appended again, in other batches, are the same items', async () => {
  const table = await engine.freshTable();
  await append(table, syncEvents(40));
  const before = await kept(table);
  await append(table, syncEvents(40).slice(10));
  await append(table, syncEvents(40).reverse());
  expect(await kept(table)).toEqual(before);
});

test('[R12] two appointments written in the same moment have a sync event each', async () => {
  const table = await engine.freshTable();
  const [one] = syncEvents(1);
  const other = { ...one, appointmentId: 'another' } as SyncEvent;
  await append(table, [one as SyncEvent, other]);
  expect(await kept(table)).toHaveLength(2);
});

test('a sync event and a notified run expire after the days that are set for each', async () => {
  const table = await engine.freshTable();
  await append(table, [{ ...(syncEvents(1)[0] as SyncEvent), at: at('2026-03-02T12:00:00Z') }], [aRun]);
  expect(await kept(table)).toMatchObject([{ expiresAt: epochSecondsOf(at('2027-03-02T12:00:00Z')) }]);
  const { pk } = keys.notifiedRun(userId, now, aRun.chainId);
  const runs = await queryAll(table, { pk, sk: 'NOTIFICATION#' });
  expect(runs).toMatchObject([{ value: aRun, expiresAt: epochSecondsOf(at('2026-04-01T12:00:00Z')) }]);
});

describe('the history', () => {
  const pagesOf = async (table: Table, limit: number) => {
    const pages: SyncEvent[][] = [];
    let page = await syncHistory(table).list({ userId, limit });
    while (pages.push(page.items) < 20 && page.after !== undefined) {
      page = await syncHistory(table).list({ userId, limit, after: page.after });
    }
    return pages;
  };

  test.each([
    [7, [3, 3, 1]],
    [6, [3, 3]],
    [3, [3]],
    [0, [0]],
  ])('of %i sync events is read the newest first, in pages of three', async (count, sizes) => {
    const table = await engine.freshTable();
    await append(table, syncEvents(count), [aRun]);
    const pages = await pagesOf(table, 3);
    expect(pages.flat()).toEqual(syncEvents(count).reverse());
    expect(pages.map(({ length }) => length)).toEqual(sizes);
  });

  test('[R11] that is larger than DynamoDB reads at once is read whole all the same', async () => {
    const table = await engine.freshTable();
    const notes = 'n'.repeat(100_000);
    const large = syncEvents(20).map((event) => ({
      ...event,
      after: { ...event.after, fields: { ...event.after.fields, notes } },
    }));
    for (const event of large) await append(table, [event]);
    const pages = await pagesOf(table, 200);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat()).toEqual(large.reverse());
  });

  test('[R15] of one user holds nothing of another’s, whatever position is given', async () => {
    const table = await engine.freshTable();
    await append(table, syncEvents(3));
    const other = asId<typeof userId>('barber-2');
    const after = logPosition(plusMs(now, 9 * hour), anAppointment().id, 9);
    expect(await syncHistory(table).list({ userId: other, limit: 10 })).toEqual({ items: [] });
    expect(await syncHistory(table).list({ userId: other, limit: 10, after })).toEqual({ items: [] });
  });
});

test('of the syncs that a user has asked for, the last is known', async () => {
  const requests = syncRequestStore(await engine.freshTable());
  expect(await requests.load(userId)).toBeUndefined();
  const [first, last] = ['one', 'two'].map((id) => ({ id: asId<NotifiedRun['chainId']>(id), requestedAt: now }));
  for (const request of [first, last]) if (request) await requests.save(userId, request);
  expect(await requests.load(userId)).toEqual(last);
  expect(await requests.load(asId('barber-2'))).toBeUndefined();
});
