/** Synthesises the app inside the calling process: the local stack and the tests read the template that `cdk deploy` ships. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { CalendarSyncStack } from './calendar-sync-stack.ts';
import type { StageConfig } from './config.ts';

export interface Synthesis {
  /** The cloud assembly; asset paths of the template (`aws:asset:path`) are relative to it. */
  directory: string;
  templateFile: string;
}

export function synthesise({ config, outdir }: { config: StageConfig; outdir: string }): Synthesis {
  const app = new App({ outdir, context: commandLineContext(), analyticsReporting: false });
  const stack = new CalendarSyncStack(app, config);
  const { directory } = app.synth();
  return { directory, templateFile: join(directory, stack.templateFile) };
}

/** The context that the command line would have passed: feature flags decide what is synthesised. */
export function commandLineContext(): Record<string, unknown> {
  const cdkJson = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'cdk.json'), 'utf8'));
  return { ...cdkJson.context, 'aws:cdk:enable-asset-metadata': true, 'aws:cdk:enable-path-metadata': true };
}
