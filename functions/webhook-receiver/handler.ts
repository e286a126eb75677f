/** Google says "something changed". Check that it is Google, note which calendar, answer. No database. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { instantAt } from '../../shared/domain/instant.ts';
import { readNotification } from '../../shared/notifications/read-notification.ts';
import { verifyNotification } from '../../shared/notifications/verify-notification.ts';
import { notificationHint } from '../../shared/queue/hint.ts';
import { sqsSyncQueue } from '../../shared/queue/sync-queue.ts';
import { impatient } from '../../shared/runtime/aws-clients.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createEmitter, createLog } from '../../shared/runtime/observability.ts';
import { parseWebhookKeys, readSecret } from '../../shared/runtime/secrets.ts';

const config = readConfig(process.env, 'STAGE', 'SYNC_QUEUE_URL', 'WEBHOOK_KEYS_SECRET');
const now = () => instantAt(Date.now());
const log = createLog();
const emit = createEmitter();
const queue = sqsSyncQueue(new SQSClient(impatient), config.SYNC_QUEUE_URL);
const secrets = new SecretsManagerClient(impatient);
const webhookKeys = readSecret(secrets, config.WEBHOOK_KEYS_SECRET, parseWebhookKeys(config.STAGE), now);
await webhookKeys(); // At start: a stranger's request costs no call to AWS, and without keys there is no start.

export const handler = async (
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> => {
  log.begin(context);
  try {
    const notification = readNotification(event.headers);
    if (notification === undefined) return reject();
    const verdict = verifyNotification(notification, await webhookKeys(), now());
    if (verdict.kind === 'rejected') return reject();
    const envelope = notificationHint(verdict);
    await queue.send(envelope);
    emit({ NotificationReceived: 1 });
    const { calendarKey, chainId } = envelope.hint;
    log.info('Received a notification', { calendarKey, chainId, reason: notification.resourceState });
    return { statusCode: 204 };
  } catch (error) {
    log.error('A notification could not be passed on', error);
    return { statusCode: 503 }; // Google retries 500, 502, 503 and 504 and nothing else.
  }
};

/** The same for every stranger: nothing can be learnt from it. */
const reject = (): APIGatewayProxyStructuredResultV2 => {
  emit({ NotificationRejected: 1 });
  return { statusCode: 404 };
};
