/** Row 1: what a cold start loads and how long that takes, against a bundle of nothing but the SDKs that it needs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type FunctionName, functionNames } from '../../../infra/build.ts';
import { type Figure, median, type Row } from '../figures.ts';
import { environmentAt, startAwsStub } from '../rig/aws-stub.ts';
import { type Bundles, bundleAll, floorOf } from '../rig/bundles.ts';

const rounds = 15;

const mostOfFloor: Partial<Record<FunctionName, number>> = {
  'webhook-receiver': 1.15,
  'sync-consumer': 1.25,
  'management-api': 1.4,
};
const receiverKb = 360;

/** Prints how long the import took, on the wall and on the processor, which is what a small function is short of. */
const importer = `
  const cpu = process.cpuUsage(), begun = performance.now();
  await import(process.argv[1]);
  const wallMs = performance.now() - begun, { user, system } = process.cpuUsage(cpu);
  process.stdout.write(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }), () => process.exit(0));
`;

type Import = { wallMs: number; cpuMs: number };
const run = promisify(execFile);

const importOnce = async (file: string, env: Record<string, string>): Promise<Import> => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', importer, file], { env });
  return JSON.parse(stdout);
};

/** One of each in turn, round after round: what else the machine does meets all of them alike. */
const importAll = async (bundles: Bundles, names: string[]): Promise<Map<string, Import[]>> => {
  const stub = await startAwsStub();
  const imports = new Map(names.map((name) => [name, [] as Import[]]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) imports.get(name)?.push(await importOnce(bundles.file(name), environmentAt(stub.url)));
  }
  await stub.stop();
  return imports;
};

/** A function has a share of a processor as large as its memory, so processor time is what its users wait for. */
const cpuMs = (imports: Import[] = []) => median(imports.map((one) => one.cpuMs));
/** Everything that disturbs a start makes it slower. */
const quickestMs = (imports: Import[] = []) => Math.min(...imports.map((one) => one.wallMs));

const measure = async (): Promise<Figure[]> => {
  const bundles = await bundleAll();
  try {
    const imports = await importAll(bundles, [...functionNames, ...new Set(Object.values(floorOf))]);
    const figures: Figure[] = [];
    for (const name of functionNames) {
      const [ours, floor] = [imports.get(name), imports.get(floorOf[name])];
      const [bytes, floorBytes] = [await bundles.bytes(name), await bundles.bytes(floorOf[name])];
      const most = mostOfFloor[name];
      figures.push(
        {
          what: `${name}: import / floor, processor time`,
          value: cpuMs(ours) / cpuMs(floor),
          unit: '×',
          ...(most !== undefined && { target: { atMost: most } }),
          note: `${cpuMs(ours).toFixed(0)} / ${cpuMs(floor).toFixed(0)} ms; at its quickest ${quickestMs(ours).toFixed(0)} / ${quickestMs(floor).toFixed(0)} ms on the wall`,
        },
        {
          what: `${name}: bundle`,
          value: bytes / 1024,
          unit: 'KB',
          ...(name === 'webhook-receiver' && { target: { atMost: receiverKb } }),
          note: `floor ${(floorBytes / 1024).toFixed(0)} KB`,
        },
      );
    }
    return figures;
  } finally {
    await bundles.remove();
  }
};

export const coldStart: Row = { name: 'cold-start', title: '1. Cold start', measure };
