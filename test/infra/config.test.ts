/** The stage config: the environment's names on top, and clear refusals. */
import { describe, expect, test } from 'vitest';
import { type StageConfig, stageConfig, stages } from '../../infra/config.ts';
import { checkConfig } from '../../infra/config-check.ts';

describe('stage config', () => {
  test.each(stages)('stage %s is valid as it stands', (stage) => {
    expect(() => checkConfig(stageConfig(stage, {}))).not.toThrow();
  });

  test('the names of the environment override it', () => {
    const environment = {
      WEBHOOK_BASE_URL: 'https://hooks.example.com',
      WEBHOOK_TTL_HOURS: '48',
      GOOGLE_REDIRECT_URI: 'https://app.example.com/api/calendar/callback',
      CORS_ORIGINS: 'https://app.example.com,https://beta.example.com',
      AUDIT_RETENTION_DAYS: '730',
      NOTIFICATION_RETENTION_DAYS: '7',
      ALARM_EMAIL: 'on-call@example.com',
    };
    expect(stageConfig('dev', environment)).toEqual({
      ...stageConfig('dev', {}),
      webhookBaseUrl: 'https://hooks.example.com',
      webhookTtlHours: 48,
      googleRedirectUri: 'https://app.example.com/api/calendar/callback',
      corsOrigins: ['https://app.example.com', 'https://beta.example.com'],
      auditRetentionDays: 730,
      notificationRetentionDays: 7,
      alarmEmail: 'on-call@example.com',
    });
  });

  test.each(['dev', 'prod'])(
    'stage %s sends people back to a page of the web app, which is not the API’s host',
    (stage) => {
      const { webhookBaseUrl, googleRedirectUri, callbackPages, corsOrigins } = stageConfig(stage, {});
      const pages = Object.values(callbackPages).map((page) => new URL(page).origin);
      expect(new URL(googleRedirectUri).origin).toBe(webhookBaseUrl);
      expect([...pages, ...corsOrigins]).not.toContain(webhookBaseUrl);
      expect(corsOrigins).toEqual(expect.arrayContaining(pages));
    },
  );

  test('an unknown stage is refused by name', () => {
    expect(() => stageConfig('production', {})).toThrow('Unknown stage "production": choose one of local, dev, prod');
  });

  test('no stage is refused: nothing is deployed by default', () => {
    expect(() => stageConfig(undefined, {})).toThrow('No stage given: choose one of local, dev, prod');
  });
});

describe('check', () => {
  const refusals: [stage: string, change: Partial<StageConfig>, refusal: string][] = [
    [
      'prod',
      { googleRedirectUri: 'http://app.example.com/cb' },
      'googleRedirectUri (GOOGLE_REDIRECT_URI) must be https',
    ],
    ['prod', { googleRedirectUri: 'http://127.0.0.1/cb' }, 'googleRedirectUri (GOOGLE_REDIRECT_URI) must be https'],
    ['local', { googleRedirectUri: 'http://app.example.com/cb' }, 'https, or plain http on a loopback address'],
    ['local', { googleRedirectUri: 'http://127.0.0.1.example.com/cb' }, 'https, or plain http on a loopback address'],
    ['dev', { webhookBaseUrl: '' }, 'webhookBaseUrl (WEBHOOK_BASE_URL) must be https: ""'],
    ['dev', { webhookBaseUrl: 'https://app.example.com/hooks' }, 'webhookBaseUrl (WEBHOOK_BASE_URL) must have no path'],
    ['dev', { jwt: { issuer: 'auth.example.com', audience: 'api' } }, 'jwt.issuer must be https'],
    ['dev', { callbackPages: { settings: 'javascript:alert(1)' } }, 'settings must be https'],
    [
      'prod',
      { corsOrigins: ['https://a.example.com', 'http://b.example.com'] },
      'corsOrigins (CORS_ORIGINS) must be https',
    ],
    ['prod', { corsOrigins: ['http://localhost:5173'] }, 'corsOrigins (CORS_ORIGINS) must be https: "http://localhost'],
    ['prod', { corsOrigins: ['*'] }, 'corsOrigins (CORS_ORIGINS) must be https: "*"'],
    [
      'prod',
      { corsOrigins: ['https://*.example.com'] },
      'must be whole origins, without a path: https://*.example.com',
    ],
    ['prod', { corsOrigins: ['https://app.example.com/app'] }, 'must be whole origins, without a path'],
    ['local', { corsOrigins: ['http://app.example.com'] }, 'https, or plain http on a loopback address'],
    [
      'dev',
      { webhookTtlHours: Number.NaN },
      'webhookTtlHours (WEBHOOK_TTL_HOURS) must be a whole number from 1 to 720',
    ],
    ['dev', { webhookTtlHours: 721 }, 'webhookTtlHours (WEBHOOK_TTL_HOURS) must be a whole number from 1 to 720'],
    [
      'dev',
      { auditRetentionDays: 0 },
      'auditRetentionDays (AUDIT_RETENTION_DAYS) must be a whole number from 1 to 3650',
    ],
    [
      'dev',
      { notificationRetentionDays: 1.5 },
      'notificationRetentionDays (NOTIFICATION_RETENTION_DAYS) must be a whole number from 1 to 3650',
    ],
    ['prod', { alarmEmail: 'on-call' }, 'alarmEmail (ALARM_EMAIL) must be an e-mail address: "on-call"'],
    ['local', { googleOauthRootUrl: '' }, 'googleApiRootUrl and googleOauthRootUrl must be set together'],
    [
      'prod',
      { googleApiRootUrl: 'https://evil.example.com', googleOauthRootUrl: 'https://evil.example.com' },
      'googleApiRootUrl and googleOauthRootUrl are for stage local only',
    ],
  ];

  test.each(refusals)('[R15] stage %s with %o is refused', (stage, change, refusal) => {
    expect(() => checkConfig({ ...stageConfig(stage, {}), ...change })).toThrow(refusal);
  });

  test('every fault is named at once', () => {
    const config = { ...stageConfig('prod', {}), webhookBaseUrl: 'http://a', webhookTtlHours: 0 };
    expect(() => checkConfig(config)).toThrow(/webhookBaseUrl.*webhookTtlHours/s);
  });
});
