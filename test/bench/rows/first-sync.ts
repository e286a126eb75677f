/** Row 6: how fast a whole calendar is taken in, against the same writes and nothing else; and what memory that takes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as bundle, stop as stopEsbuild } from 'esbuild';
import { bundleOptions } from '../../../infra/build.ts';
import { startEngine } from '../../support/engine.ts';
import { type Figure, median, type Row } from '../figures.ts';
import { environmentAt } from '../rig/aws-stub.ts';
import { runWorker } from '../rig/child.ts';
import { startGoogleStub } from '../rig/google-stub.ts';
import { startNullTable } from '../rig/null-table.ts';
import type { Orders, Spent, SyncTimes } from '../workers/first-sync.ts';

const onEngine = 10_000;
const inAll = 100_000;
const increments = [1, 100, 2_500];
const leastOfRaw = 0.7;
const mostRssMb = 200;

/** Lambda starts Node with nine tenths of a function's memory for old objects and a twentieth for new ones. */
const execArgv = [`--max-old-space-size=${Math.floor(512 * 0.9)}`, `--max-semi-space-size=${Math.floor(512 * 0.05)}`];

type Work = Pick<Orders, 'endpoint' | 'rawTable' | 'table' | 'events' | 'increments'>;

const bundleWorker = async (): Promise<{ file: string; remove: () => Promise<void> }> => {
  const outdir = await mkdtemp(join(tmpdir(), 'calendar-sync-bench-'));
  const entryPoints = [{ in: 'test/bench/workers/first-sync.ts', out: 'first-sync' }];
  await bundle({ ...bundleOptions, entryPoints, outdir });
  await stopEsbuild();
  return { file: join(outdir, 'first-sync.mjs'), remove: () => rm(outdir, { recursive: true, force: true }) };
};

const run = async (file: string, work: Work): Promise<SyncTimes> => {
  const google = await startGoogleStub(work.events);
  try {
    const orders: Orders = { ...work, google: google.url };
    return await runWorker<SyncTimes>(file, [JSON.stringify(orders)], { env: environmentAt(work.endpoint), execArgv });
  } finally {
    await google.stop();
  }
};

const onRealEngine = async (file: string): Promise<SyncTimes> => {
  const engine = await startEngine(undefined, { streams: false });
  try {
    const [rawTable, table] = [await engine.freshTable(), await engine.freshTable()];
    const endpoint = (await table.client.config.endpoint?.())?.port;
    const work = { rawTable: rawTable.name, table: table.name, events: onEngine, increments };
    return await run(file, { ...work, endpoint: `http://127.0.0.1:${endpoint}` });
  } finally {
    await engine.stop();
  }
};

const onNullTable = async (file: string): Promise<SyncTimes> => {
  const { endpoint, stop } = await startNullTable();
  try {
    return await run(file, { endpoint, rawTable: 'raw', table: 'table', events: inAll, increments: [] });
  } finally {
    await stop();
  }
};

const ratioOf = (events: number, where: string, { raw, sync }: SyncTimes): Figure => ({
  what: `first sync of ${events.toLocaleString('en-US')} events / raw writes, ${where}`,
  value: raw.wallMs / sync.wallMs,
  unit: '×',
  target: { atLeast: leastOfRaw },
  note: `${perSecond(events, sync)} events/s, raw ${perSecond(events, raw)} writes/s, 32 at once; by processor time ${(raw.cpuMs / sync.cpuMs).toFixed(2)} ×`,
});

/** What shared/runtime/aws-clients.ts saves of each call to AWS. */
const clientsOf = ({ batches }: SyncTimes): Figure => ({
  what: 'a write through our client / the SDK as it comes, processor time',
  value: median(batches.map(({ asItComes, ours }) => ours / asItComes)),
  unit: '×',
});

const perSecond = (events: number, { wallMs }: Spent): string => ((events / wallMs) * 1_000).toFixed(0);

const measure = async (): Promise<Figure[]> => {
  const { file, remove } = await bundleWorker();
  try {
    const real = await onRealEngine(file);
    const nothing = await onNullTable(file);
    return [
      ratioOf(onEngine, 'real engine', real),
      ratioOf(inAll, 'a table that takes no time', nothing),
      {
        what: `peak memory of the worker, ${inAll.toLocaleString('en-US')} events`,
        value: nothing.peakRssMb,
        unit: 'MB',
        target: { atMost: mostRssMb },
        note: `${real.peakRssMb.toFixed(0)} MB with ${onEngine.toLocaleString('en-US')}`,
      },
      clientsOf(nothing),
      ...increments.map((count, index) => ({
        what: `an increment of ${count} changed events, real engine`,
        value: real.incrementsMs[index] ?? Number.NaN,
        unit: 'ms',
      })),
    ];
  } finally {
    await remove();
  }
};

export const firstSync: Row = { name: 'first-sync', title: '6. First sync', measure };
