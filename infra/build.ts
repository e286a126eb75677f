/**
 * Bundles every function once: the same bytes are deployed, tested and run by the local stack.
 * Run directly (`npm run build`) it prints what each bundle weighs.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import {
  type BuildOptions,
  build as bundle,
  type OutputFile,
  type Plugin,
  stop as stopEsbuild,
  transform,
} from 'esbuild';

export const functionNames = [
  'webhook-receiver',
  'sync-consumer',
  'change-stream',
  'renewal-worker',
  'management-api',
] as const;
export type FunctionName = (typeof functionNames)[number];

const root = join(import.meta.dirname, '..');
export const distDirectory = join(root, 'dist');

const target = 'node24';

/** CommonJS dependencies call `require` for Node's own modules, which an ES module does not have. */
const requireBanner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/**
 * Of most errors the log has no more than the names in their stack, so what we have written keeps its own. What others have
 * does not: the SDK makes its functions anew for each request, and naming them all takes a tenth of a write's processor time.
 */
const namesOfOurs: Plugin = {
  name: 'names-of-ours',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes('/node_modules/')) return undefined;
      const { code } = await transform(await readFile(path), { loader: 'ts', target, keepNames: true });
      return { contents: code, loader: 'js' };
    });
  },
};

/**
 * An ES module's `import` of one of Node's own modules reads everything that it exports, and of `node:http` that is undici too: 37 ms
 * of processor time against 5 for `require`, in each cold start (decision 28).
 */
const httpAsItIsAsked: Plugin = {
  name: 'http-as-it-is-asked',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(node:)?http$/ }, ({ path, kind, namespace }) => {
      if (namespace === 'required') return { path, external: true };
      return kind === 'import-statement' ? { path, namespace: 'required' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};

/** How a bundle is made of its entry point. */
export const bundleOptions = {
  absWorkingDir: root,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target,
  mainFields: ['module', 'main'], // The ESM builds of the AWS SDK shake better than its CommonJS ones.
  banner: { js: requireBanner },
  legalComments: 'none',
  plugins: [namesOfOurs],
  logLevel: 'warning',
} satisfies BuildOptions;

/** Writes `<outdir>/<name>/index.mjs` for each function and returns the sizes in bytes. */
export async function build(outdir = distDirectory): Promise<Record<string, number>> {
  const { outputFiles } = await bundle({
    ...bundleOptions,
    entryPoints: functionNames.map((name) => ({ in: `functions/${name}/handler.ts`, out: `${name}/index` })),
    outdir,
    alias: { '@aws-sdk/credential-provider-node': './shared/runtime/lambda-credentials.ts' },
    plugins: [...bundleOptions.plugins, httpAsItIsAsked],
    write: false,
  });
  await stopEsbuild(); // Its own process would otherwise stay for as long as this one.
  for (const file of outputFiles) await writeIfChanged(file);
  return Object.fromEntries(outputFiles.map(({ path, contents }) => [relative(root, path), contents.byteLength]));
}

/** Leaves a bundle alone that is as it should be: another process may be reading it. */
async function writeIfChanged({ path, contents }: OutputFile): Promise<void> {
  const existing = await readFile(path).catch(() => undefined);
  if (existing?.equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

if (import.meta.main) {
  for (const [file, bytes] of Object.entries(await build())) {
    process.stdout.write(`${file.padEnd(32)}${(bytes / 1024).toFixed(0).padStart(6)} KB\n`);
  }
}
