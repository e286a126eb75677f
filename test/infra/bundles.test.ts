/** The bytes that are deployed: built from these sources, complete in themselves, the same in dist and in the asset. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, distDirectory, functionNames } from '../../infra/build.ts';

const rebuilt = mkdtempSync(join(tmpdir(), 'calendar-sync-'));
beforeAll(() => build(rebuilt));
afterAll(() => rmSync(rebuilt, { recursive: true, force: true }));

describe.each(functionNames)('bundle of %s', (name) => {
  const file = join(distDirectory, name, 'index.mjs');

  test('is one file', () => {
    expect(readdirSync(join(distDirectory, name))).toEqual(['index.mjs']);
  });

  test('is what its sources give, byte for byte', () => {
    expect(readFileSync(file).equals(readFileSync(join(rebuilt, name, 'index.mjs')))).toBe(true);
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
