/** Our bundles, and the floors made with the same options but for the one that leaves out the SDK's credential chain. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as bundle, stop as stopEsbuild } from 'esbuild';
import { build, bundleOptions, type FunctionName } from '../../../infra/build.ts';

/** The function's own needs of the SDKs, and nothing of ours. */
export const floorOf: Record<FunctionName, string> = {
  'webhook-receiver': 'sqs-and-secret',
  'sync-consumer': 'table-queue-and-google',
  'change-stream': 'table-and-queue',
  'renewal-worker': 'table-queue-and-google',
  'management-api': 'table-queue-and-google',
};

export type Bundles = {
  file: (name: string) => string;
  bytes: (name: string) => Promise<number>;
  remove: () => Promise<void>;
};

/** In a folder of their own: `dist/` is whoever's runs beside us. */
export const bundleAll = async (): Promise<Bundles> => {
  const outdir = await mkdtemp(join(tmpdir(), 'calendar-sync-bench-'));
  await build(outdir);
  const floors = [...new Set(Object.values(floorOf))];
  await bundle({
    ...bundleOptions,
    entryPoints: floors.map((name) => ({ in: `test/bench/floors/${name}.ts`, out: `${name}/index` })),
    outdir,
  });
  await stopEsbuild();
  const file = (name: string) => join(outdir, name, 'index.mjs');
  return {
    file,
    bytes: async (name) => (await stat(file(name))).size,
    remove: () => rm(outdir, { recursive: true, force: true }),
  };
};
