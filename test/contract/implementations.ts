/** The stores that every suite here is run on: in memory and on real engines, so that what the flow tests believe is true. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect } from 'vitest';
import { startDynamoDbLocal } from '../../infra/local/aws/dynamodb-engine.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { memoryStores, type Stores } from '../support/memory-store.ts';

/** AWS's own engine is the second opinion, where there is a Java to run it. */
const hasJava = spawnSync('java', ['-version']).status === 0;

let engine: Engine;
let secondOpinion: Engine | undefined;
beforeAll(async () => {
  engine = await startEngine();
  if (hasJava) secondOpinion = await startEngine(startDynamoDbLocal);
});
afterAll(async () => {
  await engine.stop();
  await secondOpinion?.stop();
});

/** Every test has stores of its own. */
export const implementations: [string, () => Promise<Stores> | Stores][] = [
  ['in memory', () => memoryStores()],
  ['on the local engine', () => engine.freshStores()],
];
if (hasJava) {
  implementations.push(['on DynamoDB Local', () => secondOpinion?.freshStores() ?? expect.fail('It is not running')]);
}
