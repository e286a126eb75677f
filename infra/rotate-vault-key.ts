/**
 * `npm run rotate-vault-key -- --stage prod`: a new data key for the token vault, and every token sealed anew under it.
 * `… --retire k1`: throws the old key away, once nothing needs it. `--endpoint <url>` instead of the stage: another API,
 * such as the local stack's. It holds an administrator's token (ADMIN_TOKEN) and no AWS credentials: keys and tokens stay
 * in the functions, which may use them anyway.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Client, createClient } from '../functions/management-api/client.ts';
import { stageConfig } from './config.ts';

const usage =
  'usage: ADMIN_TOKEN=… npm run rotate-vault-key -- (--stage <stage> | --endpoint <url>) [--retire <key id>]';
/** A rotation that was cut off this lately is gone on with, and not begun again. */
const sameRotationMs = 3_600_000;
const passesAtMost = 10_000;
/** The index of what is sealed under which key follows within about a second. */
const betweenPassesMs = 1_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(): Promise<void> {
  const options = { stage: { type: 'string' }, endpoint: { type: 'string' }, retire: { type: 'string' } } as const;
  const { values } = parseArgs({ options });
  const token = process.env.ADMIN_TOKEN;
  if (token === undefined || (values.stage === undefined) === (values.endpoint === undefined)) throw new Error(usage);
  const origin = new URL(values.endpoint ?? stageConfig(values.stage, process.env).webhookBaseUrl).origin;
  const api = createClient({ baseUrl: origin, token: () => token });

  if (values.retire === undefined) await rotate(api);
  await resealAll(api);
  if (values.retire === undefined)
    return say('The old key can be retired in two hours: the same command with --retire <key id>');
  await api.retireVaultKey({ body: { id: values.retire } });
  say(`Retired ${values.retire}`);
}

async function rotate(api: Client): Promise<void> {
  const { active } = await api.vaultKeys();
  if (active.since !== undefined && Date.now() - Date.parse(active.since) < sameRotationMs) {
    return say(`${active.id} has been active since ${active.since}: going on with that rotation`);
  }
  const { id } = await api.rotateVaultKey();
  say(`${id} is active; every function follows within five minutes`);
}

async function resealAll(api: Client): Promise<void> {
  let total = 0;
  for (let pass = 1; pass <= passesAtMost; pass++) {
    const { resealed, failed, more } = await api.reseal();
    total += resealed;
    if (failed > 0 && resealed === 0) throw new Error(`${failed} connections cannot be opened: see the log of the API`);
    if (!more && failed === 0) return say(`Sealed the tokens of ${total} connections anew`);
    await delay(betweenPassesMs);
  }
  throw new Error(`Not done after ${passesAtMost} passes: run it again to go on`);
}

run().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
