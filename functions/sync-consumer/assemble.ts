/** Puts the consumer together: the one place that knows which adapters it runs on. */
import { randomBytes, randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { ownerMarkOf } from '../../shared/domain/derived-ids.ts';
import { asId, type ChannelId, type UserId } from '../../shared/domain/ids.ts';
import { hour, instantAt } from '../../shared/domain/instant.ts';
import { googleCalendar } from '../../shared/google/calendar-client.ts';
import { googleEndpoints } from '../../shared/google/endpoints.ts';
import { googleOAuth } from '../../shared/google/oauth.ts';
import { createChannelToken } from '../../shared/notifications/channel-token.ts';
import { webhookPath } from '../../shared/notifications/webhook-path.ts';
import { handBack } from '../../shared/queue/hand-back.ts';
import { sqsSyncQueue } from '../../shared/queue/sync-queue.ts';
import { patient } from '../../shared/runtime/aws-clients.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createEmitter, createLog } from '../../shared/runtime/observability.ts';
import { parseOAuthClient, parseWebhookKeys, readSecret } from '../../shared/runtime/secrets.ts';
import { tokenVault } from '../../shared/runtime/token-vault.ts';
import { appointmentStore } from '../../shared/store/appointments.ts';
import { calendarStore } from '../../shared/store/calendars.ts';
import { channelStore } from '../../shared/store/channels.ts';
import { conflictStore } from '../../shared/store/conflicts.ts';
import { connectionStore } from '../../shared/store/connections.ts';
import { kmsDataKeys } from '../../shared/store/data-keys.ts';
import { quarantineStore } from '../../shared/store/quarantine.ts';
import { seenStore } from '../../shared/store/seen-events.ts';
import { dynamoTable } from '../../shared/store/table.ts';
import type { SyncDeps } from '../../shared/sync/sync-calendar.ts';
import { createReport } from './report.ts';

export const assemble = (environment: NodeJS.ProcessEnv) => {
  const config = readConfig(
    environment,
    'STAGE',
    'TABLE_NAME',
    'SYNC_QUEUE_URL',
    'WEBHOOK_KEYS_SECRET',
    'GOOGLE_OAUTH_SECRET',
    'VAULT_KEY_ID',
    'WEBHOOK_BASE_URL',
    'WEBHOOK_TTL_HOURS',
    'GOOGLE_API_ROOT_URL',
    'GOOGLE_OAUTH_ROOT_URL',
  );
  const now = () => instantAt(Date.now());
  const log = createLog();
  const emit = createEmitter();
  const sqs = new SQSClient(patient);
  const secrets = new SecretsManagerClient(patient);
  const table = dynamoTable(new DynamoDBClient(patient), config.TABLE_NAME);
  const endpoints = googleEndpoints(config);
  const webhookKeys = readSecret(secrets, config.WEBHOOK_KEYS_SECRET, parseWebhookKeys(config.STAGE), now);
  const oauthClient = readSecret(secrets, config.GOOGLE_OAUTH_SECRET, parseOAuthClient, now);

  const dataKeys = kmsDataKeys({ kms: new KMSClient(patient), kmsKeyId: config.VAULT_KEY_ID, table, now });

  const lasting = {
    appointments: appointmentStore(table),
    calendars: calendarStore(table),
    channels: channelStore(table),
    conflicts: conflictStore(table),
    connections: connectionStore(table),
    quarantine: quarantineStore(table),
    seen: seenStore(table),
    vault: tokenVault(dataKeys, randomBytes),
    google: googleCalendar(endpoints.api),
    queue: sqsSyncQueue(sqs, config.SYNC_QUEUE_URL),
    webhookAddress: new URL(webhookPath, config.WEBHOOK_BASE_URL).href,
    channelLifetimeMs: config.WEBHOOK_TTL_HOURS * hour,
    ownerMarkOf: (userId: UserId) => ownerMarkOf(config.STAGE, userId),
    random: Math.random,
    newChannelId: () => asId<ChannelId>(randomUUID()),
  };

  return {
    begin: log.begin,
    report: createReport(log, emit),
    handBack: handBack({ client: sqs, queueUrl: config.SYNC_QUEUE_URL, log, emit, random: Math.random }),
    /** The secrets are read anew now and then, so what holds them is put together for each hint. */
    async syncDeps(): Promise<SyncDeps> {
      const [keys, client] = await Promise.all([webhookKeys(), oauthClient()]);
      return {
        ...lasting,
        oauth: googleOAuth(client, endpoints.oauth),
        channelToken: ({ key, connectGeneration }, channelId, expiresAt) =>
          createChannelToken(keys, channelId, { calendarKey: key, connectGeneration, expiresAt }),
      };
    },
  };
};
