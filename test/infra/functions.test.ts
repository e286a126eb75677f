/** What every function is given: runtime, logs, and the environment that is its contract with the stack. */
import { describe, expect, test } from 'vitest';
import { type FunctionName, functionNames } from '../../infra/build.ts';
import { stageConfig } from '../../infra/config.ts';
import { patient } from '../../shared/runtime/aws-clients.ts';
import { environmentOf, functionProperties } from './functions.ts';
import { prodConfig, propertiesOf, refAt, synthesised } from './synthesised.ts';

const shared = {
  STAGE: 'prod',
  POWERTOOLS_METRICS_NAMESPACE: 'BookedBarber/CalendarSync',
  POWERTOOLS_LOG_LEVEL: 'INFO',
};
const table = { TABLE_NAME: refAt('Data/Table') };
const queue = { SYNC_QUEUE_URL: refAt('SyncQueue/Hints') };
const vault = { VAULT_KEY_ID: refAt('Data/VaultKey') };
const webhookKeys = { WEBHOOK_KEYS_SECRET: 'bookedbarber/calendar-sync/prod/webhook-keys' };
const googleOauth = { GOOGLE_OAUTH_SECRET: 'bookedbarber/calendar-sync/prod/google-oauth' };

const environments: Record<FunctionName, object> = {
  'webhook-receiver': { ...queue, ...webhookKeys },
  'sync-consumer': {
    ...table,
    ...queue,
    ...vault,
    ...webhookKeys,
    ...googleOauth,
    WEBHOOK_BASE_URL: 'https://api.bookedbarber.com',
    WEBHOOK_TTL_HOURS: '24',
  },
  'change-stream': { ...table, ...queue, AUDIT_RETENTION_DAYS: '365', NOTIFICATION_RETENTION_DAYS: '30' },
  'renewal-worker': {
    ...table,
    ...queue,
    ...vault,
    ...webhookKeys,
    ...googleOauth,
    WEBHOOK_BASE_URL: 'https://api.bookedbarber.com',
    WEBHOOK_TTL_HOURS: '24',
  },
  'management-api': {
    ...table,
    ...queue,
    DEAD_LETTER_QUEUE_URL: refAt('SyncQueue/DeadLetters'),
    ...vault,
    ...googleOauth,
    GOOGLE_REDIRECT_URI: 'https://api.bookedbarber.com/api/calendar/callback',
    CALLBACK_PAGES: JSON.stringify(prodConfig.callbackPages),
  },
};

describe('every function', () => {
  test.each(functionNames)('%s is given exactly the environment of its contract', (name) => {
    expect(environmentOf(name)).toEqual({ ...shared, POWERTOOLS_SERVICE_NAME: name, ...environments[name] });
  });

  test.each(functionNames)('%s runs on Node 24 with arm64 and logs JSON', (name) => {
    expect(functionProperties(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      LoggingConfig: { LogFormat: 'JSON' },
    });
  });

  test.each(functionNames)('[R11] %s has a timeout', (name) => {
    const roundsApartSeconds = 300; // A round of the renewal worker has all the time until the next one, but for a minute.
    const atMost = name === 'renewal-worker' ? roundsApartSeconds - 60 : 60;
    expect(functionProperties(name).Timeout).toBeLessThanOrEqual(atMost);
  });

  test("[R11] the stream's reader outlives the patience of its clients", () => {
    const requestTimeoutMs = 5_000;
    expect(functionProperties('change-stream').Timeout).toBeGreaterThan(
      (Number(patient.maxAttempts) * requestTimeoutMs) / 1_000,
    );
  });
});

test('logs are kept for the configured time, those of the gateway too', () => {
  const kept = propertiesOf('AWS::Logs::LogGroup').map(({ RetentionInDays }) => RetentionInDays);
  expect(kept).toEqual(Array(functionNames.length + 1).fill(prodConfig.logRetentionDays));
});

test('[R15] secrets are known by name: their values in the environment of the deployer reach no template', () => {
  const canaries = {
    GOOGLE_WEBHOOK_SECRET: 'canary-1',
    GOOGLE_CLIENT_ID: 'canary-2',
    GOOGLE_CLIENT_SECRET: 'canary-3',
  };
  expect(JSON.stringify(synthesised(stageConfig('prod', canaries)))).not.toContain('canary');
});

test('only stage local can name another Google', () => {
  const local = JSON.stringify(synthesised(stageConfig('local', {})));
  expect(local).toContain('"GOOGLE_API_ROOT_URL":"http://127.0.0.1:3001"');
  expect(local).toContain('"GOOGLE_OAUTH_ROOT_URL":"http://127.0.0.1:3001"');
});
