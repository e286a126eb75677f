/** The local stack synthesises in its own process, deployment by the command line: both must give the same template. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prodConfig, synthesised } from './synthesised.ts';

const run = promisify(execFile);

let outdir: string;
beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'calendar-sync-'));
});
afterAll(() => rm(outdir, { recursive: true }));

test('`npm run synth` gives the template that the local stack reads', async () => {
  await run('npm', ['run', 'synth', '--', '--output', outdir]);
  const file = join(outdir, 'BookedBarberCalendarSync-prod.template.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(synthesised(prodConfig));
}, 60_000);

test('without a stage the command line does nothing and names the stages', async () => {
  const refusal = expect.stringContaining('No stage given: choose one of local, dev, prod (-c stage=...)');
  await expect(run('cdk', ['synth', '--quiet', '--output', outdir])).rejects.toMatchObject({ stderr: refusal });
}, 60_000);
