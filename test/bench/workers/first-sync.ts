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
import { patient } from '../../../shared/runtime/aws-clients.ts';
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
/** `raw`: as many writes and nothing else, half of them timed before the sync and half after it. */
export type SyncTimes = {
  raw: Spent;
  sync: Spent;
  incrementsMs: number[];
  peakRssMb: number;
  /** Processor time of as many writes, each batch through a client as it comes and then through ours. */
  batches: { asItComes: number; ours: number }[];
};
export type Spent = { wallMs: number; cpuMs: number };

const orders: Orders = JSON.parse(process.argv[2] ?? '');
const writesAtOnce = 32; // As shared/pull/apply.ts has it.
/** So many show the rate. */
const rawAtMost = 4_000;
const warmUps = 500;
const writesPerBatch = 250;
const batchesEach = 24;

const base = { endpoint: orders.endpoint, maxAttempts: 3 };
const patience = { connectionTimeout: 10_000, requestTimeout: 60_000 }; // A busy machine is no failure.
const ours = new DynamoDBClient({ ...base, ...patient, requestHandler: patience });
const asItComes = new DynamoDBClient({ ...base, requestHandler: patience });
const now = () => instantAt(Date.now());
const nobody = async () => {
  throw new Error('Nothing is to be done but listing');
};

const timed = async (work: () => Promise<unknown>): Promise<Spent> => {
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - begun, cpuMs: (user + system) / 1_000 };
};

/** The same items, and nothing asked or decided. */
const writeRaw = async (table: Table, from: number, count: number): Promise<void> => {
  const put = (index: number) => {
    const appointment = anAppointment({ id: asId(`raw-${String(index).padStart(18, '0')}`), updatedAt: now() });
    const Item = toItem(keys.appointment(userId, appointment.id), appointment, agendaKeysOf(appointment));
    return table.client.send(new PutCommand({ TableName: table.name, Item }));
  };
  await pMap(
    Array.from({ length: count }, (_, index) => from + index),
    put,
    { concurrency: writesAtOnce },
  );
};

const stores = memoryStores();
const table = dynamoTable(ours, orders.table);
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

const syncFor = async (reason: Hint['reason']): Promise<void> => {
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

const rawTable = dynamoTable(asItComes, orders.rawTable);
const half = Math.ceil(Math.min(orders.events, rawAtMost) / 2);
await writeRaw(rawTable, 0, warmUps);
const before = await timed(() => writeRaw(rawTable, warmUps, half));
const sync = await timed(() => syncFor('connected'));
const after = await timed(() => writeRaw(rawTable, warmUps + half, half));

const incrementsMs: number[] = [];
for (const count of orders.increments) {
  await fetch(`${orders.google}change?count=${count}`);
  await new Promise((resolve) => setTimeout(resolve, 1_300)); // The cool-down is over.
  incrementsMs.push((await timed(() => syncFor('manual'))).wallMs);
}

const scale = orders.events / (2 * half);
const raw = { wallMs: (before.wallMs + after.wallMs) * scale, cpuMs: (before.cpuMs + after.cpuMs) * scale };
const peakRssMb = process.resourceUsage().maxRSS / 1_024;

const batches: SyncTimes['batches'] = [];
for (let batch = 0; batch < batchesEach; batch++) {
  const write = (table: Table) => timed(() => writeRaw(table, 0, writesPerBatch));
  const before = await write(rawTable);
  batches.push({ asItComes: before.cpuMs, ours: (await write(dynamoTable(ours, orders.rawTable))).cpuMs });
}
const times: SyncTimes = { raw, sync, incrementsMs, peakRssMb, batches };
process.send?.(times, () => process.exit(0));
