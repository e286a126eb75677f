/** Writes a small cloud assembly as `cdk synth` would, for tests of the local stack that need their own wiring. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '../../infra/local/stack.ts';
import type { Resource, Template } from '../../infra/local/template/assembly.ts';

export type Fixture = {
  /** Source of each function's `index.mjs`, by logical id; its function resource is added. */
  handlers?: Record<string, string>;
  /** Properties over the defaults of these function resources. */
  functionProperties?: Record<string, unknown>;
  resources?: Record<string, Resource>;
} & Partial<Omit<Template, 'Resources'>>;

export async function writeAssembly({
  handlers = {},
  functionProperties,
  resources,
  ...rest
}: Fixture): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'local-assembly-'));
  const files: Record<string, object> = {};
  for (const [name, source] of Object.entries(handlers)) {
    await mkdir(join(folder, `asset.${name}`));
    await writeFile(join(folder, `asset.${name}`, 'index.mjs'), source);
    files[name] = { source: { path: `asset.${name}` }, destinations: { here: { objectKey: `${name}.zip` } } };
  }
  const functions = Object.keys(handlers).map((name) => [name, functionResource(name, functionProperties)]);
  const template = { ...rest, Resources: { ...Object.fromEntries(functions), ...resources } };
  const artifacts = {
    Stack: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Stack.template.json' } },
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ artifacts }));
  await writeFile(join(folder, 'Stack.template.json'), JSON.stringify(template));
  await writeFile(join(folder, 'Stack.assets.json'), JSON.stringify({ files }));
  return folder;
}

function functionResource(name: string, properties: Record<string, unknown> = {}): object {
  const defaults = { Code: { S3Key: `${name}.zip` }, Handler: 'index.handler', Runtime: 'nodejs24.x', Timeout: 5 };
  return { Type: 'AWS::Lambda::Function', Properties: { ...defaults, ...properties } };
}

export type FixtureStack = LocalStack & {
  /** What functions wrote with `console.log`, parsed; it grows while the stack runs. */
  logs: { functionName: string; line: string }[];
};

/** Stopped, with its folder, when the test ends. */
export async function startFixture(
  onEnd: (cleanUp: () => Promise<void>) => void,
  fixture: Fixture,
  options: Partial<LocalStackOptions> = {},
): Promise<FixtureStack> {
  const assembly = await writeAssembly(fixture);
  onEnd(() => rm(assembly, { recursive: true, force: true }));
  const logs: FixtureStack['logs'] = [];
  const onLog = (functionName: string, line: string) => void logs.push({ functionName, line });
  const stack = await startLocalStack({ assembly, port: 0, secrets: {}, onLog, ...options });
  onEnd(stack.stop);
  return { ...stack, logs };
}
