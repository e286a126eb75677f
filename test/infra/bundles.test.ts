/** The bytes that are deployed: built from these sources, complete in themselves, the same in dist and in the asset. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, distDirectory, type FunctionName, functionNames } from '../../infra/build.ts';

const rebuilt = mkdtempSync(join(tmpdir(), 'calendar-sync-'));
beforeAll(() => build(rebuilt));
afterAll(() => rmSync(rebuilt, { recursive: true, force: true }));

/** In KB. What a cold start loads is what it waits for; whoever needs more says so here (docs/decisions/0028-…). */
const mostKb: Record<FunctionName, number> = {
  'webhook-receiver': 295,
  'sync-consumer': 965,
  'change-stream': 335,
  'renewal-worker': 840,
  'management-api': 1045,
};

describe.each(functionNames)('bundle of %s', (name) => {
  const file = join(distDirectory, name, 'index.mjs');

  test('is one file', () => {
    expect(readdirSync(join(distDirectory, name))).toEqual(['index.mjs']);
  });

  test('is no heavier than it has to be', () => {
    expect(statSync(file).size / 1024).toBeLessThanOrEqual(mostKb[name]);
  });

  test('knows no way to credentials but the environment', () => {
    expect(readFileSync(file, 'utf8')).not.toContain('AWS_CONTAINER_CREDENTIALS');
  });

  test('is what its sources give, byte for byte', () => {
    expect(readFileSync(file).equals(readFileSync(join(rebuilt, name, 'index.mjs')))).toBe(true);
  });

  test('keeps the names of what we have written, which are all that the log has of most errors', () => {
    expect(readFileSync(file, 'utf8')).toContain('"readConfig"');
  });

  test('carries no source map', () => {
    expect(readFileSync(file, 'utf8')).not.toContain('sourceMappingURL');
  });

  test('is an ES module that exports its handler and needs nothing but Node', async () => {
    const { metafile } = await bundle({
      entryPoints: [file],
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      write: false,
      metafile: true,
      outdir: rebuilt,
    });
    const [output] = Object.values(metafile.outputs);
    expect(output?.exports).toEqual(['handler']);
    expect(output?.imports.map(({ path }) => path).filter((path) => !isBuiltin(path))).toEqual([]);
  });
});
