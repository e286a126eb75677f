/** Reads what `cdk synth` wrote: the one stack's template, and where the assets that it names lie on disk. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Json } from './json.ts';

export type Resource = {
  Type: string;
  Properties?: Json | undefined;
  Condition?: string | undefined;
  Metadata?: Record<string, unknown> | undefined;
};

export type Template = {
  Parameters: Record<string, { Default?: Json | undefined }>;
  Conditions: Record<string, Json>;
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: Json }>;
};

export type Assembly = {
  stackName: string;
  template: Template;
  /** Folder of the asset that is uploaded under this object key. */
  assetFolder: (objectKey: string) => string;
};

export async function readAssembly(folder: string): Promise<Assembly> {
  const manifest = manifestSchema.parse(await readJson(join(folder, 'manifest.json')));
  const stacks = Object.entries(manifest.artifacts).filter(
    ([, artifact]) => artifact.type === 'aws:cloudformation:stack',
  );
  const [stack, ...others] = stacks;
  if (stack === undefined || others.length > 0) throw new Error(`${folder} must hold one stack, not ${stacks.length}`);
  const [stackName, { properties }] = stack;
  const template = templateSchema.parse(await readJson(join(folder, properties?.templateFile ?? '')));
  const assets = assetsSchema.parse(await readJson(join(folder, `${stackName}.assets.json`)));
  return { stackName, template, assetFolder: (objectKey) => join(folder, assetPath(assets.files, objectKey)) };
}

function assetPath(files: z.infer<typeof assetsSchema>['files'], objectKey: string): string {
  const isUploadedAs = (file: (typeof files)[string]) =>
    Object.values(file.destinations).some((destination) => destination.objectKey === objectKey);
  const file = Object.values(files).find(isUploadedAs);
  if (file === undefined) throw new Error(`no asset is uploaded as ${objectKey}`);
  return file.source.path;
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({ type: z.string(), properties: z.object({ templateFile: z.string().optional() }).optional() }),
  ),
});

const json = z.json() as z.ZodType<Json>;

const templateSchema = z.object({
  Parameters: z.record(z.string(), z.object({ Default: json.optional() })).default({}),
  Conditions: z.record(z.string(), json).default({}),
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: json.optional(),
      Condition: z.string().optional(),
      Metadata: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  Outputs: z.record(z.string(), z.object({ Value: json })).default({}),
});

const assetsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});
