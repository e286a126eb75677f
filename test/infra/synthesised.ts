/** The template of stage prod as `cdk deploy` would ship it; resources are found by their place in the construct tree. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StageConfig, stageConfig } from '../../infra/config.ts';
import { synthesise } from '../../infra/synth.ts';

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  Metadata: { 'aws:cdk:path': string };
  DeletionPolicy?: string;
  DependsOn?: string[];
}

export interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

export const prodConfig = stageConfig('prod', {});
export const template = synthesised(prodConfig);

export function synthesised(config: StageConfig): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'calendar-sync-'));
  try {
    return JSON.parse(readFileSync(synthesise({ config, outdir }).templateFile, 'utf8'));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The place of a resource without the stack's name: `SyncQueue/Hints`. */
export function pathOf(logicalId: string): string {
  const path = template.Resources[logicalId]?.Metadata['aws:cdk:path'];
  if (!path) throw new Error(`The template has no ${logicalId}`);
  return path.replace(/^[^/]+\//, '').replace(/\/Resource$/, '');
}

export function idAt(path: string): string {
  const id = Object.keys(template.Resources).find((logicalId) => pathOf(logicalId) === path);
  if (!id) throw new Error(`The template has nothing at ${path}`);
  return id;
}

export function resourceAt(path: string): Resource {
  return template.Resources[idAt(path)] as Resource;
}

export function propertiesAt(path: string): Record<string, unknown> {
  return resourceAt(path).Properties;
}

export function propertiesOf<Properties = Record<string, unknown>>(type: string): Properties[] {
  return Object.values(template.Resources)
    .filter((resource) => resource.Type === type)
    .map((resource) => resource.Properties as Properties);
}

export function arnAt(path: string): object {
  return { 'Fn::GetAtt': [idAt(path), 'Arn'] };
}

export function refAt(path: string): object {
  return { Ref: idAt(path) };
}
