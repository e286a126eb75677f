/** Everything that differs between stages, in one place. The stack takes it as typed values; nothing else reads `process.env`. */
export const stages = ['local', 'dev', 'prod'] as const;
export type Stage = (typeof stages)[number];

export interface StageConfig {
  stage: Stage;
  /** Where to deploy; without it wherever the shell's AWS credentials lead. */
  env?: { account: string; region: string };
  /** Origin of the API, which Google's notifications are sent to; the path is the gateway's. Another host than the web app's. */
  webhookBaseUrl: string;
  /** Lifetime asked for a channel; what Google grants counts. */
  webhookTtlHours: number;
  googleRedirectUri: string;
  /** Origins of a stand-in for Google: stage `local` only, because they receive tokens. */
  googleApiRootUrl?: string;
  googleOauthRootUrl?: string;
  jwt: { issuer: string; audience: string };
  /** Names in Secrets Manager; the platform team creates them, no template ever holds a value. */
  secretNames: { webhookKeys: string; googleOauth: string };
  /** Pages of the web app that the OAuth callback may redirect to, named by key and never by URL. */
  callbackPages: Record<string, string>;
  /** Web pages that may call the API from a browser, by their origins; any other page's browser keeps the answers from it. */
  corsOrigins: string[];
  logRetentionDays: number;
  /** How long sync events are kept, and how long the runs that notifications have caused. */
  auditRetentionDays: number;
  notificationRetentionDays: number;
  /** Who is told of alarms, once they have confirmed it; without it, whoever subscribes to the topic by hand. */
  alarmEmail?: string;
  /** Keep the table and its key when the stack goes, and refuse to delete either by accident. */
  protectData: boolean;
}

const recordsKept = { auditRetentionDays: 365, notificationRetentionDays: 30 };

const localConfig: StageConfig = {
  stage: 'local',
  webhookBaseUrl: 'http://127.0.0.1:3000',
  webhookTtlHours: 24,
  googleRedirectUri: 'http://127.0.0.1:3000/api/calendar/callback',
  googleApiRootUrl: 'http://127.0.0.1:3001',
  googleOauthRootUrl: 'http://127.0.0.1:3001',
  jwt: { issuer: 'http://127.0.0.1:3000/local-issuer', audience: 'bookedbarber-api' },
  secretNames: secretNames('local'),
  callbackPages: {},
  corsOrigins: ['http://localhost:5173', 'http://127.0.0.1:5173'],
  logRetentionDays: 1,
  ...recordsKept,
  protectData: false,
};

const devConfig: StageConfig = {
  stage: 'dev',
  webhookBaseUrl: 'https://api.dev.bookedbarber.com',
  webhookTtlHours: 24,
  googleRedirectUri: 'https://api.dev.bookedbarber.com/api/calendar/callback',
  jwt: { issuer: 'https://auth.dev.bookedbarber.com/', audience: 'bookedbarber-api' },
  secretNames: secretNames('dev'),
  callbackPages: { settings: 'https://app.dev.bookedbarber.com/settings/calendar' },
  corsOrigins: ['https://app.dev.bookedbarber.com'],
  logRetentionDays: 30,
  ...recordsKept,
  protectData: true,
};

const prodConfig: StageConfig = {
  stage: 'prod',
  webhookBaseUrl: 'https://api.bookedbarber.com',
  webhookTtlHours: 24,
  googleRedirectUri: 'https://api.bookedbarber.com/api/calendar/callback',
  jwt: { issuer: 'https://auth.bookedbarber.com/', audience: 'bookedbarber-api' },
  secretNames: secretNames('prod'),
  callbackPages: { settings: 'https://app.bookedbarber.com/settings/calendar' },
  corsOrigins: ['https://app.bookedbarber.com'],
  logRetentionDays: 90,
  ...recordsKept,
  protectData: true,
};

const configs: Record<Stage, StageConfig> = { local: localConfig, dev: devConfig, prod: prodConfig };

/** The config of a stage, with the names of the environment on top of it. There is no default: it decides what is deployed. */
export function stageConfig(stage: string | undefined, environment: Record<string, string | undefined>): StageConfig {
  const config = configs[parseStage(stage)];
  return {
    ...config,
    webhookBaseUrl: environment.WEBHOOK_BASE_URL ?? config.webhookBaseUrl,
    webhookTtlHours: Number(environment.WEBHOOK_TTL_HOURS ?? config.webhookTtlHours),
    googleRedirectUri: environment.GOOGLE_REDIRECT_URI ?? config.googleRedirectUri,
    corsOrigins: environment.CORS_ORIGINS?.split(',').filter(Boolean) ?? config.corsOrigins,
    auditRetentionDays: Number(environment.AUDIT_RETENTION_DAYS ?? config.auditRetentionDays),
    notificationRetentionDays: Number(environment.NOTIFICATION_RETENTION_DAYS ?? config.notificationRetentionDays),
    ...(environment.ALARM_EMAIL && { alarmEmail: environment.ALARM_EMAIL }),
  };
}

function parseStage(stage: string | undefined): Stage {
  const known = stages.find((name) => name === stage);
  if (known) return known;
  const fault = stage === undefined ? 'No stage given' : `Unknown stage "${stage}"`;
  throw new Error(`${fault}: choose one of ${stages.join(', ')} (-c stage=...)`);
}

function secretNames(stage: Stage): StageConfig['secretNames'] {
  const prefix = `bookedbarber/calendar-sync/${stage}`;
  return { webhookKeys: `${prefix}/webhook-keys`, googleOauth: `${prefix}/google-oauth` };
}
