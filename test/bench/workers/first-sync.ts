/**
 * Runs bundled, in a process of its own: syncs a calendar of so many events through the one job and Google's real client,
 * then what has changed since; then writes as many items as fast as the table takes them. Tells how long each took, and how
 * much memory the syncs. Its orders are the one JSON argument.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { Sealed } from '../../../shared/domain/connection.ts';
import { asId } from '../../../shared/domain/ids.ts';
import { hour, instantAt, plusMs } from '../../../shared/domain/instant.ts';
import { googleCalendar } from '../../../shared/google/calendar-client.ts';
import type { Hint } from '../../../shared/queue/hint.ts';
import { agendaKeysOf } from '../../../shared/store/agenda.ts';
import { appointmentStore } from '../../../shared/store/appointments.ts';
import { keys } from '../../../shared/store/keys.ts';
import { quarantineStore } from '../../../shared/store/quarantine.ts';
import { dynamoTable, type Table, toItem } from '../../../shared/store/table.ts';
import { type SyncDeps, syncCalendar } from '../../../shared/sync/sync-calendar.ts';
import { memoryStores } from '../../support/memory-store.ts';
import { aCalendar, aConnection, anAppointment, calendarKey, userId } from '../../support/samples.ts';

export type Orders = {
  endpoint: string;
  rawTable: string;
  table: string;
  google: string;
  events: number;
  increments: number[];
};
export type SyncTimes = { rawMs: number; syncMs: number; incrementsMs: number[]; peakRssMb: number };

const orders: Orders = JSON.parse(process.argv[2] ?? '');
const writesAtOnce = 32; // As shared/pull/apply.ts has it.

const client = new DynamoDBClient({
  endpoint: orders.endpoint,
  maxAttempts: 3,
  requestHandler: { requestTimeout: 60_000 },
});
const tableOf = (name: string): Table => dynamoTable(client, name);
const now = () => instantAt(Date.now());
const nobody = async () => {
  throw new Error('Nothing is to be done but listing');
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

/** The same items, and nothing asked or decided. */
const writeRaw = async (table: Table): Promise<void> => {
  const put = (index: number) => {
    const appointment = anAppointment({ id: asId(`raw-${String(index).padStart(18, '0')}`), updatedAt: now() });
    const Item = toItem(keys.appointment(userId, appointment.id), appointment, agendaKeysOf(appointment));
    return table.client.send(new PutCommand({ TableName: table.name, Item }));
  };
  await pMap(Array.from({ length: orders.events }).keys(), put, { concurrency: writesAtOnce });
};

const stores = memoryStores();
const table = tableOf(orders.table);
const deps: SyncDeps = {
  ...stores,
  appointments: appointmentStore(table),
  quarantine: quarantineStore(table),
  google: googleCalendar(orders.google),
  vault: { seal: nobody, open: async (text) => text.replace('sealed:', '') },
  oauth: { refresh: nobody },
  queue: { send: async () => undefined },
  webhookAddress: 'https://hooks.example.com/',
  channelToken: () => 'token',
  newChannelId: () => asId('channel'),
  channelLifetimeMs: 24 * hour,
  random: () => 0.5,
  ownerMarkOf: () => 'owner',
};

const sync = async (reason: Hint['reason']): Promise<void> => {
  for (;;) {
    const hint: Hint = { calendarKey, chainId: asId('bench'), reason };
    const outcome = await syncCalendar(deps, { hint, sentAt: now(), now: now(), remainingMs: () => hour });
    if (outcome.kind === 'deferred') await new Promise((resolve) => setTimeout(resolve, outcome.forMs));
    else if (outcome.kind !== 'synced') throw new Error(`The sync ended ${outcome.kind}`);
    else return;
  }
};

await stores.connections.create(
  aConnection({ accessToken: 'sealed:token' as Sealed, accessTokenExpiresAt: plusMs(now(), hour) }),
);
await stores.calendars.register(aCalendar({ watchable: false }), { dueAt: now(), renewChannel: false });

const syncMs = await timed(() => sync('connected'));
const incrementsMs: number[] = [];
for (const count of orders.increments) {
  await fetch(`${orders.google}change?count=${count}`);
  await new Promise((resolve) => setTimeout(resolve, 1_300)); // The cool-down is over.
  incrementsMs.push(await timed(() => sync('manual')));
}
const peakRssMb = process.resourceUsage().maxRSS / 1024;
const rawMs = await timed(() => writeRaw(tableOf(orders.rawTable))); // Last: by now everything runs as fast as it will.
const times: SyncTimes = { rawMs, syncMs, incrementsMs, peakRssMb };
process.send?.(times, () => process.exit(0));
