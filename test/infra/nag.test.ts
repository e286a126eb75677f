/** cdk-nag's AwsSolutions rules. What is acknowledged has its reason beside the resource in `infra/`. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { CalendarSyncStack } from '../../infra/calendar-sync-stack.ts';
import { stageConfig, stages } from '../../infra/config.ts';
import { commandLineContext } from '../../infra/synth.ts';

test.each(stages)('stage %s has no unexplained finding', (stage) => {
  expect(findings((app) => new CalendarSyncStack(app, stageConfig(stage, {})))).toEqual([]);
});

test('the rules are on: a queue that allows plain http is found', () => {
  expect(findings((app) => new Queue(new Stack(app, 'Careless'), 'Queue'))).toContain('AwsSolutions-SQS4');
});

interface Report {
  pluginReports: { violations: { ruleName: string }[] }[];
}

function findings(construct: (app: App) => unknown): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'calendar-sync-'));
  try {
    const app = new App({ outdir, context: commandLineContext() });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    construct(app);
    return synthesiseToReport(app).pluginReports.flatMap(({ violations }) =>
      violations.map(({ ruleName }) => ruleName),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** CDK writes its report and then throws if there is anything in it. */
function synthesiseToReport(app: App): Report {
  try {
    app.synth();
  } catch {
    // The report says what was found.
  }
  return JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
}
