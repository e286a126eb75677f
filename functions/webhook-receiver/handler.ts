/** Google says "something changed". Check that it is Google, note which calendar, answer. No database. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { instantAt } from '../../shared/domain/instant.ts';
import { sqsSyncQueue } from '../../shared/queue/sync-queue.ts';
import { impatient } from '../../shared/runtime/aws-clients.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createEmitter, createLog } from '../../shared/runtime/observability.ts';
import { parseWebhookKeys, readSecret } from '../../shared/runtime/secrets.ts';
import { receiveWith } from './receive.ts';

const config = readConfig(process.env, 'STAGE', 'SYNC_QUEUE_URL', 'WEBHOOK_KEYS_SECRET');
const now = () => instantAt(Date.now());
const secrets = new SecretsManagerClient(impatient);
const webhookKeys = readSecret(secrets, config.WEBHOOK_KEYS_SECRET, parseWebhookKeys(config.STAGE), now);
await webhookKeys(); // At start: a stranger's request costs no call to AWS, and without keys there is no start.

export const handler = receiveWith({
  webhookKeys,
  queue: sqsSyncQueue(new SQSClient({ ...impatient, md5: false }), config.SYNC_QUEUE_URL), // TLS says what the digest would.
  now,
  log: createLog(),
  emit: createEmitter(),
});
