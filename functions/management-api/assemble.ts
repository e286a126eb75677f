/** Puts the management API together: the one place that knows which adapters it runs on. */
import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type AppointmentId, asId } from '../../shared/domain/ids.ts';
import { instantAt } from '../../shared/domain/instant.ts';
import { googleCalendar } from '../../shared/google/calendar-client.ts';
import { googleEndpoints } from '../../shared/google/endpoints.ts';
import { googleOAuth } from '../../shared/google/oauth.ts';
import { sqsDeadLetters } from '../../shared/queue/dead-letters.ts';
import { sqsQueueDepth } from '../../shared/queue/queue-depth.ts';
import { sqsSyncQueue } from '../../shared/queue/sync-queue.ts';
import { impatient } from '../../shared/runtime/aws-clients.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createLog } from '../../shared/runtime/observability.ts';
import { parseOAuthClient, readSecret } from '../../shared/runtime/secrets.ts';
import { tokenVault } from '../../shared/runtime/token-vault.ts';
import { appointmentStore } from '../../shared/store/appointments.ts';
import { calendarStore } from '../../shared/store/calendars.ts';
import { channelStore } from '../../shared/store/channels.ts';
import { conflictStore } from '../../shared/store/conflicts.ts';
import { connectionStore } from '../../shared/store/connections.ts';
import { kmsDataKeys } from '../../shared/store/data-keys.ts';
import { oauthStateStore } from '../../shared/store/oauth-states.ts';
import { quarantineStore } from '../../shared/store/quarantine.ts';
import { syncHistory } from '../../shared/store/sync-events.ts';
import { syncRequestStore } from '../../shared/store/sync-requests.ts';
import { dynamoTable } from '../../shared/store/table.ts';
import { vaultKeys } from '../../shared/store/vault-keys.ts';
import { patience } from './patience.ts';
import type { Routes } from './route.ts';
import {
  appointmentRoute,
  cancelAppointmentRoute,
  createAppointmentRoute,
  editAppointmentRoute,
} from './routes/appointment.ts';
import { appointmentsRoute } from './routes/appointments.ts';
import { calendarsRoute, chooseCalendarRoute } from './routes/calendars.ts';
import { callbackRoute } from './routes/callback.ts';
import { compareRoute } from './routes/compare.ts';
import { conflictRoute, conflictsRoute } from './routes/conflicts.ts';
import { connectRoute } from './routes/connect.ts';
import { deadLettersRoute, discardRoute, redriveRoute } from './routes/dead-letters.ts';
import { resolveConflictRoute, undoConflictRoute } from './routes/decide-conflict.ts';
import { disconnectRoute } from './routes/disconnect.ts';
import { healthRoute } from './routes/health.ts';
import { openApiRoute } from './routes/openapi.ts';
import { overviewRoute } from './routes/overview.ts';
import { pushExistingRoute } from './routes/push-existing.ts';
import { statusRoute, switchRoute } from './routes/real-time-sync.ts';
import { renewWebhooksRoute } from './routes/renew-webhooks.ts';
import { changeSettingsRoute, settingsRoute } from './routes/settings.ts';
import { sweepRoute } from './routes/sweep.ts';
import { syncRoute } from './routes/sync.ts';
import { syncLogsRoute } from './routes/sync-logs.ts';
import { resealRoute, retireVaultKeyRoute, rotateVaultKeyRoute, vaultKeysRoute } from './routes/vault-keys.ts';

/** For the channels, and again for the grant: a request has half a minute in all. */
const leaveWithinMs = 6_000;

export const assemble = (environment: NodeJS.ProcessEnv) => {
  const config = readConfig(
    environment,
    'TABLE_NAME',
    'SYNC_QUEUE_URL',
    'DEAD_LETTER_QUEUE_URL',
    'GOOGLE_OAUTH_SECRET',
    'VAULT_KEY_ID',
    'GOOGLE_REDIRECT_URI',
    'CALLBACK_PAGES',
    'GOOGLE_API_ROOT_URL',
    'GOOGLE_OAUTH_ROOT_URL',
  );
  const now = () => instantAt(Date.now());
  const log = createLog();
  const table = dynamoTable(new DynamoDBClient(impatient), config.TABLE_NAME);
  const endpoints = googleEndpoints(config);
  const secrets = new SecretsManagerClient(impatient);
  const oauthClient = readSecret(secrets, config.GOOGLE_OAUTH_SECRET, parseOAuthClient, now);
  const states = oauthStateStore(table);
  const sqs = new SQSClient(impatient);

  const wrapper = { kms: new KMSClient(impatient), kmsKeyId: config.VAULT_KEY_ID };
  const dataKeys = kmsDataKeys({ ...wrapper, table, now });

  const connecting = {
    calendars: calendarStore(table),
    connections: connectionStore(table),
    google: googleCalendar(endpoints.api),
    queue: sqsSyncQueue(sqs, config.SYNC_QUEUE_URL),
    vault: tokenVault(dataKeys, randomBytes),
  };
  const oauth = async () => googleOAuth(await oauthClient(), endpoints.oauth);
  const leaving = { ...connecting, oauth, channels: channelStore(table), within: patience(leaveWithinMs) };
  const consent = async () => ({
    oauth: await oauth(),
    states,
    redirectUri: config.GOOGLE_REDIRECT_URI,
    newSecret: () => randomBytes(32).toString('base64url'),
  });
  const callbackPages = config.CALLBACK_PAGES;
  const conflicts = conflictStore(table);

  const appointments = appointmentStore(table);
  const syncing = {
    ...connecting,
    appointments,
    conflicts,
    requests: syncRequestStore(table),
    quarantine: quarantineStore(table),
  };

  const booking = {
    ...connecting,
    appointments,
    conflicts,
    newId: () => asId<AppointmentId>(randomBytes(16).toString('base64url')),
  };

  const tending = { ...connecting, deadLetters: sqsDeadLetters(sqs, config.DEAD_LETTER_QUEUE_URL), log };

  const keeping = { ...connecting, dataKeys, vaultKeys: vaultKeys(table, wrapper), log };

  const routes: Routes = {
    connect: connectRoute({ consent, callbackPages }),
    disconnect: disconnectRoute({ ...leaving, ...booking, log }),
    callback: callbackRoute({ consent, connecting: leaving, callbackPages, log }),
    status: statusRoute(syncing),
    enable: switchRoute(syncing, true),
    disable: switchRoute(syncing, false),
    appointments: appointmentsRoute(booking.appointments),
    createAppointment: createAppointmentRoute(booking),
    appointment: appointmentRoute(booking.appointments),
    editAppointment: editAppointmentRoute(booking),
    cancelAppointment: cancelAppointmentRoute(booking),
    conflicts: conflictsRoute(booking),
    conflict: conflictRoute(booking),
    resolveConflict: resolveConflictRoute(booking),
    undoConflict: undoConflictRoute(booking),
    calendars: calendarsRoute(connecting),
    chooseCalendar: chooseCalendarRoute(booking),
    settings: settingsRoute(connecting),
    changeSettings: changeSettingsRoute(booking),
    pushExisting: pushExistingRoute(booking),
    syncLogs: syncLogsRoute(syncHistory(table)),
    sync: syncRoute(syncing),
    renewWebhooks: renewWebhooksRoute({ ...connecting, channels: channelStore(table) }),
    compare: compareRoute(syncing),
    health: healthRoute(syncing),
    overview: overviewRoute({ ...syncing, ...tending, measureQueue: sqsQueueDepth(sqs, config.SYNC_QUEUE_URL) }),
    sweep: sweepRoute({ ...connecting, clock: now, random: Math.random }),
    deadLetters: deadLettersRoute(tending),
    redriveDeadLetters: redriveRoute(tending),
    discardDeadLetters: discardRoute(tending),
    vaultKeys: vaultKeysRoute(keeping),
    rotateVaultKey: rotateVaultKeyRoute(keeping),
    reseal: resealRoute(keeping),
    retireVaultKey: retireVaultKeyRoute(keeping),
    openapi: openApiRoute(),
  };
  return { routes, log };
};
