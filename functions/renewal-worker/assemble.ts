/** Puts the renewal worker together: the one place that knows which adapters it runs on. */
import { randomBytes, randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { asId, type ChannelId } from '../../shared/domain/ids.ts';
import { hour, instantAt } from '../../shared/domain/instant.ts';
import { googleCalendar } from '../../shared/google/calendar-client.ts';
import { googleEndpoints } from '../../shared/google/endpoints.ts';
import { googleOAuth } from '../../shared/google/oauth.ts';
import { createChannelToken } from '../../shared/notifications/channel-token.ts';
import { webhookPath } from '../../shared/notifications/webhook-path.ts';
import { sqsSyncQueue } from '../../shared/queue/sync-queue.ts';
import type { RenewalDeps } from '../../shared/renewal/renew-due.ts';
import { patient } from '../../shared/runtime/aws-clients.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createEmitter, createLog } from '../../shared/runtime/observability.ts';
import { parseOAuthClient, parseWebhookKeys, readSecret } from '../../shared/runtime/secrets.ts';
import { tokenVault } from '../../shared/runtime/token-vault.ts';
import { calendarStore } from '../../shared/store/calendars.ts';
import { channelStore } from '../../shared/store/channels.ts';
import { connectionStore } from '../../shared/store/connections.ts';
import { kmsDataKeys } from '../../shared/store/data-keys.ts';
import { pendingReader } from '../../shared/store/pending.ts';
import { dynamoTable } from '../../shared/store/table.ts';

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
  const clock = () => instantAt(Date.now());
  const secrets = new SecretsManagerClient(patient);
  const table = dynamoTable(new DynamoDBClient(patient), config.TABLE_NAME);
  const endpoints = googleEndpoints(config);
  const webhookKeys = readSecret(secrets, config.WEBHOOK_KEYS_SECRET, parseWebhookKeys(config.STAGE), clock);
  const oauthClient = readSecret(secrets, config.GOOGLE_OAUTH_SECRET, parseOAuthClient, clock);

  const dataKeys = kmsDataKeys({ kms: new KMSClient(patient), kmsKeyId: config.VAULT_KEY_ID, table, now: clock });

  const lasting = {
    appointments: pendingReader(table),
    calendars: calendarStore(table),
    channels: channelStore(table),
    connections: connectionStore(table),
    vault: tokenVault(dataKeys, randomBytes),
    google: googleCalendar(endpoints.api),
    queue: sqsSyncQueue(new SQSClient(patient), config.SYNC_QUEUE_URL),
    webhookAddress: new URL(webhookPath, config.WEBHOOK_BASE_URL).href,
    channelLifetimeMs: config.WEBHOOK_TTL_HOURS * hour,
    newChannelId: () => asId<ChannelId>(randomUUID()),
    random: Math.random,
    clock,
  };

  return {
    log: createLog(),
    emit: createEmitter(),
    clock,
    /** The secrets are read anew now and then, so what holds them is put together for each round. */
    async renewalDeps(): Promise<Omit<RenewalDeps, 'onVisit'>> {
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
