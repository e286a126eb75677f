/** One round of the sweep over a table of so many calendars, one in a hundred of them due, on a real engine. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { startDynamoDb } from '../../../infra/local/aws/dynamodb-engine.ts';
import { clientDefaults } from '../../../infra/local/aws/place.ts';
import type { Calendar } from '../../../shared/domain/calendar.ts';
import { calendarKeyOf } from '../../../shared/domain/derived-ids.ts';
import { asId, type CalendarId } from '../../../shared/domain/ids.ts';
import { hour, minute, plusMs } from '../../../shared/domain/instant.ts';
import { sweep } from '../../../shared/renewal/sweep.ts';
import { dueKeysOf } from '../../../shared/store/calendar-update.ts';
import { calendarStore } from '../../../shared/store/calendars.ts';
import { keys } from '../../../shared/store/keys.ts';
import { dynamoTable, type Table, toItem } from '../../../shared/store/table.ts';
import { startEngine } from '../../support/engine.ts';
import { aCalendar, now, userId } from '../../support/samples.ts';
import { openMeter } from './meter.ts';
import { type Units, unitsOf } from './units.ts';

export const sweepUnits = async (calendars: number): Promise<{ calendars: number; due: number; units: Units }> => {
  const meter = await openMeter([{ from: 'bench', service: 'dynamodb' }]);
  const wire = meter.wire('bench', 'dynamodb');
  const direct = await startDynamoDb();
  const through = async () => {
    wire.aim(direct.endpoint);
    return { ...direct, endpoint: wire.address };
  };
  const engine = await startEngine(through, { streams: false });
  try {
    const table = await engine.freshTable();
    const filling = new DynamoDBClient({ ...clientDefaults, endpoint: direct.endpoint });
    await fill(dynamoTable(filling, table.name), calendars);
    filling.destroy();
    const deps = {
      calendars: calendarStore(table),
      queue: { send: async () => undefined },
      clock: () => now,
      random: () => 0.5,
    };
    const { hints } = await sweep(deps, { chainId: asId('sweep'), now, until: plusMs(now, minute) });
    return { calendars, due: hints, units: unitsOf(meter.take()) };
  } finally {
    await engine.stop();
    await meter.stop();
  }
};

const itemsPerWrite = 25;
const writesAtOnce = 4;

const fill = async (table: Table, calendars: number): Promise<void> => {
  const items = Array.from({ length: calendars }, (_, index) => itemOf(index));
  const starts = Array.from({ length: Math.ceil(calendars / itemsPerWrite) }, (_, index) => index * itemsPerWrite);
  const write = (start: number) => {
    const requests = items.slice(start, start + itemsPerWrite).map((Item) => ({ PutRequest: { Item } }));
    return table.client.send(new BatchWriteCommand({ RequestItems: { [table.name]: requests } }));
  };
  await pMap(starts, write, { concurrency: writesAtOnce });
};

/** One in a hundred is due, and always the first. The others are never read: of them there are no more than the keys. */
const itemOf = (index: number) => {
  const calendarId = asId<CalendarId>(`calendar-${index}@example.com`);
  const key = calendarKeyOf(userId, 'barber-1@example.com', calendarId);
  if (index % 100 !== 0) return toItem(keys.calendar(key), {}, dueKeysOf(key, plusMs(now, hour)));
  const calendar: Calendar = aCalendar({ key, calendarId, cursor: 'c'.repeat(40), coveredBefore: now });
  return toItem(keys.calendar(key), calendar, dueKeysOf(key, plusMs(now, -minute)));
};
