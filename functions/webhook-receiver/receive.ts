/** One request to the webhook: read it, check that it is Google's, pass it on, answer. Whatever it needs is handed in. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Instant } from '../../shared/domain/instant.ts';
import type { WebhookKeys } from '../../shared/notifications/channel-token.ts';
import { readNotification } from '../../shared/notifications/read-notification.ts';
import { type Rejected, verifyNotification } from '../../shared/notifications/verify-notification.ts';
import { notificationHint } from '../../shared/queue/hint.ts';
import type { SyncQueue } from '../../shared/queue/sync-queue.ts';
import type { Emit, FunctionLog } from '../../shared/runtime/observability.ts';
import type { Secret } from '../../shared/runtime/secrets.ts';

export type ReceiverDeps = {
  webhookKeys: Secret<WebhookKeys>;
  queue: SyncQueue;
  now(): Instant;
  log: FunctionLog;
  emit: Emit;
};

type Request = Pick<APIGatewayProxyEventV2, 'headers'>;
type Invocation = Pick<Context, 'awsRequestId'>;
type Reply = APIGatewayProxyStructuredResultV2;

export const receiveWith =
  ({ webhookKeys, queue, now, log, emit }: ReceiverDeps) =>
  async ({ headers }: Request, invocation: Invocation): Promise<Reply> => {
    log.begin(invocation);
    /** The same answer for every stranger, so that nothing can be learnt from it; only the metric says why. */
    const reject = (reason: Rejected['reason']): Reply => {
      emit({ NotificationRejected: 1 }, { reason });
      return { statusCode: 404 };
    };

    try {
      const notification = readNotification(headers);
      if (notification === undefined) return reject('malformed');
      const verdict = verifyNotification(notification, await webhookKeys(), now());
      if (verdict.kind === 'rejected') return reject(verdict.reason);
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
